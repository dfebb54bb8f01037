"""Made-up companies as the organisation's report sees them: what each person cost by who started it, in a year."""

from dataclasses import dataclass, replace
from math import log
from typing import Final, NamedTuple

import numpy as np

from tests.attacker.company import BLOCKS, Booleans, Floats, Integers, spread

KEYBOARD, OWN, UNKNOWN, WITHOUT_RESULT, NOT_TIED = range(5)
_STARTED: Final = (KEYBOARD, OWN, UNKNOWN)
# What each way of starting is usually worth beside the keyboard, as logs.
_USUAL: Final = (0.0, -0.4, -1.5)
_TEAM: Final = 20
# Of the people of a small source, which is billed by itself from 12 on.
_FEW: Final = 12
_TO_NANO: Final = 1e9


class Kind(NamedTuple):
    """A made-up company: how many people, how many of 100 count, how far amounts lie apart.

    *few* is how many of those counted have anything of a figure where hardly more have than the door wants; of one
    that *is_lone* a single person has something running on its own.
    """

    people: int
    counted_percent: int
    log_sd: float
    few: int = 13
    is_lone: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """Amounts by figure, person and block; *uses* says who has any of a figure, which everybody knows.

    *small* is the part of each one's keyboard that a source of 12 people billed, *named* that of what is not tied.
    """

    kind: Kind
    counted: Booleans
    uses: Booleans
    cost_nano_usd: Integers
    changes: Integers  # of twelve weeks that stayed, by person
    team: Integers
    small: Floats
    usual: float

    @property
    def total(self) -> Integers:
        """Return what each cost in each block."""
        return np.asarray(self.cost_nano_usd[list(_STARTED)].sum(axis=0))

    def with_another_draw(self, person: int, chance: np.random.Generator) -> "Reported":
        """Return the same company in which this person, who uses the same, spends what somebody else might."""
        cost = self.cost_nano_usd.copy()
        there = cost[:, person] > 0
        drawn = _amounts(chance, self.uses[:, person : person + 1], self.kind.log_sd, self.usual)
        cost[:, person] = np.where(there, drawn[:, 0], 0)
        return replace(self, cost_nano_usd=cost)

    def without_after(self, person: int, block: int) -> "Reported":
        """Return the same company that this person leaves after *block*."""
        cost = self.cost_nano_usd.copy()
        cost[:, person, block + 1 :] = 0
        return replace(self, cost_nano_usd=cost)


def draw_reported(chance: np.random.Generator, kind: Kind) -> Reported:
    """Return a company of this kind; of some figures hardly more people have anything than the door wants."""
    people = kind.people
    counted = np.zeros(people, dtype=bool)
    counted[: -(-people * kind.counted_percent // 100)] = True
    usual = log(150) + chance.normal(0, 0.5)
    uses = _uses(chance, counted, kind.few, is_lone=kind.is_lone)
    cost = _amounts(chance, uses, kind.log_sd, usual)
    apart = np.log(cost[list(_STARTED)].sum(axis=0)) - usual
    expected = np.exp(log(15) + 0.3 * apart.mean(axis=1) + chance.normal(0, 0.4, people))
    small = np.zeros(people)
    small[chance.choice(people, _FEW, replace=False)] = 0.7
    team = chance.permutation(people) // _TEAM
    return Reported(kind, counted, uses, cost, chance.poisson(expected), team, small, usual)


def _uses(chance: np.random.Generator, counted: Booleans, few: int, *, is_lone: bool) -> Booleans:
    people = len(counted)
    uses = np.ones((5, people), dtype=bool)
    for figure in (OWN, UNKNOWN):
        uses[figure] = _some(chance, counted, few)
    if is_lone:
        uses[OWN] = False
        uses[OWN, int(chance.choice(np.flatnonzero(counted)))] = True
    uses[WITHOUT_RESULT] = uses[OWN] & (chance.random(people) < 0.6)
    uses[NOT_TIED] = chance.random(people) < 0.7
    return uses


def _some(chance: np.random.Generator, counted: Booleans, few: int) -> Booleans:
    """Return exactly as many of those counted as a figure needs, or a part of all."""
    if chance.random() < 0.5 and counted.sum() >= few:
        chosen = np.zeros(len(counted), dtype=bool)
        chosen[chance.choice(np.flatnonzero(counted), few, replace=False)] = True
        return chosen
    return np.asarray(chance.random(len(counted)) < chance.uniform(0.3, 0.9))


def _amounts(chance: np.random.Generator, uses: Booleans, log_sd: float, usual: float) -> Integers:
    people = uses.shape[1]
    lasting = spread(chance, people, log_sd)
    dollars = np.zeros((5, people, BLOCKS))
    for figure in _STARTED:
        # Who spends much in one way does so in others too, more or less.
        apart = 0.6 * lasting + 0.8 * spread(chance, people, log_sd)
        dollars[figure] = np.exp(usual + _USUAL[figure] + apart)
    dollars[WITHOUT_RESULT] = dollars[OWN] * chance.uniform(0.1, 1, (people, 1))
    whole = (dollars[list(_STARTED)] * uses[list(_STARTED), :, None]).sum(axis=0)
    dollars[NOT_TIED] = np.where(whole >= 50, whole * chance.uniform(0.2, 1, (people, 1)), 0)
    return (dollars * uses[:, :, None] * _TO_NANO).astype(np.int64)
