"""OpenAI's costs: what was billed, by person and line item, and by day."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from bot.connectors.openai_client import PROVIDER, OpenAIApi
from bot.connectors.openai_pages import Neighbours, buckets, results_of_day, start_of
from bot.connectors.openai_usage import TOOL
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.money import MAX_NANO_USD, nano_usd, usd
from bot.domain.usage import UsageRow

RESOURCE: Final = "usage.costs"
BY_PERSON: Final = ("user_id", "line_item")
_MOST_USD: Final = usd(MAX_NANO_USD)
_MOST_DAYS: Final = 180


class _Amount(msgspec.Struct, frozen=True, gc=False):
    value: Decimal
    currency: str


class _Cost(msgspec.Struct, frozen=True, gc=False):
    amount: _Amount
    user_id: str | None = None
    line_item: str | None = None


_decoder: Final = msgspec.json.Decoder(_Cost)


def cost_batches(api: OpenAIApi, reported: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
    """Yield what each person was billed on the day by line item, page by page; raises ConnectorError."""
    seen = Neighbours[_Cost]()
    for results in results_of_day(api, RESOURCE, BY_PERSON, reported, _decoder):
        seen.turn_the_page()
        new = (one for one in results if seen.is_new((one.user_id, one.line_item), one, reported))
        rows = [_piece(one, reported) for one in new]
        yield [row for row in rows if row is not None]


def _piece(one: _Cost, reported: ReportedDay) -> ReportedRow | None:
    problem = _problem(one.amount)
    if problem:
        reported.flawed(problem)
        return None
    # It adds no tokens to those of the usage rows, and a charge without a model has none.
    row = UsageRow(
        day=reported.day,
        source=PROVIDER,
        source_id=0,
        tool=TOOL,
        model=_model(one.line_item or ""),
        uncached_input_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=0,
        requests=0,
        billed_nano_usd=nano_usd(one.amount.value),
    )
    return ReportedRow(one.user_id or None, row)


def _problem(amount: _Amount) -> str:
    if amount.currency.lower() != "usd":
        return "a cost in another currency than USD"
    if not amount.value.is_finite() or abs(amount.value) > _MOST_USD:
        return "a cost that cannot be"
    return "a cost below 0" if amount.value < 0 else ""


def _model(line_item: str) -> str:
    """Return what stands before the comma: "gpt-5, input" is about gpt-5, "web search" about no model."""
    model, comma, _ = line_item.partition(",")
    return model.strip() or NO_MODEL if comma else NO_MODEL


def billed_days(api: OpenAIApi, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Yield what each day that has costs was billed in all, in nano-USD; raises ConnectorError.

    A day with a cost that cannot be read is left out: its bill is unknown.
    """
    while first <= last:
        upto = min(last, first + timedelta(days=_MOST_DAYS - 1))
        yield from _billed(api, first, upto)
        first = upto + timedelta(days=1)


def _billed(api: OpenAIApi, first: date, last: date) -> Iterator[tuple[date, int]]:
    asked = {
        "start_time": start_of(first),
        "end_time": start_of(last + timedelta(days=1)),
        "bucket_width": "1d",
        "limit": (last - first).days + 1,
    }
    sums: dict[int, int | None] = {}
    for page in buckets(api, RESOURCE, asked):
        for bucket in page:
            for raw in bucket.results:
                sums[bucket.start_time] = _plus(sums.get(bucket.start_time, 0), raw)
    for start, nano in sorted(sums.items()):
        day = datetime.fromtimestamp(start, UTC).date()
        if nano is not None and first <= day <= last:
            yield day, nano


def _plus(known: int | None, raw: msgspec.Raw) -> int | None:
    """Return the sum with one more cost; None once a part of it cannot be read."""
    try:
        amount = _decoder.decode(raw).amount
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if known is None or amount.currency.lower() != "usd" or not amount.value.is_finite():
        return None
    return known + nano_usd(amount.value) if abs(amount.value) <= _MOST_USD else None
