"""Taking one day of a report: sums over everybody, and the rows of those who are on, swapped in at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from msgspec.structs import replace
from sqlmodel import Session

from bot.connectors.pull import PullSource, ReportedDay, ReportedRow
from bot.domain.tally import Tally
from bot.domain.usage import UsageRow
from bot.jobs.staging import StagedRow, Staging
from bot.services import Services
from storage import pulls
from storage.report_bills import note_seats, note_unowned

_LONGEST_NAME: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class Asking:
    """One source that is being asked, for everybody who is on or for some accounts *only*.

    Those for whom it never delivered wait for their back-fill, unless there is none (*with_new*).
    """

    services: Services
    source: PullSource
    instance: int
    only: Collection[int] | None = None
    with_new: bool = False

    @property
    def provider(self) -> str:
        """Whose accounts the rows name."""
        return self.source.provider or self.source.kind


class _Everybody:
    """Sums over everybody, and how many accounts there were."""

    def __init__(self, *, pieces: bool) -> None:
        self._pieces = pieces
        self._accounts: set[int] = set()
        self.sums: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
        self.unowned_nano_usd = 0

    def add(self, batch: Sequence[ReportedRow]) -> None:
        groups: defaultdict[tuple[str, str], list[UsageRow]] = defaultdict(list)
        for _, row, _ in batch:
            groups[row.model, row.run_kind].append(row)
        for key, rows in groups.items():
            self.sums[key].add_rows(rows, pieces=self._pieces)
        # their hashes: names would fill the memory
        self._accounts.update(hash(account) for account, _, _ in batch if account is not None)
        self.unowned_nano_usd += sum(row.billed_nano_usd or 0 for account, row, _ in batch if account is None)

    @property
    def accounts(self) -> int:
        return len(self._accounts)


def take_day(asking: Asking, reported: ReportedDay) -> int:
    """Read one day and swap it in; return how many rows it had. Nothing is changed when reading fails."""
    with asking.services.database.reading() as session:
        names, shared = _wanted(session, asking, reported.day)
    everybody = _Everybody(pieces=reported.pieces)
    read = 0
    with Staging() as staging:
        for given in reported.batches:
            read += len(given)
            batch = _with_usable_names(reported, given)
            if asking.only is None:
                everybody.add(batch)
            staging.add(_of_those_who_are_on(batch, names, shared, asking.instance))
        asked = set(names.values())
        asking.services.database.writing(lambda session: _store(session, asking, reported, asked, staging, everybody))
    return read


def _with_usable_names(reported: ReportedDay, batch: Sequence[ReportedRow]) -> Sequence[ReportedRow]:
    """Leave out the rows with a name that no database keeps; one that no index holds would spoil the whole day."""
    usable = [each for each in batch if all(map(_is_usable, (each.row.model, each.row.tool, each.row.work)))]
    if len(usable) < len(batch):
        reported.flawed("a row with a name that cannot be", len(batch) - len(usable))
    return usable


def _is_usable(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and "\0" not in name


def _wanted(session: Session, asking: Asking, day: date) -> tuple[dict[str, int], set[str]]:
    """Return whose rows of *day* are kept, by the name of their account, and the accounts that are nobody's.

    A day that came before somebody's back-fill would look like all of it.
    """
    collected = pulls.collected_accounts(session, asking.provider, asking.services.marks)
    waiting = () if asking.with_new else pulls.without_delivery(session, asking.instance, collected)
    new = {each.account_id for each in waiting}
    shared = {name for name, first in pulls.shared_from(session, asking.provider).items() if day >= first}
    names = {
        each.name: each.account_id
        for each in collected
        if each.takes(day)
        and each.name not in shared
        and (each.account_id not in new if asking.only is None else each.account_id in asking.only)
    }
    return names, shared


def _of_those_who_are_on(
    batch: Sequence[ReportedRow], names: dict[str, int], shared: set[str], instance: int
) -> list[StagedRow]:
    return [
        (names[account], replace(row, source_id=instance))
        for account, row, key in batch
        if account in names and key not in shared
    ]


def _store(
    session: Session,
    asking: Asking,
    reported: ReportedDay,
    asked: set[int],
    staging: Staging,
    everybody: _Everybody,
) -> None:
    names, _ = _wanted(session, asking, reported.day)  # anew: somebody may have paused while pages were read
    held = asked.intersection(names.values())
    pulls.clear_day(session, asking.instance, reported.day, held)
    for part in staging.parts():
        pulls.add_day(session, [row for row in part if row[0] in held], pieces=reported.pieces)
    if asking.only is None:
        pulls.replace_source_day(session, asking.instance, reported.day, everybody.sums)
        pulls.note_accounts(session, asking.instance, reported.day, everybody.accounts)
        note_unowned(session, asking.instance, reported.day, everybody.unowned_nano_usd)
        if reported.seats is not None:
            note_seats(session, asking.instance, reported.day, *reported.seats)
        if reported.complete:
            pulls.note_days(session, asking.instance, held, reported.day, reported.day, asking.services.now())
