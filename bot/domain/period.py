"""Spans of days that people ask for, and how days are said."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

Kind = Literal["week", "4w", "12w", "days", "month", "this-month", "today"]

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS_BACK: Final[dict[str, tuple[Kind, int]]] = {
    "": ("4w", 28),
    "week": ("week", 7),
    "7d": ("week", 7),
    "4w": ("4w", 28),
    "30d": ("days", 30),
    "12w": ("12w", 84),
    "90d": ("days", 90),
}
_ISO_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


class Period(NamedTuple):
    """Days from *first* to *last*, both included, all UTC."""

    kind: Kind
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def word(self) -> str:
        """Return the word that asks for it again; `parse_period` understands it."""
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        return {"days": f"{self.days}d", "this-month": "month"}.get(self.kind, self.kind)

    def previous(self) -> "Period":
        """Return the span of equal length just before it (of a whole month: the month before)."""
        before = self.first - timedelta(days=1)
        if self.kind == "month":
            return month_of(before)
        return Period(self.kind, self.first - timedelta(days=self.days), before)

    def contains(self, day: date) -> bool:
        """Return whether *day* lies in it."""
        return self.first <= day <= self.last


def parse_period(word: str, today: date) -> Period | None:
    """Return the period that *word* names on *today*; None when it names none.

    All end yesterday, since today is not complete, except `today` and a month that is over. `month`
    is this month so far, and on its first day the month before.
    """
    yesterday = today - timedelta(days=1)
    if word == "today":
        return Period("today", today, today)
    if word == "month":
        return month_of(yesterday) if today.day == 1 else Period("this-month", today.replace(day=1), yesterday)
    if word in _DAYS_BACK:
        kind, days = _DAYS_BACK[word]
        return Period(kind, today - timedelta(days=days), yesterday)
    return _iso_month(word, today)


def _iso_month(word: str, today: date) -> Period | None:
    match = _ISO_MONTH.fullmatch(word)
    if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 2000:
        return None
    month = month_of(date(int(match[1]), int(match[2]), 1))
    if month.first > today:
        return None
    if month.last >= today:
        return parse_period("today" if today.day == 1 else "month", today)
    return month


def month_of(day: date) -> Period:
    """Return the whole calendar month that *day* lies in."""
    last = monthrange(day.year, day.month)[1]
    return Period("month", day.replace(day=1), day.replace(day=last))


def parse_day(word: str, today: date) -> date | None:
    """Return the day that a person means: `2026-11-10`, `tuesday` or `tue` (the last one before today).

    None when it names no day or one that has not begun.
    """
    word = word.strip().lower()
    if word == "yesterday":
        return today - timedelta(days=1)
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.lower().startswith(word):
            back = (today.weekday() - number) % 7 or 7
            return today - timedelta(days=back)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= today else None


def short_day(day: date) -> str:
    """Return a day as people say it: `Tue 10 Nov`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def long_day(day: date) -> str:
    """Return a day in full: `Tuesday 10 November`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def day_and_month(day: date) -> str:
    """Return `10 Nov`."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def month_name(day: date) -> str:
    """Return `November 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"
