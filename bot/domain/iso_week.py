"""ISO weeks by the word that names them: `2026-W46`."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.period import Period

_WORD: Final = re.compile(r"(20\d{2})-W(\d{2})", re.ASCII)
_DAYS: Final = 7


class IsoWeek(NamedTuple):
    """Seven UTC days from a Monday on."""

    monday: date

    @property
    def sunday(self) -> date:
        """Return its last day."""
        return self.monday + timedelta(days=_DAYS - 1)

    @property
    def word(self) -> str:
        """Return the word that names it; `parse_iso_week` understands it."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def period(self) -> Period:
        """Return its days."""
        return Period("days", self.monday, self.sunday)

    def before(self, weeks: int = 1) -> "IsoWeek":
        """Return the week so many weeks earlier."""
        return IsoWeek(self.monday - timedelta(weeks=weeks))


def week_of(day: date) -> IsoWeek:
    """Return the week that *day* lies in."""
    return IsoWeek(day - timedelta(days=day.weekday()))


def parse_iso_week(word: str) -> IsoWeek | None:
    """Return the week that *word* names; None when it names none."""
    match = _WORD.fullmatch(word)
    if match is None:
        return None
    try:
        return IsoWeek(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError:
        return None
