"""A message that went out inside another."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a row of outbox say which other message it is or went inside; those that are there went by themselves."""
    op.add_column("outbox", sa.Column("carried_by", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("outbox", "carried_by")
