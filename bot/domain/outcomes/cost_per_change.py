"""What the AI part of finished work came to: all AI cost of settled weeks over everything that stayed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.outcomes.intervals import cost_each, overdispersion
from bot.domain.outcomes.rounding import Likely
from bot.domain.outcomes.states import Work
from bot.domain.outcomes.weeks import monday_of, settled_weeks
from bot.domain.outcomes.work import KINDS, Kind
from bot.domain.quantity import Quantity
from bot.domain.summary import Lane, cost_of
from bot.domain.usage import UsageRow

# Of fewer a likely range says nothing.
MIN_STAYED: Final = 5


@dataclass(frozen=True, slots=True)
class CostPerChange:
    """All AI cost from *first* to *last* (whole weeks) in *lane*, over the *stayed* of one kind.

    *each* is rounded to what its range supports; None from fewer than five, or where the cost is unknown.
    Where *cost* is incomplete the real one is higher.
    """

    lane: Lane
    cost: Quantity
    kind: Kind
    stayed: int
    first: date
    last: date
    each: Likely | None


def cost_per_change(
    works: Sequence[Work[Any]], rows: Iterable[UsageRow], today: date, known_from: date
) -> CostPerChange | None:
    """Return the cost per finished change over the last 12 settled weeks; None while no week is settled.

    *rows* are one person's own, seats included, and *works* everything that this person finished: all
    cost over all work, with AI or without. Weeks that begin before *known_from*, when use or work was not
    collected yet, are left out.
    """
    weeks = settled_weeks(today, known_from)
    if not weeks:
        return None
    first, last = weeks[0], weeks[-1] + timedelta(days=6)
    finished = [work for work in works if first <= work.finished_on <= last]
    kind = _main_kind(finished)
    lane, cost = cost_of([row for row in rows if first <= row.day <= last])
    stayed = Counter(monday_of(work.finished_on) for work in finished if work.kind == kind and work.state == "stayed")
    weekly = [stayed[week] for week in weeks]
    return CostPerChange(lane, cost, kind, sum(weekly), first, last, _each(cost, weekly))


def _each(cost: Quantity, weekly: Sequence[int]) -> Likely | None:
    count = sum(weekly)
    if count < MIN_STAYED or cost.known is None:
        return None
    return cost_each(cost.known, count, overdispersion(weekly)).rounded()


def _main_kind(works: Iterable[Work[Any]]) -> Kind:
    """Return changes where there are any or nothing is, else the kind with the most; of equals the first in order."""
    counts: Counter[Kind] = Counter(work.kind for work in works)
    return "change" if counts["change"] else max(KINDS, key=lambda kind: counts[kind])
