"""What a person's usage of some days came to: the figures behind every personal answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeVar

from bot.domain.period import Period
from bot.domain.quantity import UNKNOWN, Quantity, total
from bot.domain.usage import UsageRow

K = TypeVar("K")
Lane = Literal["billed", "list"]

# More lines than this are read by nobody; the rest is one line.
MAX_LINES: Final = 6


class Line(NamedTuple):
    """One line of where the cost went: a tool, a job that ran on its own, or a seat."""

    name: str
    kind: Literal["tool", "job", "seat", "rest"]
    nano_usd: Quantity


class NotInSum(NamedTuple):
    """A tool whose use was not billed by itself, and what it would have cost at list price."""

    tool: str
    nano_usd: Quantity


class Unpriced(NamedTuple):
    """A model whose cost nobody knows, and how often it was asked."""

    model: str
    requests: Quantity


class DayCost(NamedTuple):
    """What one day came to."""

    day: date
    nano_usd: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one period; *cost* is in *lane*, and other lanes stay beside it, never inside."""

    period: Period
    lane: Lane
    cost: Quantity
    seats: Quantity
    use_at_list: Quantity
    estimators: tuple[str, ...]
    not_in_sum: tuple[NotInSum, ...]
    unpriced: tuple[Unpriced, ...]
    lines: tuple[Line, ...]
    top_day: DayCost | None
    before: Quantity | None
    has_rows: bool
    weekly: "Weekly" = field(default_factory=lambda: Weekly((), ()))

    @property
    def only_seats(self) -> bool:
        """Whether all that was billed are seats."""
        return self.lane == "billed" and bool(self.seats.known) and self.cost == self.seats


class Weekly(NamedTuple):
    """Cost by week and tool for a chart: nano-USD, one value a week for each name, the oldest first."""

    weeks: tuple[date, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


def lane_of(rows: Iterable[UsageRow]) -> Lane:
    """Return "billed" when any row knows what was billed, else "list"."""
    return "billed" if any(row.billed_nano_usd is not None for row in rows) else "list"


def cost_in(lane: Lane, row: UsageRow) -> Quantity:
    """Return the row's cost in *lane*; the lanes are never added."""
    return row.measure("billed_nano_usd" if lane == "billed" else "list_value_nano_usd")


def cost_of(rows: Sequence[UsageRow]) -> tuple[Lane, Quantity]:
    """Return what *rows* came to and in which lane.

    A row that only the other lane values is not in the sum and does not make it incomplete; a row that
    nobody priced does, and where no row is priced the cost is unknown.
    """
    lane = lane_of(rows)
    costs = [cost_in(lane, row) for row in rows]
    known = [cost for cost in costs if not cost.unknown]
    unpriced = any(row.billed_nano_usd is None and row.list_value_nano_usd is None for row in rows)
    if rows and not known:
        return lane, UNKNOWN
    cost = total(known)
    return lane, Quantity(cost.known, cost.complete and not unpriced)


def summarise(rows: Sequence[UsageRow], earlier: Sequence[UsageRow], period: Period, *, full_before: bool) -> Summary:
    """Sum up the counted *rows* of *period*; *earlier* are those of the period before.

    The period before is compared only when *full_before* says that its data is there whole.
    """
    lane, cost = cost_of(rows)
    costed = [row for row in rows if not cost_in(lane, row).unknown]
    left_out = [row for row in rows if cost_in(lane, row).unknown]
    return Summary(
        period=period,
        lane=lane,
        cost=cost,
        seats=total(cost_in(lane, row) for row in costed if row.is_seat),
        use_at_list=total(row.measure("list_value_nano_usd") for row in rows if not row.is_seat),
        estimators=_estimators(rows),
        not_in_sum=_not_in_sum(left_out),
        unpriced=_unpriced(left_out),
        lines=_lines(costed, lane),
        top_day=_top_day(costed, lane),
        before=_before(earlier, lane) if full_before else None,
        has_rows=bool(rows),
        weekly=weekly(costed, lane, period),
    )


def _estimators(rows: Iterable[UsageRow]) -> tuple[str, ...]:
    return tuple(sorted({row.list_value_by for row in rows if row.list_value_nano_usd is not None}))


def _before(earlier: Sequence[UsageRow], lane: Lane) -> Quantity | None:
    known = [cost_in(lane, row) for row in earlier if not cost_in(lane, row).unknown]
    return total(known) if known else None


def _not_in_sum(rows: Iterable[UsageRow]) -> tuple[NotInSum, ...]:
    valued = [row for row in rows if row.list_value_nano_usd is not None]
    sums = _sum_by(valued, lambda row: row.tool, lambda row: row.measure("list_value_nano_usd"))
    return tuple(NotInSum(tool, nano) for tool, nano in _largest_first(sums))


def _unpriced(rows: Iterable[UsageRow]) -> tuple[Unpriced, ...]:
    nameless = [row for row in rows if row.list_value_nano_usd is None]
    sums = _sum_by(nameless, lambda row: row.model, lambda row: row.measure("requests"))
    return tuple(Unpriced(model, requests) for model, requests in sorted(sums.items()))


def _lines(rows: Iterable[UsageRow], lane: Lane) -> tuple[Line, ...]:
    sums = _sum_by(rows, _line_of, lambda row: cost_in(lane, row))
    lines = [Line(name, kind, nano) for (name, kind), nano in _largest_first(sums)]
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    rest = total(line.nano_usd for line in lines[MAX_LINES - 1 :])
    return (*lines[: MAX_LINES - 1], Line("", "rest", rest))


def _line_of(row: UsageRow) -> tuple[str, Literal["tool", "job", "seat"]]:
    if row.is_seat:
        return row.tool, "seat"
    if row.ran_on_its_own:
        return row.work or row.tool, "job"
    return row.tool, "tool"


def _top_day(rows: Iterable[UsageRow], lane: Lane) -> DayCost | None:
    days = daily_costs(rows, lane)
    if len(days) < 2:
        return None
    return max(days, key=lambda cost: (cost.nano_usd, cost.day))


def daily_costs(rows: Iterable[UsageRow], lane: Lane) -> list[DayCost]:
    """Return what each day with a known cost came to, seats aside, the oldest first."""
    used = [row for row in rows if not row.is_seat]
    sums = _sum_by(used, lambda row: row.day, lambda row: cost_in(lane, row))
    return [DayCost(day, nano.known) for day, nano in sorted(sums.items()) if nano.known]


def weekly(rows: Sequence[UsageRow], lane: Lane, period: Period, *, most_series: int = 6) -> Weekly:
    """Return cost by week for a chart of periods of one to twenty weeks; of others nothing.

    Weeks are counted back from the period's last day, so that each has seven days.
    """
    count = period.days // 7
    if period.days % 7 or not 2 <= count <= 20:
        return Weekly((), ())
    firsts = tuple(period.first + timedelta(days=7 * week) for week in range(count))
    sums = _sum_by(rows, lambda row: (row.tool, (row.day - period.first).days // 7), lambda row: cost_in(lane, row))
    by_tool: dict[str, list[int]] = {}
    for (tool, week), nano in sums.items():
        by_tool.setdefault(tool, [0] * count)[week] += nano.known or 0
    ordered = sorted(by_tool.items(), key=lambda item: (-sum(item[1]), item[0]))
    series = [(tool, tuple(values)) for tool, values in ordered[:most_series]]
    if len(ordered) > most_series:
        rest = [sum(week) for week in zip(*(values for _, values in ordered[most_series - 1 :]), strict=True)]
        series = [*series[: most_series - 1], ("", tuple(rest))]
    return Weekly(firsts, tuple(series))


def _sum_by(
    rows: Iterable[UsageRow], key: Callable[[UsageRow], K], value: Callable[[UsageRow], Quantity]
) -> dict[K, Quantity]:
    parts: dict[K, list[Quantity]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(value(row))
    return {name: total(values) for name, values in parts.items()}


def _largest_first(sums: dict[K, Quantity]) -> list[tuple[K, Quantity]]:
    return sorted(sums.items(), key=lambda item: (-(item[1].known or 0), str(item[0])))
