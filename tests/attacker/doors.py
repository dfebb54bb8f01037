"""The door that is built, with its ledger, and doors that lack one of its rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np

from bot.domain.privacy import Decided, Figure, Member, Rules, band, decide
from tests.attacker.company import BLOCKS, CELLS, PARENTS, Floats, Year

Decide = Callable[[list[Member]], Decided]


@dataclass(frozen=True, slots=True)
class Door:
    """How a block is decided, and whether its ledger keeps to the rules."""

    name: str
    decide: Decide
    recomputes: bool = False
    previews_what_runs: bool = False


def built() -> Door:
    """Return the real one, at its floors."""
    return Door("as built", lambda members: decide(members, PARENTS, Rules()))


def lacking(
    name: str,
    *,
    people: int = 13,
    roster: int = 18,
    cap: float | None = 3.0,
    ratio: float | None = 1.5,
    recomputes: bool = False,
    previews_what_runs: bool = False,
) -> Door:
    """Return a door with other rules; None is to do without one."""
    rules = partial(_loosely, people=people, roster=roster, cap=cap, ratio=ratio)
    return Door(name, rules, recomputes, previews_what_runs)


def plain_sums(people: int = 5) -> Door:
    """Return what many products do: an exact sum from so many people on."""
    return lacking(f"plain sums from {people} people on", people=people, roster=people, cap=None, ratio=None)


def released(door: Door, year: Year) -> Floats:
    """Return the log of dollars that the ledger holds, by cell and block: once each; what is not shown is nan."""
    return np.stack([as_logs(door.decide(year.members(block))) for block in range(BLOCKS)], axis=1)


def as_logs(decided: Mapping[str, Figure | None]) -> Floats:
    """Return the middle of each cell's figure as the log of dollars."""
    figures = [decided[cell] for cell in CELLS]
    return np.array([np.nan if figure is None else _middle(figure) for figure in figures])


def _middle(figure: Figure) -> float:
    return float((np.log(figure.low_nano_usd) + np.log(figure.high_nano_usd)) / 2 - np.log(1e9))


def _loosely(
    members: Iterable[Member], *, people: int, roster: int, cap: float | None, ratio: float | None
) -> dict[str, Figure | None]:
    costs: dict[str, list[int]] = {cell: [] for cell in CELLS}
    rosters = dict.fromkeys(CELLS, 0)
    for member in members:
        cell: str | None = member.group
        while cell is not None:
            rosters[cell] += 1
            if member.counted and member.cost_nano_usd:
                costs[cell].append(member.cost_nano_usd)
            cell = PARENTS[cell]
    return {
        cell: _summed(amounts, cap, ratio) if len(amounts) >= people and rosters[cell] >= roster else None
        for cell, amounts in costs.items()
    }


def _summed(amounts: list[int], cap: float | None, ratio: float | None) -> Figure:
    most = max(amounts) if cap is None else int(cap * median(amounts))
    total = sum(min(amount, most) for amount in amounts)
    return Figure(total, total) if ratio is None else band(total, ratio)
