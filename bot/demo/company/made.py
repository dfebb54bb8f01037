"""What somebody at Larkfield finished on a day, before it has a number; and how long and large work is."""

from math import pow
from typing import Final, NamedTuple

from bot.demo.company.draws import Draws
from bot.domain.outcomes.work import Kind

# Quarters of all work, from the quickest and smallest to the longest and largest.
_REVIEW_MINUTES: Final = (20, 180, 240, 360, 840)  # working minutes to the first review
_OPEN_MINUTES: Final = (40, 900, 1_260, 1_800, 7_200)
_LINES: Final = (3, 30, 85, 190, 900)
LONGEST_RETURN: Final = 9  # days until something came back, or was restored


class Made(NamedTuple):
    """One finished item: where, whose (a handle, or nobody's), what it is called, and how it went.

    *effort* is its place among all work, from 0 to 1. It came back *returns[0]* days later, was restored
    *returns[1]* days after that, and so on.
    """

    place: str
    author: str | None
    title: str
    effort: float
    kind: Kind = "change"
    shows_ai: bool = False
    agent_made: bool = False
    accepted: bool = True
    reviewed: bool = True
    returns: tuple[int, ...] = ()

    @property
    def lines(self) -> int | None:
        """How many lines a change has; unknown of a ticket."""
        return _at(self.effort, _LINES) if self.kind == "change" else None

    @property
    def minutes_open(self) -> int | None:
        """How long a change was open."""
        return _at(self.effort, _OPEN_MINUTES) if self.kind == "change" else None

    @property
    def minutes_to_first_review(self) -> int | None:
        """After how many working minutes somebody else looked at it."""
        return _at(self.effort, _REVIEW_MINUTES) if self.kind == "change" and self.reviewed else None


def _at(effort: float, quarters: tuple[int, ...]) -> int:
    quarter = min(int(effort * 4), 3)
    low, high = quarters[quarter], quarters[quarter + 1]
    return round(low * pow(high / low, effort * 4 - quarter))


def returns_by_chance(chance: float, draws: Draws, *name: object) -> tuple[int, ...]:
    """Return whether something comes back within 14 days, and whether that is taken back in turn."""
    if not draws.happens(chance, "returns", *name):
        return ()
    days = 1 + int(LONGEST_RETURN * draws.uniform("returns after", *name))
    return (days, 1) if draws.happens(0.1, "restored", *name) else (days,)


def in_any_order(count: int, draws: Draws, *name: object) -> list[int]:
    """Return the numbers below *count*, shuffled."""
    return sorted(range(count), key=lambda number: draws.uniform("order", number, *name))
