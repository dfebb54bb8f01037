"""Money is nano-USD: a 64-bit integer of a billionth of a dollar. Nothing here is a float."""

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

NANO_PER_USD: Final = 1_000_000_000
MAX_NANO_USD: Final = 10**12 * 1_000_000  # a thousand million dollars in one row is a mistake, not a cost


def nano_usd(amount: Decimal) -> int:
    """Return *amount* of USD in nano-USD, rounded half to even; raises ValueError when not finite."""
    if not amount.is_finite():
        raise ValueError("not a finite amount")
    return int((amount * NANO_PER_USD).to_integral_value(rounding=ROUND_HALF_EVEN))


def usd(nano: int) -> Decimal:
    """Return nano-USD as exact USD."""
    return Decimal(nano).scaleb(-9)


def seat_share_nano_usd(monthly_nano_usd: int, day: date) -> int:
    """Return the share of a monthly seat that falls on *day*, in nano-USD.

    The shares of a month's days differ by at most one nano-USD and add up to the month's price exactly.
    """
    days = monthrange(day.year, day.month)[1]
    return monthly_nano_usd * day.day // days - monthly_nano_usd * (day.day - 1) // days
