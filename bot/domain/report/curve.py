"""How finished work went with spend in a company, as multiples: once in twelve weeks, and never about one person.

Nothing here is a verdict, and nobody has a place on it: the groups are equally many people by spend. Twice the usage of
everybody, for the same work, leaves the curve as it is. More spend of whoever spends most moves the top group's spend
and no multiple of finished work; the slope then falls, unless that group finished more than the slope has it. A steeper
slope praises nobody: it says how work differs between people who differ in spend, and people who spend more
also do other work.

What protects: a group's spend is a geometric mean of amounts that each count within the door's cap, said on a ladder;
the slope is taken over the groups' means, in which nobody's amount weighs more than in the group; and it is said in
tenths. Over single amounts and in hundredths it gave the top spender away, so that is for thousands of people alone.
benchmarks/curve.py measures it. Rules about dominant amounts would not help, as in bot/domain/privacy.py.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from math import ceil, exp, floor, fsum, log, log10
from statistics import median
from typing import Final, NamedTuple

from msgspec import Struct

from bot.domain.privacy import Rules
from bot.domain.report.regression import Slope, slope_of

# So many groups where each has enough people, the most first; fewer than five are no curve.
_GROUPS: Final = (10, 5)
_WIDEST_RANGE: Final = 0.6
_MIN_FINISHED_IN_THE_MIDDLE: Final = 3
# "Ten times the tokens, twice the output", of the heaviest tenth and the median; Jellyfish, 2026.
REFERENCE: Final = log10(2)
# What spend is said as, the nearest by ratio; its ends stand for "or less" and "or more".
LADDER: Final = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
_HALVES_BELOW: Final = 5
# From so many people on the slope is said in steps of, if half of its range holds one.
_SINGLE_AMOUNTS_FROM: Final = 3_000
_STEPS_OF_SLOPE: Final = ((_SINGLE_AMOUNTS_FROM, 0.01), (300, 0.05), (0, 0.1))

Regress = Callable[[Sequence[int], Sequence[int], int], Slope | None]


class Spent(NamedTuple):
    """Twelve weeks of somebody who is counted: what was billed for them, and how much of their work stayed."""

    cost_nano_usd: int
    stayed: int


class Curve(Struct, frozen=True):
    """What is shown; *bins* are (spend, finished work) as multiples of the middle's, from those who spent least.

    *elasticity* is the exponent, at a 90 % range: finished work went with spend to that power. *doubling_...* say the
    same again: how many per cent more finished work went with twice the spend, and what multiple a piece of it then
    cost. *in_line_with_reference* is whether the range has the published figure. *seed* is of the range's draws.
    """

    bins: tuple[tuple[float, float], ...]
    elasticity: float
    low: float
    high: float
    doubling_percent: int
    doubling_low_percent: int
    doubling_high_percent: int
    doubling_cost_multiple: float
    in_line_with_reference: bool
    seed: int


class _Bin(NamedTuple):
    people: int
    spend_nano_usd: float
    finished: float


def curve_of(people: Sequence[Spent], rules: Rules, seed: int, regress: Regress = slope_of) -> Curve | None:
    """Return the curve of those who cost anything, in any order; None is not shown, whatever the reason.

    A group is of as many people as the door wants for a figure about cost, one reader among them: 13 by the loosest
    policy, so 65 people for five groups and 130 for ten. That is more than the usual ten, since the rules in force
    promise everybody that figures about cost are of 12 or more besides the reader. Not shown either where the range is
    wider than 0.6, where the middle finished fewer than 3 each, and where there is no slope.
    """
    ordered = sorted(one for one in people if one.cost_nano_usd > 0)
    groups = next((groups for groups in _GROUPS if len(ordered) // groups > rules.min_people), 0)
    if not groups:
        return None
    bins, middle = _bins(ordered, groups, rules.cap)
    slope = regress(_regressed(ordered, bins), [one.stayed for one in ordered], seed)
    if slope is None or slope.high - slope.low > _WIDEST_RANGE or middle.finished < _MIN_FINISHED_IN_THE_MIDDLE:
        return None
    return _shown(bins, middle, _said(slope, len(ordered)), seed)


def _bins(ordered: Sequence[Spent], groups: int, cap: float) -> tuple[list[_Bin], _Bin]:
    """Return equally many people to a bin (one more or less), and the middle, which is two of an even number."""
    alike = list(_alike(ordered))
    edges = [len(alike) * number // groups for number in range(groups + 1)]
    bins = [_bin(alike[edges[number] : edges[number + 1]], cap) for number in range(groups)]
    return bins, _bin(alike[edges[(groups - 1) // 2] : edges[groups // 2 + 1]], cap)


def _regressed(ordered: Sequence[Spent], bins: Sequence[_Bin]) -> list[int]:
    """Return what the slope is taken over: each one's group's mean, or the own amount where it weighs nothing."""
    if len(ordered) >= _SINGLE_AMOUNTS_FROM:
        return [one.cost_nano_usd for one in ordered]
    return list(chain.from_iterable([round(each.spend_nano_usd)] * each.people for each in bins))


def _alike(ordered: Sequence[Spent]) -> Iterator[tuple[int, float]]:
    """Yield cost and finished work; who cost the same has the same work, so that no order among them tells anything."""
    for cost_nano_usd, same in groupby(ordered, key=lambda one: one.cost_nano_usd):
        work = [one.stayed for one in same]
        yield from [(cost_nano_usd, sum(work) / len(work))] * len(work)


def _bin(people: Sequence[tuple[int, float]], cap: float) -> _Bin:
    """Return the geometric mean of spend, each counted within *cap* times the median, and the mean of finished work."""
    middle = median(cost for cost, _ in people)
    logs = fsum(log(min(max(cost, middle / cap), middle * cap)) for cost, _ in people)
    return _Bin(len(people), exp(logs / len(people)), fsum(finished for _, finished in people) / len(people))


def _said(slope: Slope, people: int) -> Slope:
    """Return the slope in steps that so many people and its range allow; the range grows to whole ones."""
    by_people = next(step for enough, step in _STEPS_OF_SLOPE if people >= enough)
    by_range = next((step for _, step in reversed(_STEPS_OF_SLOPE) if 2 * step <= slope.high - slope.low), by_people)
    step = max(by_people, by_range)
    about, low, high = (round(each / step, 6) for each in slope)  # 0.3 / 0.1 is a little less than 3
    return Slope(*(round(steps * step, 2) for steps in (floor(about + 0.5), floor(low), ceil(high))))


def _shown(bins: Sequence[_Bin], middle: _Bin, slope: Slope, seed: int) -> Curve:
    """Return what is said; about the slope nothing that *slope*, which is rounded, does not tell."""
    doubling, least, most = (round(100 * (2**each - 1)) for each in slope)
    return Curve(
        bins=tuple(
            (_on_ladder(each.spend_nano_usd / middle.spend_nano_usd), _in_halves(each.finished / middle.finished))
            for each in bins
        ),
        elasticity=slope.about,
        low=slope.low,
        high=slope.high,
        doubling_percent=doubling,
        doubling_low_percent=least,
        doubling_high_percent=most,
        doubling_cost_multiple=round(2 ** (1 - slope.about), 1),
        in_line_with_reference=slope.low <= round(REFERENCE, 2) <= slope.high,
        seed=seed,
    )


def _on_ladder(multiple: float) -> float:
    return min(LADDER, key=lambda step: abs(log(multiple / step)))


def _in_halves(multiple: float) -> float:
    """Return a multiple in halves below 5 and in whole ones from there."""
    return floor(multiple * 2 + 0.5) / 2 if multiple < _HALVES_BELOW else float(floor(multiple + 0.5))
