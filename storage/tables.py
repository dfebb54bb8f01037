"""The tables. Ids of ours are random 63-bit integers; counts and amounts are 64-bit; None is unknown.

Every large table's key starts with the account or the person, nothing updates a key, and inserts
conflict on exactly the primary key, so that a distributed PostgreSQL can shard without a change.
Values are validated before they reach a table: tables validate nothing.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel


def _number(*, key: bool = False, index: bool = False, null: bool = False) -> Any:
    """A column of 64-bit integers; never numbered by the database."""
    if null:
        return Field(default=None, sa_type=BigInteger, nullable=True, index=index)
    kwargs = {"autoincrement": False} if key else {}
    return Field(sa_type=BigInteger, primary_key=key, index=index, sa_column_kwargs=kwargs)


def _mark(*, key: bool = False) -> Any:
    """A column of 16 bytes: a keyed or plain hash."""
    return Field(sa_type=LargeBinary(16), primary_key=key)


class Measures(SQLModel):
    """The measures of a usage row; None is unknown, *partly_unknown* has a bit for each incomplete sum."""

    uncached_input_tokens: int | None = _number(null=True)
    cache_read_tokens: int | None = _number(null=True)
    cache_write_tokens: int | None = _number(null=True)
    cache_write_1h_tokens: int | None = _number(null=True)
    output_tokens: int | None = _number(null=True)
    requests: int | None = _number(null=True)
    failed_requests: int | None = _number(null=True)
    runs: int | None = _number(null=True)
    runs_with_result: int | None = _number(null=True)
    billed_nano_usd: int | None = _number(null=True)
    list_value_nano_usd: int | None = _number(null=True)
    list_value_by: str = ""
    partly_unknown: int = _number()


class Person(SQLModel, table=True):
    """Somebody of the company. Nothing is collected before *switched_on_at*."""

    id: int = _number(key=True)
    created_at: datetime
    switched_on_at: datetime | None = None
    paused_at: datetime | None = None
    left_on: date | None = None


class SlackUser(SQLModel, table=True):
    """What Slack's directory says of a user, and which person that is."""

    __tablename__ = "slack_user"

    org_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    person_id: int = _number(index=True)
    name: str
    email: str | None = Field(default=None, index=True)
    tz: str
    is_deleted: bool = False
    is_guest: bool = False
    checked_at: datetime


class EmailHolder(SQLModel, table=True):
    """Who first held a mail address: keyed marks, so that a successor inherits no rows."""

    __tablename__ = "email_holder"

    email_mark: bytes = _mark(key=True)
    slack_mark: bytes = _mark()


class Tombstone(SQLModel, table=True):
    """A keyed mark of somebody who erased everything: days up to *erased_on* are not taken again."""

    slack_mark: bytes = _mark(key=True)
    erased_on: date


class Account(SQLModel, table=True):
    """What a provider calls somebody. Usage hangs on the account, not on the person."""

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    id: int = _number(index=True)


class AccountLink(SQLModel, table=True):
    """An account is a person's from *from_day* to *to_day* (both included)."""

    __tablename__ = "account_link"

    account_id: int = _number(key=True)
    person_id: int = _number(key=True, index=True)
    from_day: date = Field(primary_key=True)
    to_day: date | None = None
    how: str
    by: str


class Label(SQLModel, table=True):
    """Names of tools, models, kinds of run and tiers, so that usage rows hold small numbers."""

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    id: int = _number(index=True)


class Source(SQLModel, table=True):
    """One pull configuration, one pushing platform, or one person's machine (*owner* is its account)."""

    kind: str = Field(primary_key=True)
    owner: int = _number(key=True)
    name: str = Field(primary_key=True)
    id: int = _number(index=True)


class UsageDay(Measures, table=True):
    """The only usage table that people are answered from."""

    __tablename__ = "usage_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = _number(key=True)
    day: date = Field(primary_key=True)
    source_id: int = _number(key=True)
    tool_id: int = _number(key=True)
    model_id: int = _number(key=True)
    run_kind_id: int = _number(key=True)
    work: str = Field(primary_key=True)
    tier_id: int = _number(key=True)


class UsageMonth(Measures, table=True):
    """What remains of counted days after the policy's daily retention, by month."""

    __tablename__ = "usage_month"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = _number(key=True)
    month: date = Field(primary_key=True)  # its first day
    source_id: int = _number(key=True)
    tool_id: int = _number(key=True)
    model_id: int = _number(key=True)
    run_kind_id: int = _number(key=True)
    tier_id: int = _number(key=True)


class SourceDay(Measures, table=True):
    """Sums over everybody that a company source reports, for reconciliation; never a remainder."""

    __tablename__ = "source_day"

    source_id: int = _number(key=True)
    day: date = Field(primary_key=True)
    model_id: int = _number(key=True)
    run_kind_id: int = _number(key=True)


class FeedScope(SQLModel, table=True):
    """How far one source's deliveries for one account reach, and when the last one came."""

    __tablename__ = "feed_scope"

    account_id: int = _number(key=True)
    source_id: int = _number(key=True)
    first_day: date
    last_day: date
    received_at: datetime


class SourceState(SQLModel, table=True):
    """When a source that is asked last answered, and since when it fails."""

    __tablename__ = "source_state"

    source_id: int = _number(key=True)
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    last_error: str = ""
    unmatched_accounts: int | None = _number(null=True)  # listed for an address that the directory does not have


class SourceFlaw(SQLModel, table=True):
    """What could not be used when a source was last asked: a line that names nobody, and how often."""

    __tablename__ = "source_flaw"

    source_id: int = _number(key=True)
    flaw: str = Field(primary_key=True)
    count: int = _number()
    last_day: date


class SourceTotal(SQLModel, table=True):
    """Of a day, over everybody: how many accounts a source reported, and what the provider billed."""

    __tablename__ = "source_total"

    source_id: int = _number(key=True)
    day: date = Field(primary_key=True)
    accounts: int | None = _number(null=True)
    bill_nano_usd: int | None = _number(null=True)


class ListedAccount(SQLModel, table=True):
    """An account as its provider lists it, and a keyed mark of the mail address that it says is its owner's."""

    __tablename__ = "listed_account"
    __table_args__ = (Index("ix_listed_account_email_mark", "email_mark"),)

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    email_mark: bytes | None = Field(default=None, sa_type=LargeBinary(16), nullable=True)
    kind: str
    seen_on: date


class Assignment(SQLModel, table=True):
    """Whose an account is by the operator's file: a person by mail address, who confirms it, or shared."""

    __table_args__ = (Index("ix_assignment_email_mark", "email_mark"),)

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    email_mark: bytes | None = Field(default=None, sa_type=LargeBinary(16), nullable=True)  # None: shared
    from_day: date
    answer: str = ""  # "", "yes" or "no"


class AccountAllowance(SQLModel, table=True):
    """A limit that a source states for one account alone, and what of it is spent in the cycle."""

    __tablename__ = "account_allowance"

    account_id: int = _number(key=True)
    source_id: int = _number(key=True)
    limit_nano_usd: int = _number()
    spent_nano_usd: int = _number()
    first_day: date
    last_day: date
    seen_at: datetime


class OtelSeries(SQLModel, table=True):
    """How far a cumulative series of telemetry had counted, so that the next value is a difference."""

    __tablename__ = "otel_series"

    source_id: int = _number(key=True)
    series: bytes = _mark(key=True)
    started_at: int = _number()  # nanoseconds, shifted: to compare, not to tell a time; 0 where none is sent
    value: int = _number()
    seen_on: date


class Change(SQLModel, table=True):
    """One finished item of a repository or project, as its system of record tells it; no title and no name."""

    __table_args__ = (
        Index("ix_change_place_finished_on", "place", "finished_on"),
        Index("ix_change_reference", "reference"),
    )

    place: str = Field(primary_key=True)  # a repository or project
    reference: str = Field(primary_key=True)
    kind: str
    finished_on: date
    accepted: bool
    came_back_on: date | None = None
    ticket: str = ""
    lines: int | None = _number(null=True)
    minutes_to_first_review: int | None = _number(null=True)
    minutes_open: int | None = _number(null=True)
    reviewed: bool | None = None
    author: bytes = Field(sa_type=LargeBinary(16))  # a keyed mark, empty where unknown: for counting authors
    agent_made: bool = False
    ai_evidence: str = "none"
    source_id: int = _number()


class Outcome(SQLModel, table=True):
    """A finished item of somebody who is on: whose it is and, for 15 weeks, what it is called."""

    __table_args__ = (Index("ix_outcome_reference", "reference"), {"sqlite_with_rowid": False})

    account_id: int = _number(key=True)
    place: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    title: str = ""
    link: str = ""


class OutcomeLink(Measures, table=True):
    """What runs of a day that named a finished item came to for it."""

    __tablename__ = "outcome_link"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = _number(key=True)
    reference: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    source_id: int = _number(key=True)
    tool_id: int = _number(key=True)
    run_kind_id: int = _number(key=True)
    work: str = Field(primary_key=True)


class OwnMark(SQLModel, table=True):
    """What somebody said of a finished item or a line of cost of theirs, seen by nobody else."""

    __tablename__ = "own_mark"

    person_id: int = _number(key=True)
    kind: str = Field(primary_key=True)  # "not_mine" or "shared_job"
    subject: str = Field(primary_key=True)  # a reference, a job's name
    marked_at: datetime


class EventMark(SQLModel, table=True):
    """A pushed event that has been counted: a hash of its id and one of its content, for 35 days."""

    __tablename__ = "event_mark"
    __table_args__ = ({"sqlite_with_rowid": False},)

    source_id: int = _number(key=True)
    event: bytes = _mark(key=True)
    content: int = _number()
    seen_on: date


class Token(SQLModel, table=True):
    """An ingest token, stored as a hash; without a person it is an operator's."""

    token_hash: bytes = Field(sa_type=LargeBinary(32), primary_key=True)
    name: str = Field(index=True)
    person_id: int | None = _number(index=True, null=True)
    created_at: datetime
    revoked_at: datetime | None = None


class Setting(SQLModel, table=True):
    """One choice of a person, as text."""

    person_id: int = _number(key=True)
    name: str = Field(primary_key=True)
    value: str
    changed_at: datetime


class OwnFile(SQLModel, table=True):
    """A file that a person had made of their own data."""

    __tablename__ = "own_file"

    person_id: int = _number(key=True)
    file_id: str = Field(primary_key=True)
    made_at: datetime
    deleted_at: datetime | None = None


class SeenRequest(SQLModel, table=True):
    """A request that changed something, so that a replay changes nothing."""

    __tablename__ = "seen_request"

    mark: bytes = _mark(key=True)
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


class Outbox(SQLModel, table=True):
    """A message that the bot sends on its own; the key makes it go out once. A channel's have person 0."""

    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"), {"sqlite_with_rowid": False})

    person_id: int = _number(key=True)
    kind: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    state: str  # planned or pending, sending, then sent, suppressed, skipped or dead
    owner: str = ""
    lease_until: datetime | None = None
    attempts: int = _number()
    due_at: datetime
    payload: str  # which message to compose, as JSON; never a figure
    channel: str = ""
    ts: str = ""
    last_error: str = ""
    created_at: datetime
    first_tried_at: datetime | None = None


class SendRate(SQLModel, table=True):
    """How fast a workspace's Slack lets the bot send, for all replicas: a bucket of tokens, in thousandths."""

    __tablename__ = "send_rate"

    org_id: str = Field(primary_key=True)
    tokens_milli: int = _number()
    milli_a_second: int = _number()
    blocked_until: datetime | None = None
    updated_at: datetime
