"""What every system of record has in common that is asked for finished work, whoever runs it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from bot.connectors.pull import Finding, ListedAccount, Windows
from bot.domain.outcomes.reverts import Reopening, Revert
from bot.domain.outcomes.work import FinishedItem


class ReportedItem(NamedTuple):
    """A finished item as its system of record tells it, and whose work it is, in that system's own words.

    The item's author is empty: who stores it puts a keyed mark there. *author* is who made it, or for an
    agent the person on whose behalf it did; None where there is nobody. *files* are hashes of what was
    touched, for telling small changes that belong together; like *merged_at* they are never kept.
    """

    item: FinishedItem
    author: str | None
    title: str = ""
    link: str = ""
    merged_at: datetime | None = None
    files: frozenset[int] = frozenset()


@dataclass(slots=True)
class ReportedWork:
    """Everything that was finished in some days, and what of it, or of earlier days, came back.

    What cannot be used is left out: it adds to *flaws*, under a line that names nobody, and the days are
    not *complete*.
    """

    items: list[ReportedItem] = field(default_factory=list)
    reverts: list[Revert] = field(default_factory=list)
    reopenings: list[Reopening] = field(default_factory=list)
    complete: bool = True
    flaws: Counter[str] = field(default_factory=Counter)

    def flawed(self, line: str, count: int = 1) -> None:
        """Leave *count* items out because of what *line* says."""
        self.flaws[line] += count
        self.complete = False


class WorkSource:
    """A system of record that is asked for finished work; what it does not have stays empty."""

    kind: str = ""  # "github": what it is called where sources are shown
    name: str = ""  # which of several configurations
    provider: str = ""  # whose accounts its items name; a source of usage may share them
    accounts_are_emails: bool = False
    # A late revert or reopening counts for 14 days; two more for the index that is searched.
    windows: Windows = Windows(2, 16, 16)

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return what was finished from *first* to *last*, and reverts and reopenings of those days.

        Days are UTC. Raises ConnectorError.
        """
        raise NotImplementedError

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield every account that the system lists; raises ConnectorError."""
        return iter(())

    def findings(self) -> Iterator[Finding]:
        """Ask what the key may read, for `doctor`; raises nothing of the provider's."""
        return iter(())

    def close(self) -> None:
        """Close what is kept open."""
