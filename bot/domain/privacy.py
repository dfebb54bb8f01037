"""The door: the only way from what persons cost to anything that is shared.

What passes is a capped sum as a band, or nothing. Who reads it plays no part in any decision here.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from math import ceil, floor, log
from typing import Final, NamedTuple

from bot.domain.money import NANO_PER_USD

# The loosest that any policy may be; benchmarks/attacker.py measures what they hold back.
MIN_PEOPLE: Final = 12
MIN_ROSTER: Final = 18
MAX_CAP: Final = 3.0
MIN_BAND: Final = 1.5
_MOST_NANO_USD: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Rules:
    """What may pass, by the names of the policy's [sharing]; raises ValueError for anything looser than the floors."""

    min_people: int = MIN_PEOPLE
    min_roster: int = MIN_ROSTER
    cap: float = MAX_CAP
    band: float = MIN_BAND

    def __post_init__(self) -> None:
        people_enough = self.min_people >= MIN_PEOPLE and self.min_roster >= MIN_ROSTER
        if not (people_enough and 0 < self.cap <= MAX_CAP and MIN_BAND <= self.band < float("inf")):
            raise ValueError(f"looser than any policy may be: {self}")


class Member(NamedTuple):
    """Somebody on the roster of *group*, their one home in the tree, and what their block cost.

    *counted* is whether a consent holds. A cost of None is unknown; neither it nor a cost of nothing adds to
    a figure or to the people that a figure needs.
    """

    person_id: int
    group: str
    counted: bool
    cost_nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """All that is known outside about a group's cost: at least *low*, less than *high*, both on a fixed grid."""

    low_nano_usd: int
    high_nano_usd: int


Parents = Mapping[str, str | None]
Decided = Mapping[str, Figure | None]


def decide(members: Iterable[Member], parents: Parents, rules: Rules) -> dict[str, Figure | None]:
    """Return the figure of each group of *parents* (group to parent), None where it is not shown.

    A group has everybody below it. Whoever's home is in no group counts nowhere. Raises ValueError for a person
    with two homes, for groups in a circle and for a parent that is no group: nothing may be released from these.
    """
    upwards = _children_first(parents)
    rosters, costs = _gather(members)
    decided: dict[str, Figure | None] = {}
    for group in upwards:
        amounts = costs.pop(group, [])
        decided[group] = _figure(rosters[group], amounts, rules)
        parent = parents[group]
        if parent is not None:
            rosters[parent] += rosters[group]
            costs[parent] += amounts
    return decided


def band(amount_nano_usd: int, ratio: float) -> Figure:
    """Return the neighbours among ... 1/ratio, 1, ratio, ratio² ... dollars that an amount above 0 lies between."""
    place = floor(log(amount_nano_usd / NANO_PER_USD) / log(ratio))
    # The logarithm may be out by one at an edge.
    while _edge(ratio, place) > amount_nano_usd:
        place -= 1
    while _edge(ratio, place + 1) <= amount_nano_usd:
        place += 1
    return Figure(_edge(ratio, place), min(_edge(ratio, place + 1), _MOST_NANO_USD))


def consent_holds(given: Rules, now: Rules) -> bool:
    """Return whether a yes under the rules *given* covers those of *now*: none of them may have become looser."""
    return (
        now.min_people >= given.min_people
        and now.min_roster >= given.min_roster
        and now.cap <= given.cap
        and now.band >= given.band
    )


def overlapping(parents: Parents, homes: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each group that cannot carry a figure, none where all is a tree with one home a person.

    *homes* are (person, group), as in the operator's file; the lines name groups, never people.
    """
    lines = [
        f"{group}: its parent {above} is no group." for group, above in parents.items() if _is_unknown(above, parents)
    ]
    try:
        TopologicalSorter({group: [above] for group, above in parents.items() if above is not None}).prepare()
    except CycleError as error:
        circle = error.args[1]
        lines.append(f"{circle[0]}: is above itself, by way of {', '.join(circle[1:-1]) or 'itself'}.")
    groups_of: defaultdict[str, set[str]] = defaultdict(set)
    for person, group in homes:
        groups_of[person].add(group)
    shared = Counter(tuple(sorted(groups)) for groups in groups_of.values() if len(groups) > 1)
    return lines + [
        f"{', '.join(groups)}: {count} in more than one; a person has one home." for groups, count in shared.items()
    ]


def _is_unknown(above: str | None, parents: Parents) -> bool:
    return above is not None and above not in parents


def _children_first(parents: Parents) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for group, above in parents.items():
        if _is_unknown(above, parents):
            raise ValueError(f"{group}: its parent {above} is no group")
        sorter.add(group)
        if above is not None:
            sorter.add(above, group)
    return list(sorter.static_order())


def _gather(members: Iterable[Member]) -> tuple[Counter[str], defaultdict[str, list[int]]]:
    seen: set[int] = set()
    rosters: Counter[str] = Counter()
    costs: defaultdict[str, list[int]] = defaultdict(list)
    for person_id, group, counted, cost_nano_usd in members:
        if person_id in seen:
            raise ValueError("somebody has more than one home")
        seen.add(person_id)
        rosters[group] += 1
        if counted and cost_nano_usd is not None and cost_nano_usd > 0:
            costs[group].append(cost_nano_usd)
    return rosters, costs


def _figure(roster: int, amounts: list[int], rules: Rules) -> Figure | None:
    """Return the band of the capped sum; sorts *amounts*, which are above nothing."""
    # Everybody in the group reads it, so the worst reader is one of those counted and knows one of the amounts.
    besides_a_reader = len(amounts) - 1
    if roster < rules.min_roster or besides_a_reader < rules.min_people:
        return None
    amounts.sort()
    most = floor(rules.cap * _median(amounts))
    whole = bisect_right(amounts, most)
    total = sum(amounts[:whole]) + most * (len(amounts) - whole)
    return band(total, rules.band) if total > 0 else None


def _median(amounts: list[int]) -> float:
    middle = len(amounts) // 2
    return (amounts[middle] + amounts[~middle]) / 2


@lru_cache(maxsize=1024)
def _edge(ratio: float, place: int) -> int:
    return ceil(Fraction(str(ratio)) ** place * NANO_PER_USD)
