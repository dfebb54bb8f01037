"""What a lead holds in hand who keeps everything: releases, invoices, known counts, own and one accomplice's cost."""

from dataclasses import dataclass

import numpy as np

from bot.domain.company_cost import company_cost_per_change
from bot.domain.privacy import Rules
from bot.domain.quantity import Quantity
from tests.attacker.company import BLOCKS, GONE, Floats, Integers, Year
from tests.attacker.doors import Door, as_logs, released


@dataclass(frozen=True, slots=True)
class Played:
    """A year and what came out of the door, as logs of dollars by cell and block."""

    year: Year
    logs: Floats


def play(door: Door, year: Year, before: Played | None = None) -> Played:
    """Play the year through the door; blocks in which nothing differs from one *before* need not be decided again."""
    if before is None:
        return Played(year, released(door, year))
    logs = before.logs.copy()
    for block in np.flatnonzero(_differs(year, before.year)):
        logs[:, block] = as_logs(door.decide(year.members(int(block))))
    return Played(year, logs)


def _differs(one: Year, other: Year) -> Floats:
    cost = (one.cost_nano_usd * one.counted) != (other.cost_nano_usd * other.counted)
    return np.asarray(((one.home != other.home) | (one.counted != other.counted) | cost).any(axis=0))


@dataclass(frozen=True, slots=True)
class Sight:
    """All that bears on what *person* cost in *block*; *without* is a block that this person adds nothing to.

    *truth* is the year that the lead lives in, for what is known beside the releases; *played* is what was released.
    """

    door: Door
    truth: Year
    played: Played
    person: int
    cell: int
    block: int
    without: int

    @property
    def logs(self) -> Floats:
        """The releases."""
        return self.played.logs

    def here(self, cell: int, block: int) -> float:
        """Return one release; nan where it is not shown or not yet there."""
        return float(self.logs[cell, block]) if 0 <= block < BLOCKS else float("nan")

    def read_again(self) -> Floats:
        """Return the same block as read after the person has gone from it, by an opt-out or an erasure."""
        if not self.door.recomputes:
            return self.logs[:, self.block]
        counted = self.played.year.counted.copy()
        counted[self.person] = False
        year = self.played.year
        return as_logs(self.door.decide(Year(year.home, counted, year.cost_nano_usd, *_rest(year)).members(self.block)))

    def previews(self) -> list[float]:
        """Return three previews in the running block; this person's cost arrives between the last two."""
        if not self.door.previews_what_runs:
            return [self.here(self.cell, self.block - 1)] * 3
        year, seen = self.played.year, []
        for part, theirs in ((0.4, 0.0), (0.5, 0.0), (0.6, 1.0)):
            cost = (year.cost_nano_usd * part).astype(np.int64)
            cost[self.person] = (year.cost_nano_usd[self.person] * theirs).astype(np.int64)
            partial = Year(year.home, year.counted, cost, *_rest(year))
            seen.append(float(as_logs(self.door.decide(partial.members(self.block)))[self.cell]))
        return seen

    def colleagues(self) -> tuple[float, float]:
        """Return the log of what the lead and an accomplice cost, both counted in the same group."""
        peers = [one for one in self.truth.peers(self.cell, self.block) if one != self.person][:2]
        own = [float(np.log(self.truth.cost_nano_usd[one, self.block] / 1e9)) for one in peers]
        return (own + [float("nan")] * 2)[0], (own + [float("nan")] * 2)[1]

    def invoice(self) -> float:
        """Return the log of what everybody cost together, counted or not: the provider's bill."""
        return _log_bill(self.truth, self.block)

    def company_figure(self) -> float:
        """Return the log of the company's cost per change, as released."""
        return _company_figure(self.played.year, self.block)

    def people(self, cell: int, block: int) -> int:
        """Return how many count in a home; nobody tells the lead, who knows all the same."""
        return len(self.truth.peers(cell, block))


def _rest(year: Year) -> tuple[Integers, Floats, float]:
    return year.changes, year.usual, year.log_sd


def _bill(year: Year, block: int) -> int:
    return int(year.cost_nano_usd[year.home[:, block] != GONE, block].sum())


def _log_bill(year: Year, block: int) -> float:
    return float(np.log(max(_bill(year, block), 1) / 1e9))


def _company_figure(year: Year, block: int) -> float:
    """Three blocks are the twelve weeks of the real one."""
    period = range(block // 3 * 3, min(block // 3 * 3 + 3, BLOCKS))
    bill = sum(_bill(year, one) for one in period)
    stayed = int(year.changes.sum()) * len(period) // BLOCKS
    people = int((year.home[:, block] != GONE).sum())
    figure = company_cost_per_change(Quantity(bill, True), stayed, people, Rules())
    if figure is None:
        return float("nan")
    return float((np.log(figure.low_nano_usd) + np.log(figure.high_nano_usd)) / 2 - np.log(1e9) + np.log(stayed))
