"""The slope of finished work on spend: the likeliest one, with a range that covers what it says."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize  # type: ignore[import-untyped]

from bot.domain.report import regression
from bot.domain.report.regression import by_draws, by_error, in_order, slope_of

SEED = 20261119
USD = 10**9


def company(number: int, people: int, slope: float = 0.3, log_sd: float = 1.5) -> tuple[list[int], list[int]]:
    """Return what people spent and how much of their work stayed; the work varies more than Poisson's."""
    chance = np.random.default_rng([SEED, number])
    logs = chance.normal(0, log_sd, people)
    work = chance.poisson(12 * np.exp(slope * logs) * chance.gamma(4, 0.25, people))
    return (150 * USD * np.exp(logs)).astype(np.int64).tolist(), work.tolist()


def likeliest(spent: Sequence[int], finished: Sequence[int]) -> float:
    logs, work = np.log(spent), np.array(finished)

    def unlikely(line: Sequence[float]) -> float:
        expected = line[0] + line[1] * (logs - logs.mean())
        return float((np.exp(expected) - work * expected).sum())

    return float(optimize.minimize(unlikely, [np.log(work.mean()), 0.0], tol=1e-12).x[1])


@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.3, 1.2])
def test_the_slope_is_the_likeliest_one(slope: float) -> None:
    spent, finished = company(1, 80, slope)

    found = slope_of(spent, finished, SEED)

    assert found is not None
    assert found.about == pytest.approx(likeliest(spent, finished), abs=1e-5)
    assert found.low < found.about < found.high


def test_the_same_people_in_another_order_and_unit_have_the_same_range() -> None:
    spent, finished = company(2, 70)
    turned = slope_of([cents * 1000 for cents in spent[::-1]], finished[::-1], SEED)

    assert turned == pytest.approx(slope_of(spent, finished, SEED), abs=1e-9)
    assert slope_of(spent[::-1], finished[::-1], SEED) == slope_of(spent, finished, SEED)
    assert slope_of(spent, finished, SEED + 1) != slope_of(spent, finished, SEED)


@pytest.mark.parametrize(
    ("spent", "finished"),
    [
        ([], []),
        ([5], [5]),
        ([7] * 60, list(range(60))),
        (list(range(1, 61)), [0] * 60),
        (list(range(1, 61)), [0] * 59 + [9]),
        ([1] + [7] * 59, [3] * 60),
    ],
    ids=["nobody", "one", "all alike", "nothing finished", "one finished everything", "one spent otherwise"],
)
def test_there_is_no_slope_where_none_can_be_found(spent: list[int], finished: list[int]) -> None:
    assert slope_of(spent, finished, SEED) is None


def test_nine_in_ten_ranges_have_the_true_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 150 companies 80 to 97 % must, which half or twice the width fails; benchmarks/curve.py has more."""
    monkeypatch.setattr(regression, "DRAWS", 200)
    found = [slope_of(*in_groups(*company(number, 65)), SEED) for number in range(150)]

    covered = sum(slope is not None and slope.low <= 0.3 <= slope.high for slope in found)
    assert 120 <= covered <= 145


def in_groups(spent: Sequence[int], finished: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return everybody with what their group of 13 spent in the geometric mean, as the curve has it."""
    ordered = sorted(zip(spent, finished, strict=True))
    groups = [ordered[first : first + 13] for first in range(0, len(ordered), 13)]
    means = [round(float(np.exp(np.mean([np.log(amount) for amount, _ in group])))) for group in groups for _ in group]
    return means, [work for _, work in ordered]


def test_of_many_people_the_range_is_the_one_that_draws_converge_to(monkeypatch: pytest.MonkeyPatch) -> None:
    spent, finished = company(3, 800)
    drawn, computed = by_draws(*in_order(spent, finished), SEED), by_error(*in_order(spent, finished))

    assert drawn is not None
    assert computed is not None
    assert drawn.about == pytest.approx(computed.about, abs=1e-9)
    assert drawn.high - drawn.low == pytest.approx(computed.high - computed.low, rel=0.15)
    assert slope_of(spent, finished, SEED) == drawn
    monkeypatch.setattr(regression, "MOST_PEOPLE_DRAWN", 799)
    assert slope_of(spent, finished, SEED) == computed


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2**63 - 1), st.integers(0, 10**6)), max_size=20))
def test_whatever_the_amounts_there_is_a_range_or_nothing(people: list[tuple[int, int]]) -> None:
    found = slope_of([spent for spent, _ in people], [work for _, work in people], SEED)

    assert found is None or (np.isfinite(found).all() and found.low <= found.high)
