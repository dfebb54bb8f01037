"""Hints that were shown, what was said of them, and the last hours of runs."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _day(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def upgrade() -> None:
    """Add hint and recent_run."""
    op.create_table(
        "hint",
        _id("person_id"),
        *map(_text, ("kind", "subject")),
        _day("shown_on"),
        *map(_text, ("shown_where", "period")),
        *map(_day, ("first_day", "last_day")),
        _text("trigger_values"),
        _amount("saving_nano_usd"),
        _text("answer"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "kind", "subject", "shown_on"),
    )
    op.create_table(
        "recent_run",
        *map(_id, ("account_id", "source_id")),
        _text("run"),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        *map(_text, ("tool", "work", "run_kind")),
        *map(_amount, ("billed_nano_usd", "list_value_nano_usd")),
        sa.Column("has_progress", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "source_id", "run", "minute"),
    )
    op.create_index("ix_recent_run_minute", "recent_run", ["minute"])


def downgrade() -> None:
    """Drop them."""
    for table in ("recent_run", "hint"):
        op.drop_table(table)
