"""The organisation's reports as they were released, and what a source says of seats and of what is nobody's."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

_COLUMNS = ("seats", "unused_seats", "unowned_nano_usd")


def upgrade() -> None:
    """Add company_report, and three columns to source_total that are unknown of the days before."""
    op.create_table(
        "company_report",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("period"),
    )
    for name in _COLUMNS:
        op.add_column("source_total", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in _COLUMNS:
        op.drop_column("source_total", name)
    op.drop_table("company_report")
