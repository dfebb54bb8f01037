"""What a report releases of a made-up company, all blocks at once; and reports that lack one of the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log
from typing import Final

import numpy as np

from bot.domain.company_cost import company_cost_per_change
from bot.domain.privacy import Rules
from bot.domain.quantity import Quantity
from bot.domain.report.bill import BlockBill, shown_bill
from bot.domain.report.counted import Employee, Spending, counted_figures
from bot.domain.report.curve import Curve, Spent, curve_of
from bot.domain.report.regression import Slope, by_error, in_order
from tests.attacker.company import BLOCKS, Floats, Integers
from tests.attacker.report_company import OWN, Reported

PERIOD: Final = 3
_SOURCES: Final = ("large", "small", "own")
_OF_A_CURVE: Final = 7
_MOST_TRIED: Final = 200


@dataclass(frozen=True, slots=True)
class ReportDoor:
    """The rules that a report's figures go through; None is to do without one.

    *people* is how many of a group must count, the reader included, *people_of_parts* of each figure of the report,
    *roster_of_parts* how many the company must have for these.
    """

    name: str
    people: int
    people_of_parts: int
    roster_of_parts: int
    cap: float | None
    ratio: float | None


@cache
def built() -> ReportDoor:
    """Return the rules as they are built, by the loosest policy; how many people it takes is tried out."""
    rules, spent = Rules(), Spending(at_keyboard=10**9)
    some = [Employee(person, spent) for person in range(_MOST_TRIED)]
    nobody = [Employee(person + _MOST_TRIED, None) for person in range(_MOST_TRIED)]
    people = next(few for few in range(1, _MOST_TRIED) if _is_shown(some[:few] + nobody, rules))
    roster = next(few for few in range(people, _MOST_TRIED) if _is_shown(some[:few], rules))
    return ReportDoor("as built", rules.min_people + 1, people, roster, rules.cap, rules.band)


def _is_shown(roster: list[Employee], rules: Rules) -> bool:
    return counted_figures(roster, rules)["at_keyboard"] is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """Logs of dollars, nan where not shown; parts by figure and block, bills by source and block.

    *cost_per_change* is by twelve weeks; *curves* are of twelve weeks by what a curve says.
    """

    parts: Floats
    group: Floats
    teams: Floats
    bills: Floats
    cost_per_change: Floats
    curves: Floats


def seen(door: ReportDoor, company: Reported, team: int, epochs: tuple[int, ...]) -> Seen:
    """Return what is released of a company: to its report's readers with *bills*, to everybody without."""
    counted = company.cost_nano_usd[:, company.counted]
    people = company.kind.people
    of_parts = replace(door, people=door.people_of_parts)
    parts = capped(counted, of_parts) if people >= door.roster_of_parts else np.full((5, BLOCKS), np.nan)
    total = company.total
    inside = company.team == team
    group = capped(total[company.counted][None], door)[0]
    of_team = capped(total[company.counted & inside][None], door)[0]
    least = Rules().min_roster if door.people > 1 else 1
    return Seen(
        parts,
        group if people >= least else np.full(BLOCKS, np.nan),
        of_team if inside.sum() >= least else np.full(BLOCKS, np.nan),
        _bills(company),
        _cost_per_change(company),
        _curves(door, company, epochs),
    )


def capped(amounts: Integers, door: ReportDoor) -> Floats:
    """Return for amounts by figure, person and block what `bot.domain.privacy.decide` has of each, as its middle."""
    ordered = np.sort(amounts, axis=1)
    count, people = (ordered > 0).sum(axis=1), ordered.shape[1]
    if not people:
        return np.full(count.shape, np.nan)
    total = ordered.sum(axis=1) if door.cap is None else _capped_sum(ordered, count, door.cap)
    with np.errstate(divide="ignore"):
        logs = np.log(total) - log(1e9)
    if door.ratio is not None:
        logs = (np.floor(logs / log(door.ratio)) + 0.5) * log(door.ratio)
    return np.where(count >= max(door.people, 1), logs, np.nan)


def _capped_sum(ordered: Integers, count: Integers, cap: float) -> Floats:
    people = ordered.shape[1]
    least = np.minimum(people - count, people - 1)
    places = (least + count // 2, least + (count - 1) // 2)
    both = [np.take_along_axis(ordered, np.minimum(place, people - 1)[:, None], axis=1) for place in places]
    most = np.floor(cap * (both[0] + both[1]) / 2)
    return np.asarray(np.minimum(ordered, most).sum(axis=1))


def _bills(company: Reported) -> Floats:
    """Return the whole bill and each source's, as `shown_bill` shows them; of those together nan."""
    own = company.cost_nano_usd[OWN]
    small = ((company.total - own) * company.small[:, None]).astype(np.int64)
    by_source = (company.total - own - small, small, own)
    found = np.full((1 + len(_SOURCES), BLOCKS), np.nan)
    for block in range(BLOCKS):
        amounts = {name: int(each[:, block].sum()) for name, each in zip(_SOURCES, by_source, strict=True)}
        users = {name: int((each[:, block] > 0).sum()) for name, each in zip(_SOURCES, by_source, strict=True)}
        bill = shown_bill(BlockBill({k: v for k, v in amounts.items() if v}, users, (), (), None))
        if bill is None:
            continue
        found[0, block] = log(bill.whole_nano_usd / 1e9)
        for line in bill.by_source:
            if line.source:
                found[1 + _SOURCES.index(line.source), block] = log(line.nano_usd / 1e9)
    return found


def _cost_per_change(company: Reported) -> Floats:
    """Return the bill of twelve weeks that the company's figure stands for, by known changes."""
    stayed = int(company.changes.sum())
    found = np.full(BLOCKS // PERIOD, np.nan)
    for epoch in range(BLOCKS // PERIOD):
        billed = int(company.total[:, epoch * PERIOD : (epoch + 1) * PERIOD].sum())
        figure = company_cost_per_change(Quantity(billed, True), stayed, company.kind.people, Rules())
        if figure is not None:
            found[epoch] = (log(figure.low_nano_usd) + log(figure.high_nano_usd)) / 2 + log(stayed / PERIOD) - log(1e9)
    return found


def _curves(door: ReportDoor, company: Reported, epochs: tuple[int, ...]) -> Floats:
    found = np.full((BLOCKS // PERIOD, _OF_A_CURVE), np.nan)
    if company.counted.sum() < 5 * (Rules().min_people + 1):
        return found
    for epoch in epochs:
        spent = company.total[company.counted, epoch * PERIOD : (epoch + 1) * PERIOD].sum(axis=1)
        people = list(map(Spent, spent.tolist(), company.changes[company.counted].tolist()))
        found[epoch] = _said(curve_of(people, Rules(), 1, _quick))
    return found


def _quick(spent: Sequence[int], finished: Sequence[int], _seed: int) -> Slope | None:
    return by_error(*in_order(spent, finished))


def _said(curve: Curve | None) -> list[float]:
    if curve is None:
        return [float("nan")] * _OF_A_CURVE
    spend = [log(multiple) for multiple, _ in curve.bins]
    return [
        spend[-1],
        spend[-2],
        spend[0],
        curve.bins[-1][1],
        curve.bins[0][1],
        curve.elasticity,
        curve.high - curve.low,
    ]
