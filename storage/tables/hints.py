"""Hints that one person was shown, what they said of them, and for 72 hours what their runs came to."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import number


class Hint(SQLModel, table=True):
    """One hint that was shown to somebody or answered by them, with the values that set it off."""

    person_id: int = number(key=True)
    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)  # a job, a model or a source
    shown_on: date = Field(primary_key=True)
    shown_where: str  # "asked", "digest" or "at once"
    period: str = ""  # the week of a note
    first_day: date
    last_day: date
    trigger_values: str  # JSON
    saving_nano_usd: int | None = number(null=True)
    answer: str = ""
    answered_at: datetime | None = None


class RecentRun(SQLModel, table=True):
    """What one run came to in one minute, of somebody who chose the alarm; deleted after 72 hours."""

    __tablename__ = "recent_run"

    account_id: int = number(key=True)
    source_id: int = number(key=True)
    run: str = Field(primary_key=True)  # a keyed mark of what its platform or client calls it
    minute: datetime = Field(primary_key=True, index=True)
    tool: str
    work: str
    run_kind: str
    billed_nano_usd: int | None = number(null=True)
    list_value_nano_usd: int | None = number(null=True)
    has_progress: bool = False
