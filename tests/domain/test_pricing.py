"""List prices: exact, and unknown where a price or a count is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pricing import Rates, Tokens, list_value_nano_usd

MTOK = Decimal(1_000_000)
SONNET = Rates(*(Decimal(price) / MTOK for price in ("3", "0.30", "3.75", "6", "15")))

counts = st.integers(0, 10**12)
rates = st.decimals(0, 1, allow_nan=False, places=12)


def test_each_class_has_its_own_price() -> None:
    assert [
        list_value_nano_usd(Tokens(*(1_000 if n == position else 0 for n in range(5))), SONNET) for position in range(5)
    ] == [3_000_000, 300_000, 3_750_000, 6_000_000, 15_000_000]


def test_what_a_day_is_worth_at_list_price() -> None:
    assert list_value_nano_usd(Tokens(1_200, 80_000, 4_000, 0, 900), SONNET) == 56_100_000


def test_no_tokens_are_worth_nothing() -> None:
    assert list_value_nano_usd(Tokens(0, 0, 0, 0, 0), SONNET) == 0


def test_without_a_price_the_value_is_unknown() -> None:
    assert list_value_nano_usd(Tokens(1, 1, 1, 1, 1), None) is None


@pytest.mark.parametrize("position", range(5))
def test_without_one_of_the_counts_the_value_is_unknown(position: int) -> None:
    tokens = Tokens(*(None if n == position else 1 for n in range(5)))

    assert list_value_nano_usd(tokens, SONNET) is None


@given(st.tuples(*[counts] * 5), st.tuples(*[rates] * 5))
def test_values_are_exact(tokens: tuple[int, ...], prices: tuple[Decimal, ...]) -> None:
    exact = sum((Fraction(price) * count for count, price in zip(tokens, prices, strict=True)), Fraction(0))

    assert list_value_nano_usd(Tokens(*tokens), Rates(*prices)) == round(exact * 10**9)
