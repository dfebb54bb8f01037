"""The curve of spend and finished work: what it gives away of the top spender, how often its range is right, its time.

The attacker keeps three curves in a row, knows to about a third what everybody else spent, and how much work of
everybody stayed. Each figure is by how many points more often a guess is within 20 % of the person's twelve weeks than
from the same curves with another draw in that person's place, and the one-sided 95 % bound of that.
"""

import resource
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from math import log
from time import perf_counter
from typing import Final, NamedTuple

import numpy as np

from benchmarks.table import Row
from bot.domain.privacy import Rules
from bot.domain.report.curve import Curve, Regress, Spent, curve_of
from bot.domain.report.regression import Slope, by_draws, by_error, in_order, slope_of
from tests.attacker.company import Floats, Integers, spread
from tests.attacker.measure import ROLES, Target, excess

_PEOPLE: Final = (65, 100, 130, 150)
_LOG_SDS: Final = (1.0, 1.5, 1.8)
_ATTACKED: Final = 8_000
_ROUGH: Final = 0.3  # how far the logs of what is known of others are from the truth
_USUAL_WORK: Final = 12
_TRUE_SLOPE: Final = 0.3
_EPOCHS: Final = 3
_PARTS: Final = 16
_PROCESSES: Final = 2

_COVERED: Final = 400
_COVERED_PEOPLE: Final = (65, 120, 500)
_COVERED_LOG_SDS: Final = (1.0, 1.5)
_DISPERSIONS: Final = (0.0, 0.5)  # variance of the gamma that each one's mean is drawn from; none is Poisson


def main() -> list[Row]:
    """Simulate every company and return the rows of the table."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        return [*_attacks(pool), *_coverages(pool), *_both_ranges(), *_time_and_memory()]


def _attacks(pool: ProcessPoolExecutor) -> Iterator[Row]:
    for people in _PEOPLE:
        for role in ROLES:
            each = []
            for log_sd in _LOG_SDS:
                parts = [range(first, _ATTACKED, _PARTS) for first in range(_PARTS)]
                targets = pool.map(partial(curve_targets, people, log_sd, role), parts)
                each.append(excess(sorted(chain.from_iterable(targets), key=lambda target: target.company)))
            points = ", ".join(f"{one.points:+.1f}" for one in each)
            figure = f"{points}; at most {max(one.most for one in each):+.1f}"
            yield Row(f"the curve of {people} people, {role}", figure, "<= 3 points")


def curve_targets(people: int, log_sd: float, role: str, companies: Iterable[int]) -> list[Target]:
    """Return one person of each company, as known from three curves in a row and everything beside them."""
    targets = []
    for company in companies:
        chance = np.random.default_rng([company, people, round(log_sd * 10)])
        logs = _twelve_weeks(chance, people, log_sd)
        usual = np.log(_USUAL_WORK) + _TRUE_SLOPE * (logs - logs.mean()).mean(axis=1)
        work = chance.poisson(np.exp(usual + chance.normal(0, 0.4, people))[:, None] * np.ones(_EPOCHS))
        person = int(logs[:, 1].argmax()) if role == ROLES[1] else int(chance.integers(people))
        other = logs.copy()
        other[person] = _twelve_weeks(chance, 1, log_sd)[0]
        beside = _Beside.of(logs, work, person, chance)
        known = [beside.known_from(each, work) for each in (logs, other)]
        targets.append(Target(company, float(logs[person, 1]), *known))
    return targets


def _twelve_weeks(chance: np.random.Generator, people: int, log_sd: float) -> Floats:
    blocks = log(150) + spread(chance, people, log_sd)[:, : 3 * _EPOCHS]
    return np.asarray(np.log(np.exp(blocks).reshape(people, _EPOCHS, 3).sum(axis=2)))


class _Beside(NamedTuple):
    """What the attacker knows beside the curves, of all but the person."""

    facts: list[float]
    slope: float  # by the attacker's own arithmetic, without the person
    middle: float
    group: int
    others_on_top: float

    @classmethod
    def of(cls, logs: Floats, work: Integers, person: int, chance: np.random.Generator) -> "_Beside":
        others = np.delete(np.arange(len(logs)), person)
        rough = logs[others, 1] + chance.normal(0, _ROUGH, len(others))
        ordered = np.sort(rough)
        slope = by_error(*in_order((np.exp(rough) * 1e9).astype(np.int64).tolist(), work[others, 1].tolist()))
        about = slope.about if slope else 0.0
        more_work = log(1 + work[person, 1]) - float(np.log1p(work[others, 1]).mean())
        middle = float(np.median(rough))
        group = -(-len(logs) // (10 if len(logs) >= 130 else 5))
        facts = [*ordered[-2:].tolist(), middle, float(rough.std()), more_work, middle + more_work / _TRUE_SLOPE]
        return cls([*facts, about], about, middle, group, float(ordered[1 - group :].sum()))

    def known_from(self, logs: Floats, work: Integers) -> list[float]:
        """Return all of it, with what the curves of these amounts add, and what can be worked out from both."""
        said = [_said(_curve(logs[:, epoch], work[:, epoch], quick)) for epoch in range(_EPOCHS)]
        on_top, steeper = said[1][0], said[1][4] - self.slope
        left = float(np.clip(self.group * (on_top + self.middle) - self.others_on_top, *self._likely))
        near = [said[epoch][column] for epoch in (0, 2) for column in (0, 4)]
        return [*self.facts, *said[1], *near, left, steeper, steeper / (0.05 + abs(self.facts[4]))]

    @property
    def _likely(self) -> tuple[float, float]:
        return self.facts[1] - 3, self.facts[1] + 4


def _said(curve: Curve | None) -> list[float]:
    if curve is None:
        return [float("nan")] * 7
    spend = [log(multiple) for multiple, _ in curve.bins]
    middle = len(spend) // 2 + 1
    return [
        spend[-1], spend[-2], spend[middle], curve.bins[-1][1],
        curve.elasticity, curve.high - curve.low, curve.doubling_cost_multiple,
    ]  # fmt: skip


def quick(spent: Sequence[int], finished: Sequence[int], _seed: int) -> Slope | None:
    """Return the slope with the range of its error; what is said is in steps that hide which of the ranges it is."""
    return by_error(*in_order(spent, finished))


def _curve(logs: Floats, work: Integers, regress: Regress) -> Curve | None:
    amounts = (np.exp(logs) * 1e9).astype(np.int64) + 1
    return curve_of(list(map(Spent, amounts.tolist(), work.tolist())), Rules(), 1, regress)


def _coverages(pool: ProcessPoolExecutor) -> Iterator[Row]:
    for people in _COVERED_PEOPLE:
        for log_sd in _COVERED_LOG_SDS:
            for dispersion in _DISPERSIONS:
                parts = [range(first, _COVERED, _PARTS) for first in range(_PARTS)]
                found = pool.map(partial(ranges_of, people, log_sd, dispersion), parts)
                ranges = list(chain.from_iterable(found))
                share = sum(low <= _TRUE_SLOPE <= high for low, high in ranges) / _COVERED
                what = f"{people} people, log-sd {log_sd}, " + (f"gamma {dispersion}" if dispersion else "Poisson")
                yield Row(f"90 % range of the slope, {what}: covers", f"{100 * share:.1f} %", "84-94 %")


def ranges_of(people: int, log_sd: float, dispersion: float, companies: Iterable[int]) -> list[tuple[float, float]]:
    """Return the range of the slope of each company, unrounded, as the curve has it computed."""
    kept: list[Slope | None] = []

    def kept_slope(spent: Sequence[int], finished: Sequence[int], seed: int) -> Slope | None:
        kept.append(slope_of(spent, finished, seed))
        return kept[-1]

    for company in companies:
        _curve(*company_of(company, people, log_sd, dispersion), kept_slope)
    return [(each.low, each.high) if each else (float("nan"), float("nan")) for each in kept]


def company_of(company: int, people: int, log_sd: float, dispersion: float) -> tuple[Floats, Integers]:
    """Return the logs of what people spent and how much of their work stayed, at the true slope."""
    chance = np.random.default_rng([company, people, round(10 * log_sd), round(10 * dispersion)])
    logs = chance.normal(0, log_sd, people)
    usual = _USUAL_WORK * np.exp(_TRUE_SLOPE * logs)
    if dispersion:
        usual *= chance.gamma(1 / dispersion, dispersion, people)
    return logs + log(150), chance.poisson(usual)


def _both_ranges() -> Iterator[Row]:
    logs, work = company_of(1, 20_000, 1.5, 0.5)
    ready = in_order((np.exp(logs) * 1e9).astype(np.int64).tolist(), work.tolist())
    drawn, known = by_draws(*ready, 1), by_error(*ready)
    assert drawn is not None
    assert known is not None
    ratio = (drawn.high - drawn.low) / (known.high - known.low)
    yield Row("20,000 people: the drawn range's width, of the computed one's", f"{ratio:.3f}", "0.93-1.07")


def _time_and_memory() -> Iterator[Row]:
    for people in (20_000, 350_000):
        with ProcessPoolExecutor(1) as alone:
            seconds, megabytes = alone.submit(timed, people).result()
        yield Row(f"the curve of {people:,} people", f"{seconds:.1f} s, {megabytes:.0f} MB in all", "< 60 s, < 300 MB")


def timed(people: int) -> tuple[float, float]:
    """Return how many seconds a curve takes, and the most MB that this process ever held, the people included."""
    logs, work = company_of(1, people, 1.5, 0.5)
    amounts = (np.exp(logs) * 1e9).astype(np.int64) + 1
    spent = list(map(Spent, amounts.tolist(), work.tolist()))
    began = perf_counter()
    assert curve_of(spent, Rules(), 1) is not None
    return perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<75} {row.figure:>32}   {row.bar}", flush=True)
