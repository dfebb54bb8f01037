"""Who saw what, chained day by day, and every policy that was in force."""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    """Add access_entry, access_day and policy_version."""
    op.create_table(
        "access_entry",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        *map(_text, ("kind", "cell", "period")),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        *map(_text, ("readers", "policy_mark")),
        sa.PrimaryKeyConstraint("day", "row_hash"),
    )
    op.create_index("ix_access_entry_person_id", "access_entry", ["person_id"])
    op.create_table(
        "access_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("day_hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "policy_version",
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *map(_text, ("mark", "rules", "file_rules")),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("in_force_from", "number"),
    )
    op.create_index("ix_policy_version_mark", "policy_version", ["mark"])


def downgrade() -> None:
    """Drop them."""
    for name in ("policy_version", "access_day", "access_entry"):
        op.drop_table(name)
