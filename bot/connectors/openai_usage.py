"""OpenAI's usage by person, key and model: every kind of use that has a person."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from bot.connectors.estimates import at_list_price
from bot.connectors.openai_client import PROVIDER, OpenAIApi
from bot.connectors.openai_pages import Neighbours, results_of_day
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook, Tokens
from bot.domain.usage import BIT, STANDARD_TIER, TOKEN_MEASURES, UsageRow

TOOL: Final = "openai-api"
_MAX_COUNT: Final = 10**12
_BATCH_TIER: Final = "batch"
# What OpenAI calls the tier at standard prices.
_DEFAULT_TIER: Final = "default"


class Kind(NamedTuple):
    """One usage report: what it can be grouped by, and what its tokens are."""

    name: str
    group_by: tuple[str, ...]
    tokens: Literal["all classes", "new input", "none"]


_BY_MODEL: Final = ("user_id", "api_key_id", "model")
KINDS: Final = (
    Kind("completions", (*_BY_MODEL, "batch", "service_tier"), "all classes"),
    Kind("embeddings", _BY_MODEL, "new input"),
    Kind("moderations", _BY_MODEL, "new input"),
    Kind("images", _BY_MODEL, "none"),
    Kind("audio_speeches", _BY_MODEL, "none"),
    Kind("audio_transcriptions", _BY_MODEL, "none"),
)
_BITS: Final = [BIT[name] for name in (*TOKEN_MEASURES, "requests", "list_value_nano_usd")]
_NO_TOKENS: Final = Tokens(None, None, None, None, None)


class _Result(msgspec.Struct, frozen=True, gc=False):
    user_id: str | None = None
    api_key_id: str | None = None
    model: str | None = None
    batch: bool | None = None
    service_tier: str | None = None
    input_tokens: int | None = None
    input_cached_tokens: int | None = None
    input_cache_write_tokens: int | None = None
    input_uncached_tokens: int | None = None
    output_tokens: int | None = None
    num_model_requests: int | None = None


_decoder: Final = msgspec.json.Decoder(_Result)


def usage_batches(api: OpenAIApi, prices: PriceBook, reported: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
    """Yield the day's usage page by page, its money unknown; raises ConnectorError."""
    for kind in KINDS:
        seen = Neighbours[_Result]()
        for results in results_of_day(api, f"usage.{kind.name}", kind.group_by, reported, _decoder):
            seen.turn_the_page()
            rows = [_reported_row(kind, one, prices, reported) for one in results if _counts(one, seen, reported)]
            yield [row for row in rows if row is not None]


def _counts(one: _Result, seen: Neighbours[_Result], reported: ReportedDay) -> bool:
    key = (one.user_id, one.api_key_id, one.model, one.batch, one.service_tier)
    return seen.is_new(key, one, reported)


def _reported_row(kind: Kind, one: _Result, prices: PriceBook, reported: ReportedDay) -> ReportedRow | None:
    tokens = _tokens(kind, one)
    problem = _problem([count for count in (*tokens, one.num_model_requests) if count is not None])
    if problem:
        reported.flawed(problem)
        return None
    model, tier = one.model or NO_MODEL, _tier(one)
    # Priced by its tier and kept as one row: the bill does not tell tiers apart, and its money has to meet its tokens.
    value, by = at_list_price(prices, PROVIDER, model, reported.day, tokens, tier)
    row = UsageRow(
        day=reported.day,
        source=PROVIDER,
        source_id=0,
        tool=TOOL,
        model=model,
        uncached_input_tokens=tokens.uncached_input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
        requests=one.num_model_requests,
        list_value_nano_usd=value,
        list_value_by=by,
        partly_unknown=_unknown(tokens, one.num_model_requests, value),
    )
    return ReportedRow(one.user_id or one.api_key_id or None, row, one.api_key_id or None)


def _problem(counts: Sequence[int]) -> str:
    if counts and min(counts) < 0:
        return "a row with a negative count"
    return "a row with a count that cannot be" if counts and max(counts) > _MAX_COUNT else ""


def _tokens(kind: Kind, one: _Result) -> Tokens:
    if kind.tokens == "none":  # pictures, characters and seconds are no text tokens
        return _NO_TOKENS
    if kind.tokens == "new input":
        return Tokens(one.input_tokens, 0, 0, 0, 0)
    uncached, read, written = _parts_of_input(one)
    # What is written lives for 30 minutes or 12 hours; the class of an hour is another provider's.
    return Tokens(uncached, read, written, 0 if written is not None else None, one.output_tokens)


def _parts_of_input(one: _Result) -> tuple[int | None, int | None, int | None]:
    """Return new input, read from and written to the cache.

    Input is these three: one that is not told is the rest, where more are not told they stay unknown.
    """
    parts = (one.input_uncached_tokens, one.input_cached_tokens, one.input_cache_write_tokens)
    if one.input_tokens is None or parts.count(None) != 1:
        return parts
    rest = one.input_tokens - sum(part for part in parts if part is not None)
    uncached, read, written = (rest if part is None else part for part in parts)
    return uncached, read, written


def _tier(one: _Result) -> str:
    if one.batch:
        return _BATCH_TIER
    return STANDARD_TIER if one.service_tier in (None, "", _DEFAULT_TIER) else one.service_tier


def _unknown(tokens: Tokens, requests: int | None, value: int | None) -> int:
    """Return the bits of what is unknown: in pieces an unknown measure would pass for one not spoken of."""
    told = (*tokens, requests, value)
    return sum(bit for bit, count in zip(_BITS, told, strict=True) if count is None) if None in told else 0
