"""Likely ranges are those of the textbooks, and cover what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from bot.domain.outcomes.gamma import gamma_quantile
from bot.domain.outcomes.intervals import (
    Interval,
    cost_each,
    count_interval,
    median_interval,
    overdispersion,
    share_interval,
)
from tests.domain.outcomes.cast import USD

SHAPES = [0.1, 0.3, 0.5, 0.99, 1, 1.01, 2, 3.3, 5, 12.67, 20, 50, 99.5, 129.9, 130, 131, 200, 1000, 1e4, 1e6]
SEED = 20261119


@pytest.mark.parametrize("share", [0.05, 0.95])
@pytest.mark.parametrize("shape", SHAPES)
def test_quantiles_agree_with_scipy(shape: float, share: float) -> None:
    assert gamma_quantile(shape, share) == pytest.approx(stats.gamma.ppf(share, shape), rel=1e-9)


@pytest.mark.parametrize("overdispersed", [1, 1.5, 2.7, 6])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 8, 19, 60, 194, 195, 196, 3000])
def test_ranges_of_counts_agree_with_scipy(count: int, overdispersed: float) -> None:
    scaled = count / overdispersed
    low = overdispersed * stats.chi2.ppf(0.05, 2 * scaled) / 2 if count else 0
    high = overdispersed * stats.chi2.ppf(0.95, 2 * scaled + 2) / 2

    assert count_interval(count, overdispersed) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(("part", "whole"), [(0, 5), (5, 5), (1, 5), (1, 11), (3, 10), (40, 41), (700, 9000)])
def test_ranges_of_shares_agree_with_scipy(part: int, whole: int) -> None:
    expected = stats.binomtest(part, whole).proportion_ci(0.90, "wilson")

    assert share_interval(part, whole) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("size", [*range(5, 60), 100, 999, 1000, 5000, 50_000])
def test_ranges_of_medians_are_the_narrowest_that_cover(size: int) -> None:
    interval = median_interval(range(size))

    assert interval is not None
    outside = int(interval.low)
    assert interval.high == size - 1 - outside
    assert stats.binom.cdf(outside, size, 0.5) <= 0.05 + 1e-12
    assert stats.binom.cdf(outside + 1, size, 0.5) > 0.05


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4], None),
        ([5, 4, 3, 2, 1], Interval(1, 5)),
        ([1, 2, 3, 4, 5, 6, 7], Interval(1, 7)),
        ([1, 2, 3, 4, 5, 6, 7, 8], Interval(2, 7)),
    ],
)
def test_small_medians(values: list[float], expected: Interval | None) -> None:
    assert median_interval(values) == expected


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        ([], 1.5),
        ([9, 0, 9, 0, 9, 0, 9], 1.5),  # seven weeks say too little
        ([0] * 12, 1.5),
        ([4] * 8, 1.0),
        ([3, 5] * 4, 1.0),  # 8/7 around 4: less than chance makes
        ([0, 8] * 4, 128 / 7 / 4),  # each is 4 away from 4: a variance of 8 * 16 / 7
    ],
)
def test_overdispersion(weekly: list[int], expected: float) -> None:
    assert overdispersion(weekly) == pytest.approx(expected)


def test_a_cost_over_a_count() -> None:
    """$900 over 30: chi-square tables give 43.188 (60 degrees) and 81.381 (62) for the count's range."""
    each = cost_each(900 * USD, 30, 1.0)

    assert each.about == 30 * USD
    assert each.low == pytest.approx(900 * USD / (81.381 / 2), rel=1e-5)
    assert each.high == pytest.approx(900 * USD / (43.188 / 2), rel=1e-5)


@pytest.mark.parametrize("mean", [5, 8, 15, 40, 100])
def test_ranges_of_chance_counts_cover_nine_in_ten(mean: int) -> None:
    counts = np.random.default_rng(SEED).poisson(mean, 4000)
    covered = [interval.low <= mean <= interval.high for interval in map(count_interval, counts.tolist())]

    assert 0.88 <= sum(covered) / len(covered) <= 0.98


@pytest.mark.parametrize("mean", [8, 15, 40, 100])
@pytest.mark.parametrize("times", [1.5, 2.0])
def test_ranges_of_counts_that_vary_more_than_chance_cover_nearly_nine_in_ten(mean: int, times: float) -> None:
    """Twelve weeks say how much they vary; that they say it roughly costs two or three points."""
    weekly_mean = mean / 12
    weeks = np.random.default_rng(SEED).negative_binomial(weekly_mean / (times - 1), 1 / times, (1000, 12)).tolist()
    intervals = [count_interval(sum(weekly), overdispersion(weekly)) for weekly in weeks]
    covered = [interval.low <= mean <= interval.high for interval in intervals]

    assert 0.86 <= sum(covered) / len(covered) <= 0.98


@given(st.integers(1, 10_000), st.floats(1, 9))
def test_a_range_is_around_its_count_and_wider_the_more_counts_vary(count: int, overdispersed: float) -> None:
    narrow, wide = count_interval(count), count_interval(count, overdispersed)

    assert wide.low <= narrow.low * (1 + 1e-9) < count < narrow.high <= wide.high * (1 + 1e-9)
    assert math.isfinite(wide.high)
