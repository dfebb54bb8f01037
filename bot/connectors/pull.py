"""What every source that is asked has in common, whoever runs it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from bot.domain.usage import UsageRow

# The model of a charge that has none, as a web search.
NO_MODEL: Final = "no model"


class ReportedRow(NamedTuple):
    """One row of a report and whom the provider says it is about: a name in its own words, or nobody.

    *key* is the access key that it came through: where the operator's file says whose that is, that counts.
    """

    account: str | None
    row: UsageRow
    key: str | None = None


class SeatsOfDay(NamedTuple):
    """How many seats there were on a day, and how many nobody used in the 28 days that end with it; None is unknown."""

    seats: int
    unused: int | None


@dataclass(slots=True)
class ReportedDay:
    """Everything that a source says of one day, in batches as they arrive.

    Batches are read once and in order, and before the next day is asked for. Rows that cannot be used
    are left out: each adds to *flaws*, under a line that says what was wrong and never about whom, and
    the day is not *complete*. Both are final when the batches have been read.

    Rows with the same key are added up. In a report in *pieces* they are parts of one row, as tokens
    from one page and money from another: there None says nothing, and is not an unknown part.
    """

    day: date
    batches: Iterable[Sequence[ReportedRow]]
    complete: bool = True
    pieces: bool = False
    flaws: Counter[str] = field(default_factory=Counter)
    seats: SeatsOfDay | None = None  # of a source that lists them

    def flawed(self, line: str, count: int = 1) -> None:
        """Leave *count* rows out because of what *line* says."""
        self.flaws[line] += count
        self.complete = False


class Windows(NamedTuple):
    """How many days back a provider still revises what it said: asked each run, once a day, once a week."""

    each_run: int
    daily: int
    weekly: int

    def days_due(self, last_success_at: datetime | None, now: datetime) -> int:
        """Return how many days to ask for at *now*, a silence since the last success included."""
        if last_success_at is None:
            return self.weekly
        before, today = last_success_at.date(), now.date()
        if before.isocalendar()[:2] != today.isocalendar()[:2]:
            due = self.weekly
        else:
            due = self.daily if before != today else self.each_run
        return due + max(0, (today - before).days)


class ListedAccount(NamedTuple):
    """An account as its provider lists it, under the name that its rows use, and whose it is by mail address."""

    name: str
    email: str | None
    kind: Literal["person", "key", "service"] = "person"


class Allowance(NamedTuple):
    """A limit on what one account may spend in a billing cycle, and what of it is spent, in nano-USD."""

    account: str
    limit_nano_usd: int
    spent_nano_usd: int
    first: date
    last: date


class Finding(NamedTuple):
    """What a key may do: one line for the operator, and the next step where there is one."""

    state: Literal["ok", "warn", "to do", "fail"]
    text: str


class PullSource:
    """A source of usage that is asked for days; what a provider does not have stays empty."""

    kind: str = ""  # "anthropic": what it is called where sources are compared
    name: str = ""  # which of several configurations
    provider: str = ""  # whose accounts its rows name; several sources may share them
    accounts_are_emails: bool = False  # whether rows call people by their mail address
    windows: Windows = Windows(3, 3, 3)
    bill_covers_rows: bool = True  # whether the bill is of what its rows call billed, so that the two can be compared

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield every day from *first* to *last* that the source serves, in order; raises ConnectorError."""
        raise NotImplementedError

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield every account that the provider lists; raises ConnectorError."""
        return iter(())

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        """Yield what the provider billed for each day in nano-USD, for the days that have a bill."""
        return iter(())

    def allowances(self) -> Iterator[Allowance]:
        """Yield limits that belong to one person alone, never a shared pool; raises ConnectorError."""
        return iter(())

    def findings(self) -> Iterator[Finding]:
        """Ask the provider what the key may read, for `doctor`; raises nothing of the provider's."""
        return iter(())

    def close(self) -> None:
        """Close what is kept open."""
