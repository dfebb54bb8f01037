"""What tokens cost: the operator's contract prices, else the public list, by date and offline."""

import gc
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.connectors.contract_prices import contract_rates, load_contract_prices
from bot.domain.pricing import PriceBook, Rates
from bot.domain.usage import STANDARD_TIER

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import Provider

# What a source calls requests that it knows to be above the long-context threshold.
LONG_CONTEXT_TIER: Final = "long-context"
# Long-context tiers are cliffs over a whole request, and a day's total is not one request: the probe
# stays far below the lowest of them (32,000 tokens), and for that tier above the highest (272,000).
_PROBE_TOKENS: Final = 1_000
_LONG_PROBE_TOKENS: Final = 1_000_000
# The list counts the cache's parts as input, and the hour's part as written.
_PROBES: Final = (
    ("input_tokens",),
    ("input_tokens", "cache_read_tokens"),
    ("input_tokens", "cache_write_tokens"),
    ("input_tokens", "cache_write_tokens", "cache_write_1h_tokens"),
    ("output_tokens",),
)
_REMEMBERED: Final = 16_384
_STANDARD_TIERS: Final = frozenset({"", "default", STANDARD_TIER})
_BEDROCK: Final = re.compile(
    r"^(?:[a-z]+(?:-[a-z]+)?\.)?(?:amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen)\."
)
# Cursor and GitHub turn Anthropic's names round: claude-4.5-sonnet-thinking is claude-sonnet-4-5.
_TURNED_ROUND: Final = re.compile(r"^claude-(\d+(?:\.\d+)?)-(sonnet|opus|haiku)\b")
# How hard a model is told to think changes how much it writes, not what a token costs.
_EFFORT: Final = re.compile(r"-(?:minimal|low|medium|high|xhigh|thinking)$")


def price_book(overrides_path: Path | None) -> PriceBook:
    """Return the rates in force for a provider, model, day and tier; None where the price is unknown.

    Raises ConfigError that names every mistake in the override file.
    """
    contract = load_contract_prices(overrides_path)

    @lru_cache(_REMEMBERED)
    def rates(provider: str, model: str, day: date, tier: str) -> Rates | None:
        whose, name = provider.strip().lower(), model.strip().lower().removesuffix("[1m]")
        tier = STANDARD_TIER if tier in _STANDARD_TIERS else tier
        agreed = contract_rates(contract, whose, name, day, tier)
        return _list_rates(whose, name, day, tier) if agreed is None else agreed

    return rates


def _public_list() -> "DataSnapshot":
    """Return the list as it came with the library.

    One of our own each time: the library's shared one remembers every name that it was ever asked
    for, and names come from senders.
    """
    from genai_prices.data_snapshot import DataSnapshot  # see _providers

    return DataSnapshot(providers=_providers(), from_auto_update=False)


@cache
def _providers() -> "list[Provider]":
    # Imported when the first price is asked for: the list takes 26 MB that an idle bot need not hold.
    from genai_prices.data import providers

    # It stays for good: the garbage collector need not walk its objects again and again.
    gc.freeze()
    return providers


def _list_rates(provider: str, model: str, day: date, tier: str) -> Rates | None:
    public = _public_list()
    tried = (_probe(public, whose, name, day, tier) for whose, name in _names(public, provider, model))
    return next((rates for rates in tried if rates is not None), None)


def _names(public: "DataSnapshot", provider: str, model: str) -> Iterator[tuple[str | None, str]]:
    """Yield what the list may call the model: a Bedrock id, or the name as it came and then its aliases."""
    if _BEDROCK.match(model):
        yield "aws", model
        return
    yield (provider if provider and _is_known(public, provider) else None), model
    turned = _TURNED_ROUND.match(model)
    if turned is not None:
        yield "anthropic", f"claude-{turned[2]}-{turned[1].replace('.', '-')}"
    if "/" in model:
        yield None, model.rpartition("/")[2]
    if _EFFORT.search(model):
        yield None, _EFFORT.sub("", model)


def _is_known(public: "DataSnapshot", provider: str) -> bool:
    try:
        public.find_provider(None, provider, None)
    except LookupError:
        return False
    return True


def _probe(public: "DataSnapshot", provider: str | None, model: str, day: date, tier: str) -> Rates | None:
    """Return what one token of each class costs, from a small probe of each."""
    from genai_prices.types import Usage  # see _providers

    noon = datetime.combine(day, time(12), UTC)
    size = _LONG_PROBE_TOKENS if tier == LONG_CONTEXT_TIER else _PROBE_TOKENS
    by_size_alone = tier in (STANDARD_TIER, LONG_CONTEXT_TIER)
    context = {} if by_size_alone else {"processing": tier, "service_tier": tier, "speed": tier}
    try:
        _, found = public.find_provider_model(model, None, provider, None)
        price = found.get_prices(noon, context)
        if context and price == found.get_prices(noon):
            return None  # the list does not know this tier and would silently give the standard price
        if all(getattr(price, name, None) is None for name in ("input_mtok", "output_mtok")):
            return None  # priced by something else than tokens
        sums = [price.calc_price(Usage(**dict.fromkeys(probe, size)))["total_price"] for probe in _PROBES]
        if tier == LONG_CONTEXT_TIER:
            # What is read decides the tier of what is written, so that needs an input beside it.
            sums[-1] = price.calc_price(Usage(input_tokens=size, output_tokens=size))["output_price"]
    except (LookupError, ValueError):
        return None
    return Rates(*(amount / size for amount in sums))
