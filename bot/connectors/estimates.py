"""What a row would cost at list price, where its provider does not say."""

from datetime import date
from typing import Final

from bot.domain.pricing import PriceBook, Tokens, list_value_nano_usd
from bot.domain.usage import STANDARD_TIER

# Who estimated a list value.
VENDOR: Final = "vendor"
GATEWAY: Final = "gateway"
PRICE_LIST: Final = "price list"


def at_list_price(
    prices: PriceBook, provider: str, model: str, day: date, tokens: Tokens, tier: str = STANDARD_TIER
) -> tuple[int | None, str]:
    """Return what *tokens* cost at list price in nano-USD, and who says so; (None, "") where it is unknown."""
    value = list_value_nano_usd(tokens, prices(provider, model, day, tier))
    return value, "" if value is None else PRICE_LIST
