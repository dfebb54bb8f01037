"""What each day came to in each lane of money, and on which days that is not the whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from bot.domain.summary import Lane
from bot.domain.usage import BIT, UsageRow

# What is usual is told from so many days before.
HISTORY_DAYS: Final = 56
_BILLED: Final = BIT["billed_nano_usd"]
_LISTED: Final = BIT["list_value_nano_usd"]


@dataclass(slots=True)
class Days:
    """Costs by day in nano-USD, seats aside; a day is *doubtful* if nobody priced a part of it."""

    billed: dict[date, int] = field(default_factory=dict)
    listed: dict[date, int] = field(default_factory=dict)
    doubtful: set[date] = field(default_factory=set)

    def of(self, lane: Lane) -> dict[date, int]:
        """Return the costs in one lane; the lanes are never added."""
        return self.billed if lane == "billed" else self.listed

    def lane_on(self, day: date) -> Lane:
        """Return the lane in which *day* is counted: billed where anything of it is."""
        return "billed" if day in self.billed else "list"

    def active_before(self, day: date) -> set[date]:
        """Return the days of the eight weeks before *day* on which there was use, in either lane or without a price."""
        since = day - timedelta(days=HISTORY_DAYS)
        used = {each for lane in (self.billed, self.listed) for each, cost in lane.items() if cost}
        return {each for each in used | self.doubtful if since <= each < day}


def days_of(rows: Iterable[UsageRow]) -> Days:
    """Add *rows* up by day, counted once before."""
    days = Days()
    for row in rows:
        if row.is_seat:
            continue
        day, billed, listed = row.day, row.billed_nano_usd, row.list_value_nano_usd
        if billed is not None:
            days.billed[day] = days.billed.get(day, 0) + billed
            if row.partly_unknown & _BILLED:
                days.doubtful.add(day)
        if listed is not None:
            days.listed[day] = days.listed.get(day, 0) + listed
            if billed is None and row.partly_unknown & _LISTED:
                days.doubtful.add(day)
        elif billed is None:
            days.doubtful.add(day)
    return days


def known_costs(days: Days, day: date, known_from: date) -> list[tuple[date, int]]:
    """Return what days before *day* came to, as far as each is known whole and came to something.

    They are those of the last eight weeks from *known_from* on, in the lane of *day*, the oldest first.
    """
    since = max(known_from, day - timedelta(days=HISTORY_DAYS))
    costs = days.of(days.lane_on(day))
    return sorted(
        (each, cost) for each, cost in costs.items() if since <= each < day and cost > 0 and each not in days.doubtful
    )
