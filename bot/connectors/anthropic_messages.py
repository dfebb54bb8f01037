"""Anthropic's report of messages: what went through API keys, at list price."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from bot.connectors.anthropic_format import (
    API_TOOL,
    KIND,
    OTHER_DAY,
    TokenCounts,
    as_text,
    day_of,
    end_of,
    model_name,
    printable,
    start_of,
)
from bot.connectors.anthropic_pages import UNREADABLE, Endpoint, Repeats, RowDecoder
from bot.connectors.estimates import at_list_price
from bot.connectors.http import Api
from bot.connectors.prices import LONG_CONTEXT_TIER
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook
from bot.domain.usage import STANDARD_TIER, UsageRow

_DIMENSIONS: Final = ["api_key_id", "account_id", "service_account_id", "model", "service_tier", "context_window"]
_LONG_CONTEXT: Final = "200k-1M"
_LONGEST_TIER: Final = 64


class _Result(TokenCounts, frozen=True, gc=False):
    api_key_id: str | None = None
    account_id: str | None = None
    service_account_id: str | None = None
    model: str | None = None
    service_tier: str | None = None
    context_window: str | None = None

    @property
    def group(self) -> tuple[str | None, ...]:
        """What makes the row the only one of its day."""
        return (
            self.api_key_id,
            self.account_id,
            self.service_account_id,
            self.model,
            self.service_tier,
            self.context_window,
        )


class _Bucket(Struct, frozen=True):
    starting_at: datetime
    results: Raw


_RESULTS: Final = RowDecoder(Decoder(list[_Result]), Decoder(_Result))

REPORT: Final = Endpoint(
    "/v1/organizations/usage_report/messages", RowDecoder(Decoder(list[_Bucket]), Decoder(_Bucket))
)


def asked_for(day: date) -> dict[str, str | int | list[str]]:
    """Return the parameters of one day."""
    return {
        "starting_at": as_text(start_of(day)),
        "ending_at": as_text(end_of(day)),
        "bucket_width": "1d",
        "group_by[]": _DIMENSIONS,
    }


def batches(
    api: Api, reported: ReportedDay, prices: PriceBook, counted: Callable[[str | None, str | None, str], bool]
) -> Iterator[Sequence[ReportedRow]]:
    """Yield the day's rows page by page; raises ConnectorError.

    *counted* tells from (user, key, model) whether Claude Code's own report has the traffic already.
    """
    repeats = Repeats(reported)
    for page in REPORT.pages(api, asked_for(reported.day)):
        for line in page.flaws:
            reported.flawed(line)
        repeats.turn_page()
        for bucket in page.data:
            yield [
                _row(result, reported.day, prices)
                for result in _results(bucket, reported)
                if not repeats.has(result.group, result)
                and not counted(result.account_id, result.api_key_id, result.model or "")
            ]


def _results(bucket: _Bucket, reported: ReportedDay) -> Sequence[_Result]:
    """Return a bucket's rows; what cannot be used is a flaw of the day."""
    try:
        rows = _RESULTS.read(bucket.results)
    except DecodeError:
        reported.flawed(UNREADABLE)
        return []
    for line in rows.flaws:
        reported.flawed(line)
    if rows.data and day_of(bucket.starting_at) != reported.day:
        reported.flawed(OTHER_DAY, len(rows.data))
        return []
    return rows.data


def _row(result: _Result, day: date, prices: PriceBook) -> ReportedRow:
    model, tokens = model_name(result.model), result.tokens
    served = printable(result.service_tier or "", _LONGEST_TIER) or STANDARD_TIER
    tier = LONG_CONTEXT_TIER if result.context_window == _LONG_CONTEXT else served
    # No list tells what a long request costs in a batch.
    is_priced = tier != LONG_CONTEXT_TIER or served == STANDARD_TIER
    value, by = at_list_price(prices, KIND, model, day, tokens, tier) if is_priced else (None, "")
    row = UsageRow(
        day,
        KIND,
        0,
        API_TOOL,
        model,
        tier=tier,
        uncached_input_tokens=tokens.uncached_input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
        list_value_nano_usd=value,
        list_value_by=by,
    )
    account = result.account_id or result.service_account_id or result.api_key_id
    return ReportedRow(account, row, result.api_key_id)
