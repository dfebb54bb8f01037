"""What was released to a team or group, once and for good."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _released_at() -> sa.Column[datetime]:
    return sa.Column("released_at", sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    """Add team_issue, released_figure and figure_part."""
    op.create_table(
        "team_issue",
        _id("team_id"),
        *map(_text, ("week", "content")),
        _released_at(),
        sa.PrimaryKeyConstraint("team_id", "week"),
    )
    op.create_table(
        "released_figure",
        *map(_text, ("cell", "period", "group_name")),
        *map(_amount, ("low_nano_usd", "high_nano_usd")),
        *map(_text, ("readers", "policy_mark", "log_mark")),
        sa.Column("log_day", sa.Date(), nullable=True),
        _released_at(),
        _text("without"),
        sa.PrimaryKeyConstraint("cell", "period"),
    )
    op.create_table(
        "figure_part", _id("person_id"), *map(_text, ("cell", "period")),
        sa.PrimaryKeyConstraint("person_id", "cell", "period"),
    )  # fmt: skip


def downgrade() -> None:
    """Drop them."""
    for table in ("figure_part", "released_figure", "team_issue"):
        op.drop_table(table)
