"""The rows of Kiro's user report, a CSV that is read by the names in its header.

Tried on sample reports only, never against a running Kiro.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from bot.connectors.pull import ReportedRow
from bot.domain.people import normal_email
from bot.domain.usage import UsageRow
from bot.errors import InputError

TOOL: Final = "kiro"
TWICE: Final = "a row that came twice"
TWO_CONTENTS: Final = "a row of the same user, day and client type as another, with other content"
_NEEDED: Final = ("date", "userid", "client_type")
_TOTAL: Final = "total_messages"
_OF_A_MODEL: Final = "_messages"
_EMAILS: Final = ("user_email", "email")
_LEGACY: Final = "chat_messagessent"
_MOST_MESSAGES: Final = 10**12
# Some reports put the id of the directory in IAM Identity Center before the user's, others do not.
_DIRECTORY: Final = re.compile(r"^d-[0-9a-z]+\.(?=.)")
_YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH_FIRST: Final = re.compile(r"(\d\d)-(\d\d)-(\d{4})")


class Entry(NamedTuple):
    """One row of a report: the messages of a user with one kind of client by model; None is unknown."""

    day: date
    account: str | None
    client_type: str
    messages: tuple[tuple[str, int | None], ...]
    email: str | None

    @property
    def rows(self) -> list[ReportedRow]:
        """The entry as usage, a row for each model."""
        # Tokens are not in the report. Money is not either: it counts credits, and what a credit costs
        # depends on the plan, so both lanes stay unknown.
        return [
            ReportedRow(self.account, UsageRow(self.day, TOOL, 0, TOOL, model, "person", requests=count))
            for model, count in self.messages
        ]


class Told:
    """What has been told of users, so that nothing counts twice. It holds hashes: names would fill the memory."""

    def __init__(self) -> None:
        self._stamp = ""
        self._of_stamp: dict[int, int] = {}
        self._of_newer: set[int] = set()

    def problem(self, entry: Entry, stamp: str = "") -> str | None:
        """Return None where *entry* is news, else why it does not count; "" is that a newer file told it.

        Files come newest *stamp* first; those of one stamp are parts of one report.
        """
        if stamp != self._stamp:
            self._of_newer.update(self._of_stamp)
            self._stamp, self._of_stamp = stamp, {}
        if entry.account is None:
            return None
        key, content = hash((entry.day, entry.account, entry.client_type)), hash(entry.messages)
        if key in self._of_newer:
            return ""
        before = self._of_stamp.get(key)
        if before is None:
            self._of_stamp[key] = content
            return None
        return TWICE if before == content else TWO_CONTENTS


class _Columns(NamedTuple):
    """Where in a row is what; *models* by name."""

    needed: tuple[int, int, int]
    total: int | None
    models: Sequence[tuple[str, int]]
    email: int | None


def kiro_rows(lines: Iterable[str]) -> Iterator[tuple[int, list[ReportedRow] | str]]:
    """Yield the line of every row of a user report and what it says: rows of usage, or what is wrong with it.

    *lines* keep their line ends. A row that came twice has no rows the second time. Raises InputError
    when it is another file.
    """
    told = Told()
    for line, entry in entries(lines):
        if isinstance(entry, str):
            yield line, entry
            continue
        problem = told.problem(entry)
        if problem is None:
            yield line, entry.rows
        else:
            yield line, [] if problem == TWICE else problem


def entries(lines: Iterable[str], only: date | None = None) -> Iterator[tuple[int, Entry | str]]:
    """Yield the line of every row and its entry, or what is wrong with it; other days than *only* are passed over.

    Raises InputError when the header is not that of a user report.
    """
    reader = csv.reader(lines)
    try:
        columns = _columns(next(reader, []))
        for cells in reader:
            if cells:
                entry = _entry(cells, columns, only)
                if entry is not None:
                    yield reader.line_num, entry
    except csv.Error:
        yield reader.line_num, "a file that is no whole CSV: what follows was not read"


def _columns(header: Sequence[str]) -> _Columns:
    names = [name.removeprefix("\ufeff").strip().lower() for name in header]
    where = {name: position for position, name in enumerate(names)}
    if _LEGACY in where and _TOTAL not in where:
        # It comes beside the user report, for the same days: taking both would count messages twice.
        raise InputError("This is the older by_user_analytic report; take Kiro's user_report files instead.")
    missing = [name for name in _NEEDED if name not in where]
    models = [
        (name.removesuffix(_OF_A_MODEL), position)
        for name, position in where.items()
        if name.endswith(_OF_A_MODEL) and name not in (_TOTAL, _OF_A_MODEL)
    ]
    if missing or not (models or _TOTAL in where):
        named = ", ".join(missing or [_TOTAL])
        raise InputError(f"This is no user report of Kiro: its header does not have {named}.")
    day, user, client = (where[name] for name in _NEEDED)
    email = next((where[name] for name in _EMAILS if name in where), None)
    return _Columns((day, user, client), where.get(_TOTAL), models, email)


def _entry(cells: Sequence[str], columns: _Columns, only: date | None) -> Entry | str | None:
    try:
        text, user, client = (cells[position].strip() for position in columns.needed)
        day = _day(text)
        if only is not None and day not in (only, None):
            return None
        total = None if columns.total is None else _count(cells[columns.total])
        models = [(model, _count(cells[position])) for model, position in columns.models]
        email = "" if columns.email is None else normal_email(cells[columns.email])
    except IndexError:
        return "a row with too few columns"
    except ValueError as error:
        return str(error)
    if day is None:
        return "a row without a day"
    return Entry(day, _account(user), client.upper(), _messages(total, models), email or None)


def _messages(total: int | None, models: Sequence[tuple[str, int | None]]) -> tuple[tuple[str, int | None], ...]:
    """Return the messages by model; what the total has beyond the models stands under the tool's name."""
    used = tuple((model, count) for model, count in models if count)
    rest = None if total is None else total - sum(count for _, count in used if count)
    if not used:
        return ((TOOL, total),)
    return (*used, (TOOL, rest)) if rest is not None and rest > 0 else used


def _account(user: str) -> str | None:
    return _DIRECTORY.sub("", user.lower()) or None


def _day(text: str) -> date | None:
    """Return the day in either of the formats that reports have had; None when it is neither."""
    found = _YEAR_FIRST.match(text)
    if found is not None:
        year, month, day = found.groups()
    else:
        found = _MONTH_FIRST.match(text)
        if found is None:
            return None
        month, day, year = found.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _count(cell: str) -> int | None:
    """Return a count of messages, None where the cell is empty; raises ValueError with what is wrong."""
    text = cell.strip()
    if not text:
        return None
    try:
        count = Decimal(text)
    except InvalidOperation:
        raise ValueError("a row with a count that is no number") from None
    if not count.is_finite() or count > _MOST_MESSAGES:
        raise ValueError("a row with an absurd count")
    if count < 0:
        raise ValueError("a row with a negative count")
    if count != count.to_integral_value():
        raise ValueError("a row with a count that is no whole number")
    return int(count)
