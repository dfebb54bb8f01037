"""Teams, and the organisation that its operator describes."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    """Add org_group, org_member, org_home, org_team, team and team_member."""
    op.create_table("org_group", *map(_text, ("name", "parent")), sa.PrimaryKeyConstraint("name"))
    op.create_table(
        "org_member",
        sa.Column("email_mark", sa.LargeBinary(length=16), nullable=False),
        _text("group_name"),
        sa.PrimaryKeyConstraint("email_mark"),
    )
    op.create_table("org_home", _id("person_id"), _text("group_name"), sa.PrimaryKeyConstraint("person_id"))
    op.create_index("ix_org_home_group_name", "org_home", ["group_name"])
    op.create_table(
        "org_team",
        *map(_text, ("name_key", "name")),
        sa.Column("lead_mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lead_person_id", sa.BigInteger(), nullable=True),
        *map(_text, ("places", "group_name", "user_group", "cost_group", "channel")),
        sa.PrimaryKeyConstraint("name_key"),
    )
    _add_team()
    op.create_table("team_member", _id("person_id"), _id("team_id"), sa.PrimaryKeyConstraint("person_id", "team_id"))
    op.create_index("ix_team_member_team_id", "team_member", ["team_id"])


def _add_team() -> None:
    op.create_table(
        "team",
        _id("id"),
        *map(_text, ("name", "name_key", "state")),
        sa.Column("lead_person_id", sa.BigInteger(), nullable=False),
        *map(_text, ("places", "asked_places", "group_name", "user_group")),
        sa.Column("user_group_gone", sa.Boolean(), nullable=False),
        *map(_text, ("cost_group", "channel")),
        sa.Column("weekday", sa.BigInteger(), nullable=True),
        sa.Column("hour", sa.BigInteger(), nullable=True),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_team_lead_person_id", "team", ["lead_person_id"])
    op.create_index("ix_team_name_key", "team", ["name_key"])


def downgrade() -> None:
    """Drop them."""
    for table in ("team_member", "team", "org_team", "org_home", "org_member", "org_group"):
        op.drop_table(table)
