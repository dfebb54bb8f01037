"""Contract prices of the operator, over the public list; the format is in bot/defaults/prices.toml."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.domain.pricing import Rates
from bot.domain.usage import STANDARD_TIER
from bot.errors import ConfigError
from bot.policy import packaged_text

_MILLION: Final = 1_000_000
_DATE_OF_A_MODEL: Final = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


class _Price(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"from_day": "from"}):
    """One entry of the file; amounts are USD for a million tokens."""

    model: str
    from_day: date
    uncached_input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    output: Decimal
    provider: str = ""
    tier: str = STANDARD_TIER

    @property
    def usd_per_mtok(self) -> tuple[Decimal, ...]:
        """The rates in the order of Rates."""
        return (self.uncached_input, self.cache_read, self.cache_write, self.cache_write_1h, self.output)


# (provider or "", model, tier) -> entries, the latest first
ContractPrices = dict[tuple[str, str, str], list[_Price]]


def contract_rates(prices: ContractPrices, provider: str, model: str, day: date, tier: str) -> Rates | None:
    """Return the contract's rates in force on *day*, None where the contract says nothing.

    An entry for the very name wins over one for the model without its date, one for the provider over
    one for any.
    """
    for name in (model, _DATE_OF_A_MODEL.sub("", model)):
        for whose in (provider, ""):
            for entry in prices.get((whose, name, tier), ()):
                if entry.from_day <= day:
                    return Rates(*(usd / _MILLION for usd in entry.usd_per_mtok))
    return None


def load_contract_prices(path: Path | None) -> ContractPrices:
    """Read the override file, or the packaged one; raises ConfigError that names every wrong entry."""
    name = str(path) if path else "the packaged prices"
    try:
        text = path.read_text("utf-8") if path else packaged_text("prices.toml")
        document = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise ConfigError(f"PRICES_FILE: {name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"PRICES_FILE: {name} is not TOML: {error}.") from None
    entries = document.pop("price", [])
    if document or not isinstance(entries, list):
        raise ConfigError(f"PRICES_FILE: {name}: every entry begins with [[price]], and nothing else is known.")
    prices: ContractPrices = {}
    problems = [(number, _add(prices, raw)) for number, raw in enumerate(entries, 1)]
    lines = [f"PRICES_FILE: {name}: [[price]] number {number}: {what}" for number, what in problems if what]
    if lines:
        raise ConfigError(*lines)
    return prices


def _add(prices: ContractPrices, raw: Any) -> str:
    """Add one entry; return what is wrong with it, or nothing."""
    try:
        entry = msgspec.convert(raw, _Price)
    except msgspec.ValidationError as error:
        return f"{error}."
    if not entry.model.strip():
        return "model is empty."
    for usd in entry.usd_per_mtok:
        if not usd.is_finite() or not 0 <= usd <= _MILLION:
            return f"{usd} is not a price in USD for a million tokens."
    key = (entry.provider.strip().lower(), entry.model.strip().lower(), entry.tier)
    known = prices.setdefault(key, [])
    if any(entry.from_day == other.from_day for other in known):
        return f"{entry.model} has another price from {entry.from_day}; a new price needs a later day."
    known.append(entry)
    known.sort(key=lambda price: price.from_day, reverse=True)
    return ""
