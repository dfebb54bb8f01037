"""ISO weeks, and which of them are old enough to tell what stayed."""

from datetime import date, timedelta
from typing import Final

STAYING_DAYS: Final = 14
# A figure over settled weeks looks at as many of them.
WEEKS: Final = 12


def monday_of(day: date) -> date:
    """Return the first day of the ISO week of *day*."""
    return day - timedelta(days=day.weekday())


def last_settled_week(today: date) -> date:
    """Return the Monday of the last week whose every day has 14 whole days behind it."""
    return monday_of(today - timedelta(days=STAYING_DAYS + 7))


def settled_weeks(today: date, known_from: date) -> list[date]:
    """Return the Mondays of the last 12 settled weeks that do not begin before *known_from*, the oldest first."""
    last = last_settled_week(today)
    weeks = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [week for week in weeks if week >= known_from]
