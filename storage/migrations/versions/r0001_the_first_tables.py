"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "name"),
    )
    op.create_index("ix_account_id", "account", ["id"], unique=False)

    op.create_table(
        "account_link",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "person_id", "from_day"),
    )
    op.create_index("ix_account_link_person_id", "account_link", ["person_id"], unique=False)

    op.create_table(
        "block_verdict",
        sa.Column("org_id", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "surface"),
    )
    op.create_table(
        "email_holder",
        sa.Column("email_mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("slack_mark", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("email_mark"),
    )
    op.create_table(
        "event_mark",
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_scope",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "source_id"),
    )
    op.create_table(
        "host_seen",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "job_slot",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot"),
    )
    op.create_table(
        "label",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
    )
    op.create_index("ix_label_id", "label", ["id"], unique=False)

    op.create_table(
        "own_file",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "file_id"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "seen_request",
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.create_index("ix_seen_request_seen_at", "seen_request", ["seen_at"], unique=False)

    op.create_table(
        "setting",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "name"),
    )
    op.create_table(
        "slack_user",
        sa.Column("org_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("tz", sa.String(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "user_id"),
    )
    op.create_index("ix_slack_user_email", "slack_user", ["email"], unique=False)
    op.create_index("ix_slack_user_person_id", "slack_user", ["person_id"], unique=False)

    op.create_table(
        "source",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner", "name"),
    )
    op.create_index("ix_source_id", "source", ["id"], unique=False)

    op.create_table(
        "source_day",
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_1h_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=True),
        sa.Column("failed_requests", sa.BigInteger(), nullable=True),
        sa.Column("runs", sa.BigInteger(), nullable=True),
        sa.Column("runs_with_result", sa.BigInteger(), nullable=True),
        sa.Column("billed_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_by", sa.String(), nullable=False),
        sa.Column("partly_unknown", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_kind_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "day", "model_id", "run_kind_id"),
    )
    op.create_table(
        "token",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_token_name", "token", ["name"], unique=False)
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False)

    op.create_table(
        "tombstone",
        sa.Column("slack_mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("slack_mark"),
    )
    op.create_table(
        "usage_day",
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_1h_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=True),
        sa.Column("failed_requests", sa.BigInteger(), nullable=True),
        sa.Column("runs", sa.BigInteger(), nullable=True),
        sa.Column("runs_with_result", sa.BigInteger(), nullable=True),
        sa.Column("billed_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_by", sa.String(), nullable=False),
        sa.Column("partly_unknown", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_kind_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("tier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "day", "source_id", "tool_id", "model_id", "run_kind_id", "work", "tier_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_month",
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_1h_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=True),
        sa.Column("failed_requests", sa.BigInteger(), nullable=True),
        sa.Column("runs", sa.BigInteger(), nullable=True),
        sa.Column("runs_with_result", sa.BigInteger(), nullable=True),
        sa.Column("billed_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("list_value_by", sa.String(), nullable=False),
        sa.Column("partly_unknown", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tool_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_kind_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month", "source_id", "tool_id", "model_id", "run_kind_id", "tier_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("usage_month")
    op.drop_table("usage_day")
    op.drop_table("tombstone")
    op.drop_index("ix_token_person_id", "token")
    op.drop_index("ix_token_name", "token")

    op.drop_table("token")
    op.drop_table("source_day")
    op.drop_index("ix_source_id", "source")

    op.drop_table("source")
    op.drop_index("ix_slack_user_person_id", "slack_user")
    op.drop_index("ix_slack_user_email", "slack_user")

    op.drop_table("slack_user")
    op.drop_table("setting")
    op.drop_index("ix_seen_request_seen_at", "seen_request")

    op.drop_table("seen_request")
    op.drop_table("person")
    op.drop_table("own_file")
    op.drop_index("ix_label_id", "label")

    op.drop_table("label")
    op.drop_table("job_slot")
    op.drop_table("host_seen")
    op.drop_table("feed_scope")
    op.drop_table("event_mark")
    op.drop_table("email_holder")
    op.drop_table("block_verdict")
    op.drop_index("ix_account_link_person_id", "account_link")

    op.drop_table("account_link")
    op.drop_index("ix_account_id", "account")

    op.drop_table("account")
