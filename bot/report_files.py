"""A provider's own report, loaded from a file: its days of those who are on are replaced by what it says."""

import codecs
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Final, cast

from bot.connectors.bedrock_log import bedrock_rows
from bot.connectors.kiro_report import kiro_rows
from bot.connectors.pull import PullSource, ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook
from bot.errors import InputError
from bot.jobs.taking import Asking, take_day
from bot.services import Services
from storage.ids import source_id
from storage.listings import Listing, take_listed

_GZIP: Final = b"\x1f\x8b"
_MAX_NAMED: Final = 100
# A row a line: its number, and rows of usage or what is wrong with it.
Numbered = Iterator[tuple[int, list[ReportedRow] | str]]


REPORTS: Final[Mapping[str, Callable[[IO[bytes], PriceBook], Numbered]]] = {
    "kiro-csv": lambda file, _: kiro_rows(codecs.iterdecode(file, "utf-8-sig")),
    "bedrock": bedrock_rows,
}


class _Loaded(PullSource):
    """A report that is held, as a source of its own name."""

    def __init__(self, kind: str, name: str, days: Mapping[date, list[ReportedRow]]) -> None:
        self.kind, self.name, self._days = kind, name, days

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days that the file has."""
        for day in sorted(self._days):
            if first <= day <= last:
                yield ReportedDay(day, [self._days[day]])


def take_report(services: Services, report: str, path: Path, name: str) -> int:
    """Load a report (a key of REPORTS) under *name*; return how many rows it has.

    The same name again replaces its days. Raises InputError that names every row that cannot be used,
    with nothing stored. What is said is the same whoever is on.
    """
    days, rows = _days(services, report, path)
    source = _Loaded(report.partition("-")[0], name, days)
    instance = services.database.writing(lambda session: source_id(session, source.kind, source.name))
    today = services.now().date()
    kept_from = today - timedelta(days=services.policy.retention.daily_days)
    named = {each.account for batch in days.values() for each in batch if each.account and "@" in each.account}
    listed = [Listing(email, email, "person") for email in sorted(named)]
    services.database.writing(
        lambda session: take_listed(session, source.kind, listed, services.marks, today, kept_from)
    )
    for reported in source.reported_days(kept_from, today):
        take_day(Asking(services, source, instance, with_new=True), reported)
    return rows


def _days(services: Services, report: str, path: Path) -> tuple[dict[date, list[ReportedRow]], int]:
    days: defaultdict[date, list[ReportedRow]] = defaultdict(list)
    problems: list[str] = []
    rows = 0
    with _opened(path) as file:
        for number, said in _numbered(REPORTS[report](file, services.prices)):
            if isinstance(said, str):
                problems.append(f"line {number}: {said}")
            else:
                rows += 1
                for each in said:
                    days[each.row.day].append(each)
    if problems:
        more = [f"and {len(problems) - _MAX_NAMED} more"] if len(problems) > _MAX_NAMED else []
        raise InputError("Nothing was stored; these rows cannot be used:", problems[:_MAX_NAMED] + more)
    return days, rows


def _numbered(rows: Iterable[tuple[int, list[ReportedRow] | str]]) -> Numbered:
    try:
        yield from rows
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile):
        raise InputError("The file is not whole UTF-8 text, or its gzip is broken.") from None


def _opened(path: Path) -> IO[bytes]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return cast(IO[bytes], gzip.open(path)) if packed else path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
