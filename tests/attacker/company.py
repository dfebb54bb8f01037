"""Made-up companies and what their people spend in a year of thirteen blocks, from a seed."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.domain.privacy import Member

BLOCKS: Final = 13
# A tree of two levels below the company, with room for what is left over at each.
CELLS: Final = ("company", "department", "team a", "team b", "rest", "others")
PARENTS: Final = {
    "company": None,
    "department": "company",
    "team a": "department",
    "team b": "department",
    "rest": "department",
    "others": "company",
}
COMPANY, DEPARTMENT, TEAM_A, TEAM_B, REST, OTHERS = range(len(CELLS))
GONE: Final = -1
# How much of the spread between two amounts is between people, the rest being between one person's blocks.
_LASTING: Final = 0.8

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Year:
    """Who was where, who counted and what each block cost; arrays of people by blocks, changes by people."""

    home: Integers
    counted: Booleans
    cost_nano_usd: Integers
    changes: Integers
    usual: Floats  # the middle of the log of dollars, by cell
    log_sd: float

    def members(self, block: int) -> list[Member]:
        """Return the roster of a block as the door is given it."""
        people = np.flatnonzero(self.home[:, block] != GONE)
        homes = [CELLS[home] for home in self.home[people, block].tolist()]
        counted, cost = self.counted[people, block].tolist(), self.cost_nano_usd[people, block].tolist()
        return list(map(Member, people.tolist(), homes, counted, cost))

    def counts(self, person: int, block: int) -> bool:
        """Return whether this person adds to a figure of this block."""
        return bool(
            self.home[person, block] != GONE and self.counted[person, block] and self.cost_nano_usd[person, block] > 0
        )

    def peers(self, cell: int, block: int) -> list[int]:
        """Return who of one home adds to its figure."""
        here = (self.home[:, block] == cell) & self.counted[:, block] & (self.cost_nano_usd[:, block] > 0)
        return [int(person) for person in np.flatnonzero(here)]

    def with_another_draw(self, person: int, home: int, chance: np.random.Generator) -> "Year":
        """Return the same year in which this person spends what somebody else of that home might."""
        cost = self.cost_nano_usd.copy()
        drawn = _nano_usd(spread(chance, 1, self.log_sd)[0] + self.usual[home])
        cost[person] = np.where(cost[person] > 0, drawn, 0)
        return replace(self, cost_nano_usd=cost)

    def with_an_event(self, person: int, block: int, event: str) -> "Year":
        """Return the same year in which something happens to this person, and to nobody else, at *block*."""
        home, counted = self.home.copy(), self.counted.copy()
        at = int(home[person, block - 1])
        home[person, :], counted[person, :] = at, True
        if event == "leaves":
            home[person, block:] = GONE
        elif event == "moves":
            home[person, block:] = OTHERS
        elif event == "is hired":
            home[person, :block] = GONE
        elif event == "opts in":
            counted[person, :block] = False
        else:  # opts out, or erases everything: the door is then told of nothing
            counted[person, block:] = False
        return replace(self, home=home, counted=counted)


def draw_year(chance: np.random.Generator, log_sd: float) -> Year:
    """Return a company whose groups are as small as the floors allow, or not much larger."""
    homes, counted = _founded(chance)
    people = len(homes)
    home = np.repeat(homes[:, None], BLOCKS, axis=1)
    yes = np.repeat(counted[:, None], BLOCKS, axis=1)
    _let_time_pass(chance, home, yes)
    usual = np.log(150) + chance.normal(0, 0.5) + chance.normal(0, 0.3, len(CELLS))
    apart = spread(chance, people, log_sd)
    cost = _nano_usd(apart + usual[homes][:, None])
    cost[chance.random((people, BLOCKS)) < 0.02] = 0  # a block on holiday
    known = chance.poisson(np.exp(np.log(20) + 0.3 * apart.mean(axis=1) + chance.normal(0, 0.4, people)))
    return Year(home, yes, cost, known.astype(np.int64) + 1, usual, log_sd)


def _founded(chance: np.random.Generator) -> tuple[Integers, Booleans]:
    homes: list[int] = []
    counted: list[bool] = []
    for cell in (TEAM_A, TEAM_B, REST, OTHERS):
        yes, no = _size(chance, cell)
        homes += [cell] * (yes + no)
        counted += [True] * yes + [False] * no
    return np.array(homes, dtype=np.int64), np.array(counted)


def _size(chance: np.random.Generator, cell: int) -> tuple[int, int]:
    """Return how many count and how many do not."""
    if cell == REST:
        return int(chance.integers(1, 9)), int(chance.integers(0, 3))
    if cell == OTHERS:
        return (int(chance.integers(1, 7)), 2) if chance.random() < 0.5 else (int(chance.integers(13, 30)), 6)
    yes = int(chance.choice([13, 14, 15, int(chance.integers(16, 26))], p=[0.3, 0.3, 0.15, 0.25]))
    return yes, max(18 - yes, 0) + int(chance.integers(0, 4))


def _let_time_pass(chance: np.random.Generator, home: Integers, counted: Booleans) -> None:
    """Let some leave, move, be hired, say yes or take it back, in every block."""
    for person in range(len(home)):
        for block in np.flatnonzero(chance.random(BLOCKS) < 0.02):
            what = chance.integers(5)
            if what == 0:
                home[person, block:] = GONE
            elif what == 1:
                home[person, :block] = GONE
            elif what == 2:
                home[person, block:] = chance.integers(TEAM_A, OTHERS + 1)
            else:
                counted[person, block:] = what == 3


def spread(chance: np.random.Generator, people: int, log_sd: float) -> Floats:
    """Return how far people's blocks are from what is usual, as logs: skewed, and mostly lasting."""
    own = chance.normal(size=(people, 1)) * _LASTING**0.5
    return np.asarray(log_sd * (own + chance.normal(size=(people, BLOCKS)) * (1 - _LASTING) ** 0.5))


def _nano_usd(log_dollars: Floats) -> Integers:
    return (np.exp(log_dollars) * 1e9).astype(np.int64) + 1
