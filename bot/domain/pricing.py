"""What tokens are worth at list price: exact multiplication of unit rates."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.domain.money import nano_usd


class Rates(NamedTuple):
    """List prices in force on one day for one model and tier, in USD for one token."""

    uncached_input_usd: Decimal
    cache_read_usd: Decimal
    cache_write_usd: Decimal
    cache_write_1h_usd: Decimal
    output_usd: Decimal


class Tokens(NamedTuple):
    """Counts of the four classes (writing to the cache has two lifetimes); None is unknown."""

    uncached_input: int | None
    cache_read: int | None
    cache_write: int | None
    cache_write_1h: int | None
    output: int | None


# (provider or "", model, day, tier) -> the rates in force, or None where the price is unknown
PriceBook = Callable[[str, str, date, str], Rates | None]


def list_value_nano_usd(tokens: Tokens, rates: Rates | None) -> int | None:
    """Return what *tokens* cost at *rates* in nano-USD; None when the price or a count is unknown."""
    if rates is None or None in tokens:
        return None
    amounts = (Decimal(count) * rate for count, rate in zip(tokens, rates, strict=True) if count is not None)
    return nano_usd(sum(amounts, Decimal(0)))
