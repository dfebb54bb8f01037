"""What a person's usage of some days came to: the figures behind every personal answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple, TypeVar

from bot.domain.period import Period
from bot.domain.quantity import UNKNOWN, Quantity, total
from bot.domain.usage import UsageRow
from bot.domain.weekly import Costed, Span, Weekly, weekly

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
    weekly: Weekly

    @property
    def only_seats(self) -> bool:
        """Whether all that was billed are seats."""
        return self.lane == "billed" and bool(self.seats.known) and self.cost == self.seats


def lane_of(rows: Iterable[UsageRow]) -> Lane:
    """Return "billed" when any row knows what was billed, else "list"."""
    return "billed" if any(row.billed_nano_usd is not None for row in rows) else "list"


def costed(rows: Iterable[UsageRow], lane: Lane) -> list[Costed]:
    """Return each row that has a cost in *lane*, with it; the lanes are never added."""
    name = "billed_nano_usd" if lane == "billed" else "list_value_nano_usd"
    found = ((row, row.measure(name)) for row in rows)
    return [(row, cost) for row, cost in found if cost.known is not None]


def cost_of(rows: Sequence[UsageRow]) -> tuple[Lane, Quantity]:
    """Return what *rows* came to and in which lane.

    A row that only the other lane values is not in the sum and does not make it incomplete; a row that
    nobody priced does, and where no row is priced the cost is unknown.
    """
    lane = lane_of(rows)
    return lane, _cost(rows, costed(rows, lane))


def _cost(rows: Sequence[UsageRow], known: Sequence[Costed]) -> Quantity:
    if rows and not known:
        return UNKNOWN
    cost = total(cost for _, cost in known)
    return Quantity(cost.known, cost.complete and not any(_is_unpriced(row) for row in rows))


def _is_unpriced(row: UsageRow) -> bool:
    return row.billed_nano_usd is None and row.list_value_nano_usd is None


def summarise(
    rows: Sequence[UsageRow], earlier: Sequence[UsageRow], period: Period, *, whole_before: bool, delivered: Span | None
) -> Summary:
    """Sum up the counted *rows* of *period*; *earlier* are those of the period before.

    The period before is compared only when *whole_before* says that its data is there whole; *delivered*
    are the days that sources have reported at all.
    """
    lane = lane_of(rows)
    known = costed(rows, lane)
    beside = [row for row in rows if lane == "billed" and row.billed_nano_usd is None]
    return Summary(
        period=period,
        lane=lane,
        cost=_cost(rows, known),
        seats=total(cost for row, cost in known if row.is_seat),
        use_at_list=total(row.measure("list_value_nano_usd") for row in rows if not row.is_seat),
        estimators=tuple(sorted({row.list_value_by for row in rows if row.list_value_nano_usd is not None})),
        not_in_sum=_not_in_sum(beside),
        unpriced=_unpriced(rows),
        lines=_lines([*known, *((row, UNKNOWN) for row in rows if _is_unpriced(row))]),
        top_day=_top_day(known),
        before=_before(earlier, lane) if whole_before else None,
        weekly=weekly(known, period, delivered),
    )


def _before(earlier: Sequence[UsageRow], lane: Lane) -> Quantity | None:
    known = costed(earlier, lane)
    return _cost(earlier, known) if known else None


def _not_in_sum(rows: Iterable[UsageRow]) -> tuple[NotInSum, ...]:
    sums = sum_by(costed(rows, "list"), lambda row: row.tool)
    return tuple(NotInSum(tool, nano) for tool, nano in _largest_first(sums))


def _unpriced(rows: Iterable[UsageRow]) -> tuple[Unpriced, ...]:
    asked = [(row, row.measure("requests")) for row in rows if _is_unpriced(row)]
    return tuple(Unpriced(model, requests) for model, requests in sorted(sum_by(asked, lambda row: row.model).items()))


def _lines(known: Iterable[Costed]) -> tuple[Line, ...]:
    lines = [Line(name, kind, nano) for (name, kind), nano in _largest_first(sum_by(known, _line_of))]
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


def _top_day(known: Iterable[Costed]) -> DayCost | None:
    days = daily_costs(known)
    if len(days) < 2:
        return None
    return max(days, key=lambda cost: (cost.nano_usd, cost.day))


def daily_costs(known: Iterable[Costed]) -> list[DayCost]:
    """Return what each day with a known cost came to, seats aside, the oldest first."""
    sums = sum_by(((row, cost) for row, cost in known if not row.is_seat), lambda row: row.day)
    return [DayCost(day, nano.known) for day, nano in sorted(sums.items()) if nano.known]


def sum_by(parts: Iterable[Costed], key: Callable[[UsageRow], K]) -> dict[K, Quantity]:
    """Add up what goes with each row, by *key*."""
    groups: dict[K, list[Quantity]] = {}
    for row, part in parts:
        groups.setdefault(key(row), []).append(part)
    return {name: total(values) for name, values in groups.items()}


def _largest_first(sums: dict[K, Quantity]) -> list[tuple[K, Quantity]]:
    return sorted(sums.items(), key=lambda item: (-(item[1].known or 0), str(item[0])))
