"""Where rows come from, how each source stands, and its sums over everybody."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import number
from storage.tables.usage import Measures


class Source(SQLModel, table=True):
    """One pull configuration, one pushing platform, or one person's machine (*owner* is its account)."""

    kind: str = Field(primary_key=True)
    owner: int = number(key=True)
    name: str = Field(primary_key=True)
    id: int = number(index=True)


class SourceDay(Measures, table=True):
    """Sums over everybody that a company source reports, for reconciliation; never a remainder."""

    __tablename__ = "source_day"

    source_id: int = number(key=True)
    day: date = Field(primary_key=True)
    model_id: int = number(key=True)
    run_kind_id: int = number(key=True)


class SourceState(SQLModel, table=True):
    """When a source that is asked last answered, and since when it fails."""

    __tablename__ = "source_state"

    source_id: int = number(key=True)
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    last_error: str = ""
    unmatched_accounts: int | None = number(null=True)  # listed for an address that the directory does not have


class SourceFlaw(SQLModel, table=True):
    """What could not be used when a source was last asked: a line that names nobody, and how often."""

    __tablename__ = "source_flaw"

    source_id: int = number(key=True)
    flaw: str = Field(primary_key=True)
    count: int = number()
    last_day: date


class SourceTotal(SQLModel, table=True):
    """Of a day, over everybody: how many accounts a source reported, what was billed, and how its seats stand.

    Unused are seats that nobody used in the 28 days that end with the day; unowned is what the source billed and
    names nobody for.
    """

    __tablename__ = "source_total"

    source_id: int = number(key=True)
    day: date = Field(primary_key=True)
    accounts: int | None = number(null=True)
    bill_nano_usd: int | None = number(null=True)
    seats: int | None = number(null=True)
    unused_seats: int | None = number(null=True)
    unowned_nano_usd: int | None = number(null=True)
