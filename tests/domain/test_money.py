"""Money is whole nano-USD, rounded half to even, and nothing of a seat is lost."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import NANO_PER_USD, nano_usd, seat_share_nano_usd, usd

amounts = st.decimals(-(10**9), 10**9, allow_nan=False, places=12)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", 0),
        ("1", 1_000_000_000),
        ("0.0912", 91_200_000),
        ("0.000000001", 1),
        ("0.0000000004", 0),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("0.0000000025", 2),
        ("0.00000000250001", 3),
        ("-0.0000000015", -2),
        ("-0.0000000025", -2),
        ("1E+3", 1_000_000_000_000),
        ("9223372036.854775807", 2**63 - 1),
    ],
)
def test_amounts_in_nano_usd(amount: str, expected: int) -> None:
    assert nano_usd(Decimal(amount)) == expected


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not a finite amount"):
        nano_usd(Decimal(amount))


@given(amounts)
def test_rounding_is_half_to_even(amount: Decimal) -> None:
    assert nano_usd(amount) == round(Fraction(amount) * NANO_PER_USD)


@given(st.integers(-(2**63), 2**63 - 1))
def test_there_and_back_is_the_same(nano: int) -> None:
    assert nano_usd(usd(nano)) == nano


@given(st.integers(0, 10**15), st.dates())
def test_the_shares_of_a_month_add_up_to_its_price_exactly(monthly: int, day: date) -> None:
    days = monthrange(day.year, day.month)[1]
    shares = [seat_share_nano_usd(monthly, day.replace(day=number)) for number in range(1, days + 1)]

    assert sum(shares) == monthly
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("year", [2024, 2026])
@pytest.mark.parametrize("price", [19_000_000_000, 39_000_000_000, 1, 0])
def test_the_shares_of_every_month_add_up(year: int, month: int, price: int) -> None:
    days = monthrange(year, month)[1]

    assert sum(seat_share_nano_usd(price, date(year, month, day)) for day in range(1, days + 1)) == price
