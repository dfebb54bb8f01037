"""What GitHub billed an organization for Copilot's AI credits, day by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.http import Api, ReplyError
from bot.domain.money import MAX_NANO_USD, NANO_PER_USD, nano_usd
from bot.errors import ConnectorError

_MOST_USD: Final = Decimal(MAX_NANO_USD) / NANO_PER_USD


class _Period(Struct, frozen=True, gc=False):
    day: int | None = None


class _Item(Struct, frozen=True, gc=False, rename="camel"):
    net_amount: Decimal  # USD, after what seats include
    product: str = "copilot"


class _Bill(Struct, frozen=True, rename="camel"):
    time_period: _Period
    usage_items: list[_Item]


_BILL: Final = Decoder(_Bill)


def may_read_bill(api: Api, org: str, day: date) -> bool:
    """Return whether the organization is billed and its bill may be read; raises ConnectorError."""
    return _bill(api, org, day) is not None


def billed_days(api: Api, org: str, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Yield each day's bill in nano-USD where there is one; nothing where the enterprise is billed instead."""
    day = first
    while day <= last:
        bill = _bill(api, org, day)
        # A reply that does not name the day is a month's, which belongs to no day.
        if bill is None or bill.time_period.day != day.day:
            return
        amounts = [item.net_amount for item in bill.usage_items if item.product.lower() == "copilot"]
        if amounts:
            yield day, _sum_nano_usd(api, amounts)
        day += timedelta(days=1)


def _bill(api: Api, org: str, day: date) -> _Bill | None:
    asked = {"year": day.year, "month": day.month, "day": day.day}
    try:
        return api.get(f"/organizations/{org}/settings/billing/ai_credit/usage", _BILL, asked)
    except ReplyError as error:
        if error.status in (403, 404):
            return None
        raise


def _sum_nano_usd(api: Api, amounts: list[Decimal]) -> int:
    if any(not amount.is_finite() or abs(amount) > _MOST_USD for amount in amounts):
        raise ConnectorError(api.provider, "a bill has an impossible amount", permanent=False)
    return nano_usd(sum(amounts, Decimal(0)))
