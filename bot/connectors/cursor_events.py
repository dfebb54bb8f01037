"""Cursor's usage events: one page of them as rows, added up by person, model and kind of run."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import DecodeError, Raw, Struct, field
from msgspec.json import Decoder
from msgspec.structs import replace

from bot.connectors.estimates import VENDOR, at_list_price
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.money import MAX_NANO_USD, nano_usd
from bot.domain.pricing import PriceBook, Tokens
from bot.domain.tally import Tally
from bot.domain.usage import MEASURES, RunKind, UsageRow

TOOL: Final = "cursor"
OUTSIDE: Final = "an event outside the day that was asked for"
_MOST: Final = 10**12
_MAX_CENTS: Final = Decimal(MAX_NANO_USD) / 10**7
_UNKNOWN: Final = Tokens(None, None, None, None, None)


class _TokenUsage(Struct, frozen=True, gc=False, rename="camel"):
    input_tokens: int | None = None  # without what the cache gave
    output_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_read_tokens: int | None = None
    total_cents: Decimal | None = None  # what the model cost, whoever pays


class _Event(Struct, frozen=True, gc=False, rename="camel"):
    timestamp: str | int  # milliseconds, as text
    user_email: str | None = None
    service_account_id: str | None = None
    cloud_agent_id: str | None = None
    automation_id: str | None = None
    model: str | None = None
    is_headless: bool | None = None
    is_chargeable: bool | None = None
    charged_cents: Decimal | None = None
    token_usage: _TokenUsage | None = None


class _Pagination(Struct, frozen=True, rename="camel"):
    has_next_page: bool


class EventsPage(Struct, frozen=True):
    """A page of events, which are not read yet."""

    pagination: _Pagination
    events: list[Raw] = field(name="usageEvents")
    total: int | None = field(default=None, name="totalUsageEventsCount")


class Span(NamedTuple):
    """The first and the last millisecond that are asked for; both belong to it."""

    first_ms: int
    last_ms: int


class _UnusableError(Exception):
    """Says why an event cannot be used."""


class _Key(NamedTuple):
    account: str | None
    model: str
    run_kind: RunKind
    list_value_by: str


_EVENT: Final = Decoder(_Event)


def rows_of(events: Iterable[Raw], span: Span, reported: ReportedDay, prices: PriceBook) -> list[ReportedRow]:
    """Return a page's *events* of *span* added up by key; those that cannot be used are flaws of *reported*."""
    groups: dict[_Key, list[UsageRow]] = {}
    for raw in events:
        try:
            event = _EVENT.decode(raw)
            row = _row(event, span, reported.day, prices)
        except (DecodeError, UnicodeDecodeError):
            reported.flawed("an event that is not as agreed")
        except _UnusableError as problem:
            reported.flawed(str(problem))
        else:
            key = _Key(_account(event), row.model, row.run_kind, row.list_value_by)
            groups.setdefault(key, []).append(row)
    return [_added_up(key, rows) for key, rows in groups.items()]


def _row(event: _Event, span: Span, day: date, prices: PriceBook) -> UsageRow:
    """Return one event as a row; raises _UnusableError that says why it cannot be used."""
    if not span.first_ms <= _milliseconds(event.timestamp) <= span.last_ms:
        raise _UnusableError(OUTSIDE)
    model = event.model or NO_MODEL
    usage = event.token_usage
    tokens = _tokens(usage)
    value, by = _nano_usd(usage.total_cents if usage else None), VENDOR
    if value is None:
        value, by = at_list_price(prices, "", model, day, tokens)
    return UsageRow(
        day,
        TOOL,
        0,
        TOOL,
        model,
        _run_kind(event),
        uncached_input_tokens=tokens.uncached_input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
        requests=1,
        billed_nano_usd=_billed(event),
        list_value_nano_usd=value,
        list_value_by=by,
    )


def _milliseconds(timestamp: str | int) -> int:
    if isinstance(timestamp, str) and not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 20):
        raise _UnusableError("an event without a time")
    return int(timestamp)


def _account(event: _Event) -> str | None:
    return (event.user_email or "").strip().lower() or event.service_account_id or None


def _run_kind(event: _Event) -> RunKind:
    if event.automation_id:
        return "schedule"
    on_its_own = event.service_account_id or event.cloud_agent_id or event.is_headless
    return "service" if on_its_own else "person"


def _tokens(usage: _TokenUsage | None) -> Tokens:
    if usage is None:
        return _UNKNOWN
    tokens = Tokens(usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens, 0, usage.output_tokens)
    if any(count is not None and not 0 <= count <= _MOST for count in tokens):
        raise _UnusableError("an event with an impossible count")
    return tokens


def _billed(event: _Event) -> int | None:
    """Return what is charged in nano-USD: nothing where the seat includes it, whatever the event says."""
    charged = _nano_usd(event.charged_cents)
    if event.is_chargeable is None:
        return None
    return charged if event.is_chargeable else 0


def _nano_usd(cents: Decimal | None) -> int | None:
    if cents is None:
        return None
    if not cents.is_finite() or not 0 <= cents <= _MAX_CENTS:
        raise _UnusableError("an event with an impossible amount")
    return nano_usd(cents / 100)


def _added_up(key: _Key, rows: list[UsageRow]) -> ReportedRow:
    if len(rows) == 1:
        return ReportedRow(key.account, rows[0])
    tally = Tally()
    tally.add_rows(rows)
    measures = dict(zip(MEASURES, tally.values, strict=True))
    return ReportedRow(key.account, replace(rows[0], partly_unknown=tally.partly, **measures))
