"""A day that came to far more than the person's own days usually do (rule N2)."""

from collections.abc import Sequence
from datetime import date
from math import exp, log, sqrt
from statistics import median
from typing import Final, NamedTuple

from bot.domain.day import usual_weekday
from bot.domain.hints.days import Days, days_of, known_costs
from bot.domain.hints.finding import Finding, claimed
from bot.domain.money import NANO_PER_USD
from bot.domain.summary import DayCost, Lane, costed
from bot.domain.usage import UsageRow

LEAST_ACTIVE_DAYS: Final = 10
LEAST_Z: Final = 3.0
TIMES_USUAL: Final = 3
LEAST_MORE_USD: Final = 10.0
GUARD_NANO_USD: Final = 30 * NANO_PER_USD
# Scatter is estimated robustly, kept from vanishing, and drawn to that of a usual person while days are few.
_LEAST_SCATTER: Final = 0.35
_PRIOR_SCATTER: Final = 0.8
_PRIOR_DAYS: Final = 10
_WEEKDAY_DAYS: Final = 3
_TO_NORMAL: Final = 1.4826
_OFFSET_USD: Final = 0.5


class Usual(NamedTuple):
    """What a day usually comes to, and how many scatters (z) above it one lies."""

    expected_usd: float
    z: float


def usual_for(day: date, cost_usd: float, history: Sequence[tuple[date, float]]) -> Usual:
    """Return what *day* would usually come to, from active days before it in USD; there is at least one.

    Logarithms, medians, an effect of the weekday that grows with its number of days, and a scatter from the
    median absolute deviation: science.md 3.3.
    """
    logs = [(each.weekday(), log(cost + _OFFSET_USD)) for each, cost in history]
    middle = median(value for _, value in logs)
    effects = {weekday: _effect(logs, weekday, middle) for weekday in {day.weekday(), *(w for w, _ in logs)}}
    left = [value - middle - effects[weekday] for weekday, value in logs]
    centre = median(left)
    scatter = max(_TO_NORMAL * median(abs(value - centre) for value in left), _LEAST_SCATTER)
    number = len(left)
    pooled = sqrt((number * scatter**2 + _PRIOR_DAYS * _PRIOR_SCATTER**2) / (number + _PRIOR_DAYS))
    usual = middle + effects[day.weekday()]
    return Usual(exp(usual) - _OFFSET_USD, (log(cost_usd + _OFFSET_USD) - usual) / pooled)


def _effect(logs: Sequence[tuple[int, float]], weekday: int, middle: float) -> float:
    same = [value for each, value in logs if each == weekday]
    if len(same) < 2:
        return 0.0
    return (median(same) - middle) * len(same) / (len(same) + _WEEKDAY_DAYS)


def is_spike(cost_usd: float, usual: Usual) -> bool:
    """Return whether a day is far above what is usual: by scatter, by ratio and by amount."""
    expected = usual.expected_usd
    return usual.z >= LEAST_Z and cost_usd >= TIMES_USUAL * expected and cost_usd - expected >= LEAST_MORE_USD


def spike(rows: Sequence[UsageRow], day: date, known_from: date = date.min, days: Days | None = None) -> Finding | None:
    """Return what *day* came to if it is far above usual; *rows* are counted once.

    What is usual is told from the days since *known_from*, when every source of that day's cost had begun.
    """
    days = days or days_of(rows)
    lane = days.lane_on(day)
    cost = days.of(lane).get(day, 0)
    if cost < LEAST_MORE_USD * NANO_PER_USD:
        return None
    before = known_costs(days, day, known_from)
    if len(before) < LEAST_ACTIVE_DAYS:
        return _from_few_days(rows, day, cost, before, days)
    history = [(each, nano / NANO_PER_USD) for each, nano in before]
    usual = usual_for(day, cost / NANO_PER_USD, history)
    if not is_spike(cost / NANO_PER_USD, usual):
        return None
    expected = max(0, round(usual.expected_usd * NANO_PER_USD))
    same = usual_weekday(day, [DayCost(each, nano) for each, nano in before])
    values: dict[str, int | str] = {"usual_nano_usd": same or expected, "z_tenths": int(usual.z * 10)}
    values["usual_of"] = "weekday" if same else "day"
    return _found(rows, day, cost, lane, values | {"active_days": len(before)}, expected)


def _from_few_days(
    rows: Sequence[UsageRow], day: date, cost: int, before: Sequence[tuple[date, int]], days: Days
) -> Finding | None:
    """Return a day above the guard while hardly anything is known: not the first one, nor one like those before.

    Where many days are known but not in this lane, or not of all of its sources, nothing is compared.
    """
    if not before or cost < GUARD_NANO_USD or len(days.active_before(day)) >= LEAST_ACTIVE_DAYS:
        return None
    middle = int(median(nano for _, nano in before))
    if cost < TIMES_USUAL * middle:
        return None
    values: dict[str, int | str] = {"guard_nano_usd": GUARD_NANO_USD, "active_days": len(before)}
    return _found(rows, day, cost, days.lane_on(day), values, middle)


def _found(
    rows: Sequence[UsageRow], day: date, cost: int, lane: Lane, values: dict[str, int | str], expected: int
) -> Finding:
    name, kind, largest = _largest(rows, day, lane)
    values |= {"cost_nano_usd": cost, "lane": lane, "largest": name, "largest_is": kind, "largest_nano_usd": largest}
    return Finding("spike", name, values, claimed(cost - expected) if lane == "billed" else None, first=day, last=day)


def _largest(rows: Sequence[UsageRow], day: date, lane: Lane) -> tuple[str, str, int]:
    """Return what made the largest part of the day: a job that ran on its own, or a model."""
    sums: dict[tuple[str, str], int] = {}
    for row, cost in costed((row for row in rows if row.day == day and not row.is_seat), lane):
        key = (row.work or row.tool, "job") if row.ran_on_its_own else (row.model or row.tool, "model")
        sums[key] = sums.get(key, 0) + (cost.known or 0)
    (name, kind), nano = max(sums.items(), key=lambda item: (item[1], item[0]))
    return name, kind, nano
