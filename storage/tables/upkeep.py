"""What the bot remembers to do each thing once, and on one host."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import mark


class SeenRequest(SQLModel, table=True):
    """A request that changed something, so that a replay changes nothing."""

    __tablename__ = "seen_request"

    mark: bytes = mark(key=True)
    seen_at: datetime = Field(index=True)


class BlockVerdict(SQLModel, table=True):
    """A surface of a workspace that refused rich blocks, and when."""

    __tablename__ = "block_verdict"

    org_id: str = Field(primary_key=True)
    surface: str = Field(primary_key=True)
    refused_at: datetime


class JobSlot(SQLModel, table=True):
    """A tick of a job that somebody has taken; the key makes it happen once."""

    __tablename__ = "job_slot"

    job: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    taken_at: datetime


class HostSeen(SQLModel, table=True):
    """A host that has the SQLite file open, so that a second host is told no."""

    __tablename__ = "host_seen"

    host: str = Field(primary_key=True)
    seen_at: datetime
