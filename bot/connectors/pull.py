"""What every source that is asked has in common, whoever runs it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from bot.domain.usage import UsageRow


class ReportedRow(NamedTuple):
    """One row of a report and whom the provider says it is about: a name in its own words, or nobody."""

    account: str | None
    row: UsageRow


class ReportedDay(NamedTuple):
    """Everything that a source says of one day; not *complete* where rows were unusable."""

    day: date
    rows: Sequence[ReportedRow]
    complete: bool = True


class PullSource(Protocol):
    """A source of usage that is asked for days."""

    kind: str  # "anthropic"; the provider of its accounts too
    name: str  # which of several configurations
    accounts_are_emails: bool  # whether the provider calls people by their mail address

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield every day from *first* to *last* that the source serves; raises ConnectorError."""
        ...
