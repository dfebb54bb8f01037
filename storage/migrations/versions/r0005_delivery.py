"""Messages that the bot sends on its own, each once, and how fast."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _moment(name: str, *, null: bool) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def upgrade() -> None:
    """Add outbox and send_rate."""
    op.create_table(
        "outbox",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *map(_text, ("kind", "period", "state", "owner")),
        _moment("lease_until", null=True),
        _number("attempts"),
        _moment("due_at", null=False),
        *map(_text, ("payload", "channel", "ts", "last_error")),
        _moment("created_at", null=False),
        _moment("first_tried_at", null=True),
        sa.PrimaryKeyConstraint("person_id", "kind", "period"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])
    op.create_table(
        "send_rate",
        _text("org_id"),
        *map(_number, ("tokens_milli", "milli_a_second")),
        _moment("blocked_until", null=True),
        _moment("updated_at", null=False),
        sa.PrimaryKeyConstraint("org_id"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("send_rate")
    op.drop_table("outbox")
