"""What somebody holds who keeps every report: everybody in the company, or a report reader, who has the bills too."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.attacker.company import Floats, Integers
from tests.attacker.report_company import KEYBOARD, OWN, UNKNOWN, Reported
from tests.attacker.report_doors import PERIOD, Seen

Known = list[float]
_LEAN: Final = 0.5


@dataclass(frozen=True, slots=True)
class ReportSight:
    """All that bears on what *person* cost in *block*, in one figure or in all; *truth* is what the reader lives in."""

    truth: Reported
    released: Seen
    person: int
    block: int
    figure: int | None  # None is all

    @property
    def amounts(self) -> Integers:
        """Return what everybody cost in that figure, by block."""
        return self.truth.total if self.figure is None else self.truth.cost_nano_usd[self.figure]

    def facts(self) -> Known:
        """Return what needs no report: who uses what, known changes, own and an accomplice's cost."""
        company = self.truth
        here = company.counted & (self.amounts[:, self.block] > 0)
        peers = [int(one) for one in np.flatnonzero(here) if one != self.person][:2]
        own = [np.log(self.amounts[one, self.block] / 1e9) for one in peers] + [np.nan, np.nan]
        changes = np.log1p(company.changes)
        return [
            *map(float, own[:2]),
            float(changes[self.person] - changes[company.counted].mean()),
            *(float(np.log1p(each)) for each in self._users()),
            float(company.uses[OWN, self.person]),
            float(company.uses[UNKNOWN, self.person]),
        ]

    def of_everybody(self) -> Known:
        """Return what everybody in the company reads, and what follows from two or more of these figures."""
        group, teams, parts = self.released.group, self.released.teams, self.released.parts
        target = group if self.figure is None else parts[self.figure]
        lean = _LEAN * self.facts()[2]
        now, block = target[self.block], self.block
        users = self._users()
        count = users[self.figure] if self.figure is not None else self.truth.counted.sum()
        own = self.facts()[:2]
        return [
            *(value for row in (*parts, group, teams) for value in _near(row, block)),
            *_near(self.released.cost_per_change, block // PERIOD),
            *self.released.curves[block // PERIOD].tolist(),
            *self.released.curves[block // PERIOD + 1, [0, 5]].tolist(),
            float(now - np.log(max(count, 1)) + lean),
            _less(now, *own),
            _less(now, target[block + 1]),
            float(now - target[block + 1]),
            _less(teams[block], teams[block + 1]),
            *self._left_of(group[block]),
            *self._left_of(self._company()),
            float(self._company() - now),
        ]

    def of_a_reader(self) -> Known:
        """Return what the bills add to it."""
        target = self.released.group if self.figure is None else self.released.parts[self.figure]
        whole, own = self.released.bills[0], self.released.bills[3]
        now, block = target[self.block], self.block
        bill = own if self.figure == OWN else whole
        return [
            float(whole[block] - now),
            _less(whole[block], now),
            _less(bill[block], now),
            float(bill[block] - now),
            *self._left_of(whole[block]),
        ]

    def of_the_bills(self) -> Known:
        """Return the bills, as they are known beside the report's other figures or without them."""
        bills, block = self.released.bills, self.block
        whole, own = bills[0], bills[3]
        return [
            *(value for row in bills for value in _near(row, block)),
            _less(whole[block], whole[block + 1]),
            _less(own[block], own[block + 1]),
            _less(whole[block], *self.facts()[:2]),
            float(whole[block] + _LEAN * self.facts()[2]),
            float(own[block] + _LEAN * self.facts()[2]),
        ]

    def _company(self) -> float:
        return float(self.released.cost_per_change[self.block // PERIOD])

    def _users(self) -> Integers:
        return np.asarray((self.truth.cost_nano_usd[:, self.truth.counted, self.block] > 0).sum(axis=1))

    def _left_of(self, whole: float) -> Known:
        """Return what is left of an amount without what is shown of each way to start, and without two of three."""
        parts = self.released.parts[:, self.block]
        started = (KEYBOARD, OWN, UNKNOWN)
        two = [_less(whole, *(parts[each] for each in started if each != one)) for one in started]
        return [_less(whole, *(parts[each] for each in started)), *two, _less(whole, self.released.group[self.block])]


def _near(row: Floats, place: int) -> Known:
    """Return the value at *place*, before, after, and the mean of the year."""
    there = row[~np.isnan(row)]
    near = [float(row[one]) if 0 <= one < len(row) else float("nan") for one in (place, place - 1, place + 1)]
    return [*near, float(there.mean()) if len(there) else float("nan")]


def _less(whole: float, *parts: float) -> float:
    """Return the log of the whole minus its parts, all logs; of parts that are not shown nothing is taken."""
    taken = sum(float(np.exp(part)) for part in parts if not np.isnan(part))
    return float(np.log(max(np.exp(whole) - taken, 0.01 * np.exp(whole))))
