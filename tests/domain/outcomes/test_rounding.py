"""No digit that the range does not support, and never a higher cost shown as a lower one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import nano_usd, usd
from bot.domain.outcomes.intervals import cost_each
from bot.domain.outcomes.rounding import Likely, round_digits


def in_usd(*amounts: str) -> Likely:
    return Likely(*(nano_usd(Decimal(amount)) for amount in amounts))


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (("15.46", "22.68", "35.64"), ("15", "23", "36")),
        (("27.71", "50", "100.48"), ("28", "50", "100")),
        (("9.32", "23", "77.2"), ("9", "20", "80")),  # wider than twice the amount: one digit
        (("0.154", "0.227", "0.356"), ("0.15", "0.23", "0.36")),
        (("7712.30", "9310", "11480"), ("7700", "9300", "11000")),
        (("19.95", "20.46", "21.04"), ("20", "20.5", "21")),  # within a fifth: three digits
        (("10", "10", "10"), ("10", "10", "10")),
        (("0", "0", "0"), ("0", "0", "0")),
    ],
)
def test_ranges_are_rounded_to_what_they_support(exact: tuple[str, ...], shown: tuple[str, ...]) -> None:
    assert in_usd(*exact).rounded() == in_usd(*shown)


@pytest.mark.parametrize(
    ("amount", "digits", "shown"),
    [(0, 2, 0), (7, 2, 7), (149, 2, 150), (144, 2, 140), (145, 2, 150), (995, 2, 1000), (95, 1, 100), (94, 1, 90)],
)
def test_amounts_are_rounded_half_up(amount: int, digits: int, shown: int) -> None:
    assert round_digits(amount, digits) == shown


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(1, 6))
def test_a_higher_amount_is_never_shown_as_lower(first: int, second: int, digits: int) -> None:
    low, high = sorted((first, second))

    assert round_digits(low, digits) <= round_digits(high, digits)


@given(st.integers(5, 300), st.floats(1, 4), st.integers(10**7, 10**14), st.integers(0, 10**14))
def test_a_higher_cost_over_the_same_count_never_shows_as_lower(
    count: int, overdispersed: float, cost: int, more: int
) -> None:
    before, after = (cost_each(nano, count, overdispersed).rounded() for nano in (cost, cost + more))

    assert all(old <= new for old, new in zip(before, after, strict=True))


@given(st.integers(5, 300), st.floats(1, 4), st.integers(10**7, 10**14))
def test_what_is_shown_is_in_order_and_near(count: int, overdispersed: float, cost: int) -> None:
    exact = cost_each(cost, count, overdispersed)
    shown = exact.rounded()

    assert shown.low <= shown.about <= shown.high
    assert all(abs(usd(a) - usd(b)) <= usd(b) / 2 for a, b in zip(shown, exact, strict=True))
