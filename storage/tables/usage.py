"""Usage by day and month, and the names that its rows hold as numbers."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import mark, number


class Measures(SQLModel):
    """The measures of a usage row; None is unknown, *partly_unknown* has a bit for each incomplete sum."""

    uncached_input_tokens: int | None = number(null=True)
    cache_read_tokens: int | None = number(null=True)
    cache_write_tokens: int | None = number(null=True)
    cache_write_1h_tokens: int | None = number(null=True)
    output_tokens: int | None = number(null=True)
    requests: int | None = number(null=True)
    failed_requests: int | None = number(null=True)
    runs: int | None = number(null=True)
    runs_with_result: int | None = number(null=True)
    billed_nano_usd: int | None = number(null=True)
    list_value_nano_usd: int | None = number(null=True)
    list_value_by: str = ""
    partly_unknown: int = number()


class Label(SQLModel, table=True):
    """Names of tools, models, kinds of run and tiers, so that usage rows hold small numbers."""

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    id: int = number(index=True)


class UsageDay(Measures, table=True):
    """The only usage table that people are answered from."""

    __tablename__ = "usage_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = number(key=True)
    day: date = Field(primary_key=True)
    source_id: int = number(key=True)
    tool_id: int = number(key=True)
    model_id: int = number(key=True)
    run_kind_id: int = number(key=True)
    work: str = Field(primary_key=True)
    tier_id: int = number(key=True)


class UsageMonth(Measures, table=True):
    """What remains of counted days after the policy's daily retention, by month."""

    __tablename__ = "usage_month"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = number(key=True)
    month: date = Field(primary_key=True)  # its first day
    source_id: int = number(key=True)
    tool_id: int = number(key=True)
    model_id: int = number(key=True)
    run_kind_id: int = number(key=True)
    tier_id: int = number(key=True)


class FeedScope(SQLModel, table=True):
    """How far one source's deliveries for one account reach, and when the last one came."""

    __tablename__ = "feed_scope"

    account_id: int = number(key=True)
    source_id: int = number(key=True)
    first_day: date
    last_day: date
    received_at: datetime


class EventMark(SQLModel, table=True):
    """A pushed event that has been counted: a hash of its id and one of its content, for 35 days."""

    __tablename__ = "event_mark"
    __table_args__ = ({"sqlite_with_rowid": False},)

    source_id: int = number(key=True)
    event: bytes = mark(key=True)
    content: int = number()
    seen_on: date


class OtelSeries(SQLModel, table=True):
    """How far a cumulative series of telemetry had counted, so that the next value is a difference."""

    __tablename__ = "otel_series"

    source_id: int = number(key=True)
    series: bytes = mark(key=True)
    started_at: int = number()  # nanoseconds, shifted: to compare, not to tell a time; 0 where none is sent
    value: int = number()
    seen_on: date
