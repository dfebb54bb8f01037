"""Likely ranges: 90 % intervals of counts, shares, medians, and of a cost divided by a count."""

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist, fmean, variance
from typing import Final, NamedTuple

from bot.domain.outcomes.gamma import gamma_quantile
from bot.domain.outcomes.rounding import Likely

LIKELY: Final = 0.90
LOW: Final = (1 - LIKELY) / 2
HIGH: Final = 1 - LOW
# From so many past weeks their own spread is used, else what is usual of such counts.
MIN_WEEKS_FOR_SPREAD: Final = 8
USUAL_OVERDISPERSION: Final = 1.5
MIN_FOR_MEDIAN: Final = 5


class Interval(NamedTuple):
    """A range in the unit of what it is about; *high* is infinite where nothing bounds it."""

    low: float
    high: float


def overdispersion(weekly: Sequence[int]) -> float:
    """Return how many times more weekly counts vary than chance makes them (at least 1).

    From fewer than eight weeks, or of weeks without any, it is what is usual: 1.5.
    """
    if len(weekly) < MIN_WEEKS_FOR_SPREAD or not any(weekly):
        return USUAL_OVERDISPERSION
    return max(1.0, variance(weekly) / fmean(weekly))


def count_interval(count: int, overdispersed: float = 1.0) -> Interval:
    """Return the range of the mean that a *count* is an instance of (Garwood, widened by *overdispersed*)."""
    scaled = count / overdispersed
    low = gamma_quantile(scaled, LOW) if count else 0.0
    return Interval(overdispersed * low, overdispersed * gamma_quantile(scaled + 1, HIGH))


def cost_each(nano_usd: int, count: int, overdispersed: float) -> Likely:
    """Return a cost (nano-USD) over *count* (> 0) items, with the range that the count's chance gives it."""
    interval = count_interval(count, overdispersed)
    return Likely(round(nano_usd / interval.high), round(nano_usd / count), round(nano_usd / interval.low))


def share_interval(part: int, whole: int) -> Interval:
    """Return the range of the share (0 to 1) that *part* of *whole* (> 0) is an instance of (Wilson)."""
    z = NormalDist().inv_cdf(HIGH)
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt((share * (1 - share) + spread / 4) / whole) / (1 + spread)
    low = max(0.0, middle - half) if part else 0.0
    high = min(1.0, middle + half) if part < whole else 1.0
    return Interval(low, high)


def median_interval(values: Iterable[float]) -> Interval | None:
    """Return the range of the median that *values* are a sample of, by order statistics; None from fewer than 5."""
    ordered = sorted(values)
    if len(ordered) < MIN_FOR_MEDIAN:
        return None
    outside = _outside(len(ordered))
    return Interval(ordered[outside], ordered[-1 - outside])


def _outside(size: int) -> int:
    """Return how many of *size* values lie on each side outside the range of the median.

    It is the largest number that the heads of *size* fair coins do not exceed with at most half of the
    chance that the range leaves, summed from the middle outwards so that no chance is too small for a float.
    """
    heads = size // 2
    chance = math.exp(
        math.lgamma(size + 1) - math.lgamma(heads + 1) - math.lgamma(size - heads + 1) - size * math.log(2)
    )
    at_most = 0.5 + chance / 2 if size % 2 == 0 else 0.5
    while at_most > LOW:
        at_most -= chance
        chance *= heads / (size - heads + 1)
        heads -= 1
    return heads
