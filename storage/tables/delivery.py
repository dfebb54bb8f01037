"""Messages that the bot sends on its own, and how fast they may go."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import number


class Outbox(SQLModel, table=True):
    """A message that the bot sends on its own; the key makes it go out once. A channel's have person 0."""

    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"), {"sqlite_with_rowid": False})

    person_id: int = number(key=True)
    kind: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    state: str  # planned or pending, sending, then sent, suppressed, skipped or dead
    owner: str = ""
    lease_until: datetime | None = None
    attempts: int = number()
    due_at: datetime
    payload: str  # which message to compose, as JSON; never a figure
    channel: str = ""
    ts: str = ""
    last_error: str = ""
    created_at: datetime
    first_tried_at: datetime | None = None
    carried_by: str = ""  # kind and period of the message to the same person that this one is or went inside


class SendRate(SQLModel, table=True):
    """How fast a workspace's Slack lets the bot send, for all replicas: a bucket of tokens, in thousandths."""

    __tablename__ = "send_rate"

    org_id: str = Field(primary_key=True)
    tokens_milli: int = number()
    milli_a_second: int = number()
    blocked_until: datetime | None = None
    updated_at: datetime
