"""Cost by week, for a chart."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.period import Period
from bot.domain.quantity import Quantity
from bot.domain.usage import UsageRow

Costed = tuple[UsageRow, Quantity]  # a row and what it came to
Span = tuple[date, date]  # first and last day, both included

# Slack takes 20 categories; more than six series are hard to tell apart
_MAX_WEEKS: Final = 20
_MAX_SERIES: Final = 6


class Weekly(NamedTuple):
    """Cost by week and tool for a chart: nano-USD, one value a week for each name, the oldest first."""

    weeks: tuple[date, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


NO_WEEKS: Final = Weekly((), ())


def weekly(known: Sequence[Costed], period: Period, delivered: Span | None) -> Weekly:
    """Return cost by week for periods of two to twenty whole weeks; of others nothing.

    Weeks are counted back from the period's last day. A week in which no source delivered is left
    out: it would be drawn as nothing, and nobody knows that it was nothing.
    """
    if period.days % 7 or not 2 <= period.days // 7 <= _MAX_WEEKS or delivered is None:
        return NO_WEEKS
    firsts = [period.first + timedelta(days=7 * week) for week in range(period.days // 7)]
    weeks = [day for day in firsts if day + timedelta(days=6) >= delivered[0] and day <= delivered[1]]
    if len(weeks) < 2:
        return NO_WEEKS
    place = {day: number for number, day in enumerate(weeks)}
    by_tool: dict[str, list[int]] = {}
    for row, cost in known:
        week = period.first + timedelta(days=(row.day - period.first).days // 7 * 7)
        if week in place:
            by_tool.setdefault(row.tool, [0] * len(weeks))[place[week]] += cost.known or 0
    return Weekly(tuple(weeks), tuple(_few(by_tool)))


def _few(by_tool: dict[str, list[int]]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the largest series, and the others as one without a name."""
    ordered = sorted(by_tool.items(), key=lambda item: (-sum(item[1]), item[0]))
    series = [(tool, tuple(values)) for tool, values in ordered]
    if len(series) <= _MAX_SERIES:
        return series
    rest = [sum(week) for week in zip(*(values for _, values in series[_MAX_SERIES - 1 :]), strict=True)]
    return [*series[: _MAX_SERIES - 1], ("", tuple(rest))]
