"""Sums that remember whether a part of them is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quantity import NOTHING, UNKNOWN, Quantity, of, total

parts = st.builds(Quantity, st.integers(0, 2**63), st.booleans()) | st.builds(Quantity, st.none(), st.just(value=False))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(of(2), of(3), Quantity(5, True), id="both known"),
        pytest.param(of(2), of(None), Quantity(2, False), id="known and unknown is at least so much"),
        pytest.param(of(0), of(None), Quantity(0, False), id="a known 0 and unknown is at least 0"),
        pytest.param(of(None), of(None), Quantity(None, False), id="unknown twice is unknown, not 0"),
        pytest.param(Quantity(2, False), of(3), Quantity(5, False), id="partly known stays so"),
        pytest.param(NOTHING, of(3), Quantity(3, True), id="nothing changes nothing"),
    ],
)
def test_sums_of_two(first: Quantity, second: Quantity, expected: Quantity) -> None:
    assert first + second == second + first == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], NOTHING, id="no parts are a known 0"),
        pytest.param([None], UNKNOWN, id="an unknown part alone is unknown"),
        pytest.param([None, None], UNKNOWN, id="unknown parts alone are unknown"),
        pytest.param([1, None, 2], Quantity(3, False), id="at least what is known"),
        pytest.param([0], Quantity(0, True), id="a known 0 is known"),
    ],
)
def test_totals(values: list[int | None], expected: Quantity) -> None:
    assert total(map(of, values)) == expected


@given(st.lists(parts, min_size=1))
def test_a_total_is_adding_one_after_the_other_in_any_order(values: list[Quantity]) -> None:
    summed = values[0]
    for value in values[1:]:
        summed += value

    assert total(values) == total(reversed(values)) == summed


@given(parts, parts)
def test_an_unknown_part_makes_the_sum_incomplete(first: Quantity, second: Quantity) -> None:
    assert (first + second).complete == (first.complete and second.complete)
    assert (first + second).unknown == (first.unknown and second.unknown)


def test_a_sum_with_something_else_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        _ = of(1) + 1
