"""Finished work: the items of repositories and projects, whose they are, what runs named them, own marks."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

_MEASURES = (
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "requests",
    "failed_requests",
    "runs",
    "runs_with_result",
    "billed_nano_usd",
    "list_value_nano_usd",
)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    """Add change, outcome, outcome_link and own_mark."""
    _add_change()
    op.create_table(
        "outcome",
        _id("account_id"),
        *map(_text, ("place", "reference", "title", "link")),
        sa.PrimaryKeyConstraint("account_id", "place", "reference"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outcome_reference", "outcome", ["reference"])
    op.create_table(
        "outcome_link",
        _id("account_id"),
        _text("reference"),
        sa.Column("day", sa.Date(), nullable=False),
        *map(_id, ("source_id", "tool_id", "run_kind_id")),
        _text("work"),
        *map(_number, _MEASURES),
        _text("list_value_by"),
        sa.Column("partly_unknown", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "reference", "day", "source_id", "tool_id", "run_kind_id", "work"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "own_mark",
        _id("person_id"),
        *map(_text, ("kind", "subject")),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", "subject"),
    )


def _add_change() -> None:
    op.create_table(
        "change",
        *map(_text, ("place", "reference", "kind")),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("came_back_on", sa.Date(), nullable=True),
        _text("ticket"),
        *map(_number, ("lines", "minutes_to_first_review", "minutes_open")),
        sa.Column("reviewed", sa.Boolean(), nullable=True),
        sa.Column("author", sa.LargeBinary(16), nullable=False),
        sa.Column("agent_made", sa.Boolean(), nullable=False),
        _text("ai_evidence"),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", "reference"),
    )
    op.create_index("ix_change_place_finished_on", "change", ["place", "finished_on"])
    op.create_index("ix_change_reference", "change", ["reference"])


def downgrade() -> None:
    """Drop them."""
    for table in ("own_mark", "outcome_link", "outcome", "change"):
        op.drop_table(table)
