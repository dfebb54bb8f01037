"""Where AWS puts the files of a day: .../AWSLogs/ACCOUNT/KIND/REGION/YYYY/MM/DD/HH/ below what the operator named."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Final

from bot.connectors.objects import Objects
from bot.errors import ConnectorError

_ACCOUNT: Final = re.compile(r"\d{12}")
_YEAR: Final = re.compile(r"20\d\d")
_DATE_PARTS: Final = (_YEAR, re.compile(r"\d\d"), re.compile(r"\d\d"))
_DEEPEST: Final = 10
_MOST_FOLDERS: Final = 10_000


class DatedLogs:
    """The files of one kind by day, for every account and region; *trail* are the folders below an account.

    The address may point above, at or below the accounts. Folders are looked for once.
    """

    def __init__(self, objects: Objects, provider: str, trail: Sequence[str]) -> None:
        self._objects, self._provider, self._trail = objects, provider, trail

    def files(self, day: date, below: str = "") -> Iterator[str]:
        """Yield the files in the folder of *day*, or only those in a folder *below* it."""
        for parent in self._parents:
            yield from self._objects.files(f"{parent}{day:%Y/%m/%d}/{below}")

    def is_between(self, day: date) -> bool:
        """Whether there are files of earlier and of later days: then a day without any had no use."""
        first, last = self.kept
        return first is not None and last is not None and first < day < last

    @cached_property
    def kept(self) -> tuple[date | None, date | None]:
        """The first and the last day that have a folder."""
        firsts = [found for parent in self._parents if (found := self._edge(parent, min))]
        lasts = [found for parent in self._parents if (found := self._edge(parent, max))]
        return min(firsts, default=None), max(lasts, default=None)

    @cached_property
    def _parents(self) -> Sequence[str]:
        """The folders in which the years lie."""
        found, waiting, looked = [], [""], 0
        while waiting:
            folder = waiting.pop()
            looked += 1
            if looked > _MOST_FOLDERS:
                said = f"{self._objects.address} has too many folders; name one further down"
                raise ConnectorError(self._provider, said, permanent=True)
            inside = [name for name in self._objects.folders(folder) if self._leads_on(folder, name)]
            if any(_YEAR.fullmatch(_last(name)) for name in inside):
                found.append(folder)
            elif folder.count("/") < _DEEPEST:
                waiting.extend(inside)
        return sorted(found)

    def _leads_on(self, folder: str, name: str) -> bool:
        """Whether *name* in *folder* can hold what is looked for: other kinds of logs are not walked through."""
        here = _last(folder) or _last(self._objects.address)
        if _ACCOUNT.fullmatch(here):
            return _last(name) == self._trail[0]
        if here in self._trail[:-1]:
            return _last(name) == self._trail[self._trail.index(here) + 1]
        return True

    def _edge(self, parent: str, pick: Callable[[Iterable[str]], str]) -> date | None:
        parts, folder = [], parent
        for pattern in _DATE_PARTS:
            names = [name for name in map(_last, self._objects.folders(folder)) if pattern.fullmatch(name)]
            if not names:
                return None
            parts.append(int(pick(names)))
            folder = f"{folder}{pick(names)}/"
        try:
            return date(*parts)
        except ValueError:
            return None


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2]
