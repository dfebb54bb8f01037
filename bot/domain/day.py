"""What made one day's cost: the arithmetic behind `/mytokens why`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from bot.domain.money import nano_usd
from bot.domain.pricing import Rates
from bot.domain.quantity import Quantity, total
from bot.domain.summary import DayCost, Lane, cost_of, costed
from bot.domain.usage import UsageRow
from bot.domain.weekly import Costed

# The parts are shown only when they explain the amount to within this share of it.
MAX_GAP: Final = Decimal("0.05")
# A usual day is the median of the same weekday in the eight weeks before, from three such days on.
USUAL_WEEKS: Final = 8
MIN_USUAL_DAYS: Final = 3

RatesOf = Callable[[UsageRow], Rates | None]


class Part(NamedTuple):
    """Tokens of one class at one price."""

    tokens: int
    usd_per_token: Decimal

    @property
    def nano_usd(self) -> int:
        """Return what they cost."""
        return nano_usd(self.tokens * self.usd_per_token)


@dataclass(frozen=True, slots=True)
class Parts:
    """One model's cost on a day by token class, and by how much the parts miss the amount."""

    reread: Part
    written: tuple[Part, Part]  # for five minutes, for an hour
    new_input: Part
    answers: Part
    gap: Decimal

    @property
    def new_text_nano_usd(self) -> int:
        """Return what was not re-reading: new input, writing to the cache, and answers."""
        return sum(part.nano_usd for part in (*self.written, self.new_input, self.answers))


class ModelCost(NamedTuple):
    """One tool and model (or one job that ran on its own) on a day."""

    tool: str
    model: str
    job: str
    cost: Quantity
    requests: Quantity
    parts: Parts | None


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What one day came to, what made it, and what the same weekday usually comes to."""

    day: date
    lane: Lane
    cost: Quantity
    models: tuple[ModelCost, ...]
    unpriced: tuple[str, ...]
    usual_nano_usd: int | None


def explain_day(rows: Sequence[UsageRow], day: date, rates_of: RatesOf, history: Iterable[DayCost]) -> DayAnswer:
    """Explain the counted *rows* of *day*; *history* are the costs of the days before, in the same lane."""
    used = [row for row in rows if not row.is_seat]
    lane, cost = cost_of(used)
    known = costed(used, lane)
    groups: dict[tuple[str, str, str], list[Costed]] = {}
    for row, row_cost in known:
        groups.setdefault((row.tool, row.model, row.work if row.ran_on_its_own else ""), []).append((row, row_cost))
    models = [_model_cost(key, group, rates_of) for key, group in groups.items()]
    return DayAnswer(
        day=day,
        lane=lane,
        cost=cost,
        models=tuple(sorted(models, key=lambda m: (-(m.cost.known or 0), m.tool, m.model, m.job))),
        unpriced=tuple(sorted({row.model for row in used if row.billed_nano_usd is row.list_value_nano_usd is None})),
        usual_nano_usd=usual_weekday(day, history),
    )


def _model_cost(key: tuple[str, str, str], known: list[Costed], rates_of: RatesOf) -> ModelCost:
    cost = total(row_cost for _, row_cost in known)
    rows = [row for row, _ in known]
    return ModelCost(*key, cost, total(row.measure("requests") for row in rows), _parts(rows, cost, rates_of))


def _parts(rows: list[UsageRow], cost: Quantity, rates_of: RatesOf) -> Parts | None:
    """Split a cost by token class; None where prices or counts are unknown or do not explain it."""
    rates = rates_of(rows[0])
    counts = [total(row.measure(name) for row in rows) for name in _CLASSES]
    if rates is None or not cost.known or not all(count.complete for count in counts):
        return None
    tokens = [count.known or 0 for count in counts]
    new_input, reread, written, written_1h, answers = (Part(n, rate) for n, rate in zip(tokens, rates, strict=True))
    priced = sum(part.nano_usd for part in (new_input, reread, written, written_1h, answers))
    gap = Decimal(abs(priced - cost.known)) / cost.known
    return Parts(reread, (written, written_1h), new_input, answers, gap) if gap <= MAX_GAP else None


_CLASSES: Final = (
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


def usual_weekday(day: date, history: Iterable[DayCost]) -> int | None:
    """Return the median cost of the same weekday in the eight weeks before; None from fewer than three."""
    earliest = day - timedelta(weeks=USUAL_WEEKS)
    same = [
        cost.nano_usd
        for cost in history
        if earliest <= cost.day < day and cost.day.weekday() == day.weekday() and cost.nano_usd
    ]
    return int(median(same)) if len(same) >= MIN_USUAL_DAYS else None
