"""Mostly short calls on a large model (rule N5), told from averages: single calls are not kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from bot.domain.hints.finding import Finding, claimed
from bot.domain.pricing import PriceBook, Rates
from bot.domain.usage import BIT, TOKEN_MEASURES, UsageRow

WINDOW_DAYS: Final = 14
LEAST_CALLS: Final = 50
LEAST_SHARE_PERCENT: Final = 30
MOST_INPUT_TOKENS: Final = 2_000
MOST_OUTPUT_TOKENS: Final = 300
_SCALED_TO: Final = 28
# A large model's family, and a smaller model of the same provider; the prices say whether it costs less.
_SMALLER: Final = (
    (re.compile(r"\bopus\b"), "claude-sonnet-4-5"),
    (re.compile(r"^gpt-5(?!.*(?:mini|nano))"), "gpt-5-mini"),
    (re.compile(r"^gpt-4\.1(?!.*(?:mini|nano))"), "gpt-4.1-mini"),
    (re.compile(r"^gpt-4o(?!.*mini)"), "gpt-4o-mini"),
    (re.compile(r"^gemini-2\.5-pro"), "gemini-2.5-flash"),
)
_SENT: Final = TOKEN_MEASURES[:4]
_NEEDED: Final = ("requests", *TOKEN_MEASURES)
_NEEDED_BITS: Final = sum(BIT[name] for name in _NEEDED)


def smaller_model(model: str) -> str:
    """Return a smaller model of the same provider; empty where none is known."""
    return next((smaller for family, smaller in _SMALLER if family.search(model)), "")


@dataclass(slots=True)
class _Calls:
    """One large model's calls in the window, and what of them was short."""

    calls: int = 0
    short: int = 0
    days: int = 0
    new_input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    at_list_usd: Decimal = Decimal(0)
    on_smaller_usd: Decimal = Decimal(0)
    billed_nano_usd: int = 0
    is_billed: bool = True


def short_calls(rows: Iterable[UsageRow], today: date, prices: PriceBook) -> list[Finding]:
    """Return the large models on which at least 50 calls of the last 14 days were mostly short.

    A call counts as short if a day's calls of one tool and model (and job) were so on average.
    """
    first = today - timedelta(days=WINDOW_DAYS)
    models: dict[str, _Calls] = {}
    for row in rows:
        if first <= row.day < today and not row.is_seat and smaller_model(row.model):
            _add(models.setdefault(row.model, _Calls()), row, prices)
    found = [_finding(model, calls, first, today - timedelta(days=1)) for model, calls in sorted(models.items())]
    return [finding for finding in found if finding is not None]


def _add(calls: _Calls, row: UsageRow, prices: PriceBook) -> None:
    calls.calls += row.requests or 0
    if not _is_short(row):
        return
    rates = prices("", row.model, row.day, row.tier)
    smaller = prices("", smaller_model(row.model), row.day, row.tier)
    if rates is None or smaller is None:
        return
    calls.short += row.requests or 0
    calls.days += 1
    calls.new_input_tokens += row.uncached_input_tokens or 0
    calls.cache_read_tokens += row.cache_read_tokens or 0
    calls.cache_write_tokens += (row.cache_write_tokens or 0) + (row.cache_write_1h_tokens or 0)
    calls.output_tokens += row.output_tokens or 0
    calls.at_list_usd += _usd(row, rates)
    calls.on_smaller_usd += _usd(row, smaller)
    calls.is_billed = calls.is_billed and row.billed_nano_usd is not None
    calls.billed_nano_usd += row.billed_nano_usd or 0


def _is_short(row: UsageRow) -> bool:
    if row.partly_unknown & _NEEDED_BITS or any(getattr(row, name) is None for name in _NEEDED) or not row.requests:
        return False
    sent = sum(getattr(row, name) for name in _SENT)  # how long a call is; the classes are shown apart
    answered = row.output_tokens or 0
    return sent <= MOST_INPUT_TOKENS * row.requests and answered <= MOST_OUTPUT_TOKENS * row.requests


def _usd(row: UsageRow, rates: Rates) -> Decimal:
    counts = (getattr(row, name) or 0 for name in TOKEN_MEASURES)
    return sum((count * rate for count, rate in zip(counts, rates, strict=True)), Decimal(0))


def _finding(model: str, calls: _Calls, first: date, last: date) -> Finding | None:
    if calls.short < LEAST_CALLS or calls.short * 100 < LEAST_SHARE_PERCENT * calls.calls:
        return None
    if calls.on_smaller_usd >= calls.at_list_usd:
        return None
    saving = None
    if calls.is_billed and calls.billed_nano_usd > 0:
        kept = 1 - calls.on_smaller_usd / calls.at_list_usd
        saving = int(calls.billed_nano_usd * kept) * _SCALED_TO // WINDOW_DAYS
    values: dict[str, int | str] = {
        "calls": calls.short,
        "calls_on_model": calls.calls,
        "new_input_tokens_a_call": calls.new_input_tokens // calls.short,
        "cache_read_tokens_a_call": calls.cache_read_tokens // calls.short,
        "cache_write_tokens_a_call": calls.cache_write_tokens // calls.short,
        "output_tokens_a_call": calls.output_tokens // calls.short,
        "smaller_model": smaller_model(model),
    }
    if calls.is_billed:
        values["billed_nano_usd"] = calls.billed_nano_usd
    return Finding("short_calls", model, values, claimed(saving), first, last)
