"""How finished work grows with spend: a Poisson regression with one slope, and the slope's likely range.

A library for arrays or statistics would bring 50 to 100 MB into every installation for these few sums, which are
made once in twelve weeks.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, fsum, log, sqrt
from random import Random
from statistics import quantiles
from typing import Final, NamedTuple

DRAWS: Final = 1_000
# Of more people the range is the one that the draws converge to; benchmarks/curve.py compares both.
MOST_PEOPLE_DRAWN: Final = 3_000
# The 95 % quantile of the normal distribution.
_Z: Final = 1.6448536269514722
_TWENTIETHS: Final = 20
_MAX_STEPS: Final = 60
# No step of the slope may be longer: far from the answer Newton's would be.
_LONGEST_STEP: Final = 0.5
_NEAR_ENOUGH: Final = 1e-9


class Slope(NamedTuple):
    """Finished work went with spend to the power of *about*; the 90 % range is from *low* to *high*."""

    about: float
    low: float
    high: float


class _Point(NamedTuple):
    """So many *people* spent alike, and finished so much *work* together."""

    log_spent: float
    people: int
    work: int


def slope_of(spent: Sequence[int], finished: Sequence[int], seed: int) -> Slope | None:
    """Return the slope of log E[finished] = a + slope * log(spent), by maximum likelihood over people.

    *spent* is above 0, in whatever unit, *finished* not below. The range is that of 1,000 draws of as many people
    (the bootstrap's percentiles), or the sandwich error's where people are more than 3,000. The same people in
    another order have the same range. None where all spent alike, nothing was finished, or no slope was found.
    """
    logs, work = in_order(spent, finished)
    if not logs or logs[0] == logs[-1] or not any(work):
        return None
    return by_error(logs, work) if len(logs) > MOST_PEOPLE_DRAWN else by_draws(logs, work, seed)


def in_order(spent: Sequence[int], finished: Sequence[int]) -> tuple[list[float], list[int]]:
    """Return the logs of what was spent, around nought, and the work, in an order that only the amounts decide."""
    ordered = sorted(zip(spent, finished, strict=True))
    logs = [log(amount) for amount, _ in ordered]
    middle = fsum(logs) / max(1, len(logs))
    return [each - middle for each in logs], [work for _, work in ordered]


def by_draws(logs: Sequence[float], work: Sequence[int], seed: int) -> Slope | None:
    """Return the slope with the range that nine in ten draws of people lie in; None if one of the draws has none."""
    people, chance = list(zip(logs, work, strict=True)), Random(seed)  # noqa: S311  draws, not secrets
    about = _likeliest(_points(Counter(people)), 0.0)
    if about is None:
        return None
    drawn = []
    for _ in range(DRAWS):
        slope = _likeliest(_points(Counter(chance.choices(people, k=len(people)))), about)
        if slope is None:
            return None
        drawn.append(slope)
    shares = quantiles(drawn, n=_TWENTIETHS, method="inclusive")
    return Slope(about, shares[0], shares[-1])


def by_error(logs: Sequence[float], work: Sequence[int]) -> Slope | None:
    """Return the slope with the range of its sandwich error, which does not believe that work is Poisson."""
    about = _likeliest(_points(Counter(zip(logs, work, strict=True))), 0.0)
    if about is None:
        return None
    shape = [exp(about * each) for each in logs]
    whole = fsum(shape)
    share = sum(work) / whole
    expected = [share * each for each in shape]
    middle = fsum(weight * each for weight, each in zip(shape, logs, strict=True)) / whole
    apart = [each - middle for each in logs]
    strayed = fsum((made - mean) ** 2 * far**2 for made, mean, far in zip(work, expected, apart, strict=True))
    error = sqrt(strayed) / fsum(mean * far**2 for mean, far in zip(expected, apart, strict=True))
    return Slope(about, about - _Z * error, about + _Z * error)


def _points(people: Counter[tuple[float, int]]) -> list[_Point]:
    """Return those who spent alike as one: the slope needs their number and their work, and nothing else of them."""
    found: dict[float, tuple[int, int]] = {}
    for (log_spent, work), times in people.items():
        number, whole = found.get(log_spent, (0, 0))
        found[log_spent] = number + times, whole + times * work
    return [_Point(log_spent, *sums) for log_spent, sums in sorted(found.items())]


def _likeliest(points: Sequence[_Point], start: float) -> float | None:
    """Return the slope of work on spend; None if there is none.

    The intercept has a closed form, which leaves one equation, solved by Newton's method from *start*: the mean of
    the logs weighted by work is their mean weighted by spend to the power of the slope.
    """
    if len(points) < 2:  # all spent alike
        return None
    slope = start
    try:
        wanted = fsum(each.work * each.log_spent for each in points) / sum(each.work for each in points)
        for _ in range(_MAX_STEPS):
            middle, spread = _moments(points, slope)
            step = min(max((wanted - middle) / spread, -_LONGEST_STEP), _LONGEST_STEP)
            slope += step
            if abs(step) <= _NEAR_ENOUGH:
                return slope
    except (ZeroDivisionError, OverflowError):  # no work, or a slope that runs away
        return None
    return None


def _moments(points: Iterable[_Point], slope: float) -> tuple[float, float]:
    """Return the mean and the variance of the logs, weighted by spend to the power of *slope*."""
    total = first = second = 0.0
    for log_spent, people, _ in points:
        weight = people * exp(slope * log_spent)
        total += weight
        first += weight * log_spent
        second += weight * log_spent * log_spent
    middle = first / total
    return middle, second / total - middle * middle
