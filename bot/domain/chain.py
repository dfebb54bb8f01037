"""The log of who could see what: salted rows, one chain of days over them, and what is wrong with one.

A row's hash is SHA-256 of its salt and its content, a day's is SHA-256 of the hash of the day before and
the hashes of the day's rows in their order. So a row whose content was deleted still stands in the chain.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Final, Literal, NamedTuple

Kind = Literal["figure", "team_digest", "export", "export_deleted", "erased", "policy"]
FIGURE: Final = "figure"  # a figure about a group's cost was released
TEAM_DIGEST: Final = "team_digest"  # a digest about a team's finished work was released
EXPORT: Final = "export"  # somebody had a file made of their own data
EXPORT_DELETED: Final = "export_deleted"  # and deleted it
ERASED: Final = "erased"  # somebody erased everything; it does not say who
POLICY: Final = "policy"  # rules that came into force


class SealedMark(NamedTuple):
    """The mark of a day of the log to which nothing is added any more: whoever has it printed can compare."""

    day: date
    mark: str


# What the first day of a log is chained to.
BEGINNING: Final = bytes(32)
_DAY: Final = timedelta(days=1)


class Readers(NamedTuple):
    """Who can read what was released: everybody of groups or teams, and how many by their role beside them."""

    everybody_in: str = ""
    leads: int = 0
    report_readers: int = 0

    def stored(self) -> str:
        """Return it as text, to be kept."""
        return json.dumps(self._asdict(), ensure_ascii=False, sort_keys=True)


def readers_of(stored: str) -> Readers | None:
    """Return who it was that `Readers.stored` wrote down; None for any other text."""
    try:
        return Readers(**json.loads(stored))
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that became readable, or a decision about that: what, about which cell or person, for whom."""

    kind: Kind
    cell: str = ""  # what was released is about it, as the ledger names it
    period: str = ""
    person_id: int | None = None  # whose own file it is
    readers: str = ""  # `Readers.stored`; nothing where only the person themselves could read it
    policy_mark: str = ""  # the rules under which it was released, or that came into force


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A row as it is kept; *entry* and *salt* are None once its content was deleted."""

    day: date
    place: int  # in the order of its day; rows that were written at once may share one
    row_hash: bytes
    entry: Entry | None
    salt: bytes | None = field(repr=False, default=None)

    @property
    def is_sound(self) -> bool:
        """Whether the content is what the hash was made of; of deleted content nothing can be said."""
        return self.entry is None or self.salt is None or row_hash(self.salt, self.day, self.entry) == self.row_hash


def row_hash(salt: bytes, day: date, entry: Entry) -> bytes:
    """Return the hash of a row: SHA-256 of salt and content; without the salt nobody can guess the content."""
    content = {
        "day": day.isoformat(),
        "kind": entry.kind,
        "cell": entry.cell,
        "period": entry.period,
        "person_id": entry.person_id,
        "readers": entry.readers,
        "policy_mark": entry.policy_mark,
    }
    return sha256(salt + json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).digest()


def day_hash(day_before: bytes, rows: Sequence[LoggedRow]) -> bytes:
    """Return a day's hash: SHA-256 of the hash of the day before and of the rows' in their order."""
    ordered = sorted(rows, key=lambda row: (row.place, row.row_hash))
    return sha256(day_before + b"".join(row.row_hash for row in ordered)).digest()


def short_mark(hashed: bytes) -> str:
    """Return what is printed of a day's hash: `7f3a-91c2`."""
    digits = hashed.hex()
    return f"{digits[:4]}-{digits[4:8]}"


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from *first* to *last*."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def chained(before: bytes, first: date, last: date, rows: Sequence[LoggedRow]) -> Iterator[tuple[date, bytes]]:
    """Yield every day from *first* to *last* with its hash; a day without a row has one too."""
    by_day: dict[date, list[LoggedRow]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    for day in days_between(first, last):
        before = day_hash(before, by_day.get(day, []))
        yield day, before


class Broken(NamedTuple):
    """What is wrong with the log, and on which day."""

    day: date
    what: Literal["row", "missing", "hash", "printed"]  # a row's content, a day, its hash, a mark that was printed


def first_break(
    sealed: Sequence[tuple[date, bytes]], rows: Sequence[LoggedRow], printed: Collection[SealedMark] = ()
) -> Broken | None:
    """Return the first thing that is wrong with the log; None when it is as it was written.

    *sealed* are the days with their hashes in order, *rows* all rows, also those of days not sealed yet. The
    marks that were *printed* tell of days that were cut off the end, or written anew with all that follows.
    """
    found = [Broken(row.day, "row") for row in rows if not row.is_sound]
    found += [Broken(day + _DAY, "missing") for (day, _), (after, _) in pairwise(sealed) if after != day + _DAY]
    if sealed:
        first, last = sealed[0][0], sealed[-1][0]
        expected = dict(chained(BEGINNING, first, last, rows))
        found += [Broken(row.day, "missing") for row in rows if row.day < first]
        found += [Broken(day, "hash") for day, hashed in sealed if expected[day] != hashed]
    marks = {SealedMark(day, short_mark(hashed)) for day, hashed in sealed}
    found += [Broken(each.day, "printed") for each in printed if each not in marks]
    return min(found, key=lambda broken: broken.day, default=None)
