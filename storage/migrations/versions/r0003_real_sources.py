"""What sources that are asked leave behind: totals, flaws, listed accounts, allowances, series."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    """Add the tables, and what went wrong to the state of a source."""
    op.add_column("source_state", sa.Column("last_error", sa.String(), nullable=False, server_default=""))
    op.add_column("source_state", _number("unmatched_accounts", null=True))
    op.create_table(
        "source_flaw",
        _id("source_id"),
        sa.Column("flaw", sa.String(), nullable=False),
        _number("count"),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "flaw"),
    )
    op.create_table(
        "source_total",
        _id("source_id"),
        sa.Column("day", sa.Date(), nullable=False),
        _number("accounts", null=True),
        _number("bill_nano_usd", null=True),
        sa.PrimaryKeyConstraint("source_id", "day"),
    )
    _accounts(
        "listed_account",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
    )
    _accounts(
        "assignment", sa.Column("from_day", sa.Date(), nullable=False), sa.Column("answer", sa.String(), nullable=False)
    )
    op.create_table(
        "account_allowance",
        _id("account_id"),
        _id("source_id"),
        _number("limit_nano_usd"),
        _number("spent_nano_usd"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "source_id"),
    )
    op.create_table(
        "otel_series",
        _id("source_id"),
        sa.Column("series", sa.LargeBinary(16), nullable=False),
        _number("started_at"),
        _number("value"),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "series"),
    )


def _accounts(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email_mark", sa.LargeBinary(16), nullable=True),
        *columns,
        sa.PrimaryKeyConstraint("provider", "name"),
    )
    op.create_index(f"ix_{table}_email_mark", table, ["email_mark"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "otel_series",
        "account_allowance",
        "assignment",
        "listed_account",
        "source_total",
        "source_flaw",
    ):
        op.drop_table(table)
    with op.batch_alter_table("source_state") as state:
        state.drop_column("unmatched_accounts")
        state.drop_column("last_error")
