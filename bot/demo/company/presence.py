"""When the people of Larkfield work: weekdays, public holidays and vacations."""

from datetime import date, timedelta
from typing import Final

from bot.demo.company.draws import Draws
from bot.demo.company.people import Person
from bot.demo.company.roster import BERLIN, KOLKATA, LISBON, LONDON, NEW_YORK, STOCKHOLM, TOKYO

# From Monday to Sunday: how likely somebody works, and how much of a usual day it becomes.
_WORKS: Final = (0.93, 0.94, 0.95, 0.94, 0.88, 0.12, 0.10)
_AMOUNT: Final = (1.0, 1.1, 1.1, 1.0, 0.8, 0.35, 0.3)
_QUARTER_DAYS: Final = 91
_TAKES_VACATION: Final = 0.7  # of a quarter
_MIN_VACATION, _MAX_VACATION = 5, 16

# Fixed days in a year as (month, day); those that move are worked out below.
_FIXED: Final[dict[str, frozenset[tuple[int, int]]]] = {
    BERLIN: frozenset({(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}),
    LONDON: frozenset({(1, 1), (12, 25), (12, 26)}),
    LISBON: frozenset({(1, 1), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8), (12, 25)}),
    STOCKHOLM: frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26)}),
    NEW_YORK: frozenset({(1, 1), (7, 4), (11, 11), (12, 25)}),
    KOLKATA: frozenset({(1, 26), (8, 15), (10, 2), (12, 25)}),
    TOKYO: frozenset({(1, 1), (2, 11), (8, 11), (11, 3), (11, 23)}),
}


def is_holiday(day: date, tz: str) -> bool:
    """Return whether *day* is a public holiday where *tz* is; a good part of them, enough to be seen."""
    if (day.month, day.day) in _FIXED.get(tz, frozenset()):
        return True
    week_of_month = (day.day - 1) // 7 + 1
    if tz == NEW_YORK:
        labour_day = day.month == 9 and day.weekday() == 0 and week_of_month == 1
        return labour_day or (day.month == 11 and day.weekday() == 3 and week_of_month == 4)
    last_of_month = (day + timedelta(days=7)).month != day.month
    return tz == LONDON and day.weekday() == 0 and day.month in (5, 8) and last_of_month


def on_vacation(person: Person, day: date, draws: Draws) -> bool:
    """Return whether *person* is away: at most once a quarter, for one week to a bit more than two."""
    quarter, place = divmod(day.toordinal(), _QUARTER_DAYS)
    if not draws.happens(_TAKES_VACATION, "vacation", person.handle, quarter):
        return False
    length = _MIN_VACATION + int((_MAX_VACATION - _MIN_VACATION) * draws.uniform("length", person.handle, quarter))
    begins = int((_QUARTER_DAYS - length) * draws.uniform("begins", person.handle, quarter))
    return begins <= place < begins + length


def activity(person: Person, day: date, draws: Draws) -> float:
    """Return how much of a usual day's work *person* does on *day*; 0 when away."""
    weekday = day.weekday()
    if is_holiday(day, person.tz) or not draws.happens(_WORKS[weekday], "works", person.handle, day):
        return 0.0
    return 0.0 if on_vacation(person, day, draws) else _AMOUNT[weekday]
