"""How much AI cost is not tied to finished work yet, in dollars: a share would fall when use is poured in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from bot.domain.money import NANO_PER_USD
from bot.domain.outcomes.links import StatedLink, WorkDay, just_before
from bot.domain.outcomes.rounding import round_digits
from bot.domain.outcomes.work import FinishedItem
from bot.domain.period import Period
from bot.domain.summary import Lane, cost_of, costed
from bot.domain.usage import UsageRow

# Below so much of the cost that names what it was for, or so little of it, nothing can be said.
MIN_NAMED_PERCENT: Final = 60
MIN_NAMED_NANO_USD_IN_FOUR_WEEKS: Final = 50 * NANO_PER_USD
_DIGITS: Final = 2  # always as many: a number of digits that depended on use could show more as less


class NotTied(NamedTuple):
    """Cost in *lane* that is not tied to finished work: at least *low*, at most *high* nano-USD, rounded."""

    lane: Lane
    low: int
    high: int


def not_tied(
    items: Collection[FinishedItem], rows: Iterable[UsageRow], links: Iterable[StatedLink], period: Period
) -> NotTied | None:
    """Return how much of the cost of *period* is not tied to any of *items*, a person's finished work.

    *rows* and *links* are the person's own; what links state is part of what the rows came to. None
    where too little of the cost names what it was for.
    """
    rows = [row for row in rows if period.contains(row.day)]
    links = [link for link in links if period.contains(link.used.day)]
    lane, cost = cost_of(rows)
    spent = _by_work_day(rows, lane)
    references = {item.reference for item in items}
    stated = _by_work_day([link.used for link in links], lane)
    shown = _by_work_day([link.used for link in links if link.reference in references], lane)
    named = sum(spent[key] if key[0] else min(stated.get(key, 0), spent[key]) for key in spent)
    if not _enough(named, cost.known or 0, period):
        return None
    helped = {key for item in items for key in just_before(item)}
    maybe = sum(amount for key, amount in spent.items() if key in helped)
    tied = {key: min(amount, spent.get(key, 0)) for key, amount in shown.items()}
    surely = sum(tied.values())
    possibly = maybe + sum(amount for key, amount in tied.items() if key not in helped)
    return NotTied(lane, round_digits(named - possibly, _DIGITS), round_digits(named - surely, _DIGITS))


def _enough(named: int, cost: int, period: Period) -> bool:
    wide = named * 100 >= cost * MIN_NAMED_PERCENT
    return wide and named * 28 >= MIN_NAMED_NANO_USD_IN_FOUR_WEEKS * period.days


def _by_work_day(rows: Sequence[UsageRow], lane: Lane) -> Mapping[WorkDay, int]:
    sums: dict[WorkDay, int] = {}
    for row, amount in costed(rows, lane):
        key = row.work, row.day
        sums[key] = sums.get(key, 0) + (amount.known or 0)
    return sums
