"""Anthropic's usage and cost analytics: what each actor used, and what that cost after discounts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.anthropic_actors import Group, subject_of
from bot.connectors.anthropic_format import (
    KIND,
    OTHER_DAY,
    TokenCounts,
    UnusableError,
    as_text,
    day_of,
    end_of,
    nano_usd_of_cents,
    start_of,
)
from bot.connectors.anthropic_pages import Endpoint, Repeats, RowDecoder, Rows
from bot.connectors.estimates import VENDOR, at_list_price
from bot.connectors.http import Api
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook
from bot.domain.usage import UsageRow

_BETA: Final = {"anthropic-beta": "analytics-usage-cost-2026-08-24"}
_DIMENSIONS: Final = ["actor", "model", "product", "claude_tag_category"]
# Days before it do not exist, nor those more than a year ago.
_FIRST_DAY: Final = date(2026, 1, 1)
_DAYS_BACK: Final = 364
_SETTLES: Final = timedelta(hours=24)


class _Cost(Struct, frozen=True, gc=False):
    amount: Decimal
    list_amount: Decimal | None = None
    currency: str | None = None


class _UsageItem(Struct, frozen=True, gc=False):
    starting_at: datetime
    group: Group
    usage: TokenCounts


class _CostItem(Struct, frozen=True, gc=False):
    starting_at: datetime
    group: Group
    cost: _Cost


Item = TypeVar("Item", _UsageItem, _CostItem)

USAGE: Final = Endpoint(
    "/v1/organizations/analytics/usage", RowDecoder(Decoder(list[_UsageItem]), Decoder(_UsageItem)), headers=_BETA
)
COST: Final = Endpoint(
    "/v1/organizations/analytics/cost", RowDecoder(Decoder(list[_CostItem]), Decoder(_CostItem)), headers=_BETA
)


def asked_for(day: date, limit: int = 1000) -> dict[str, str | int | list[str]]:
    """Return the parameters of one day."""
    return {
        "starting_at": as_text(start_of(day)),
        "ending_at": as_text(end_of(day)),
        "time_bucket_width": "1d",
        "group_by[]": _DIMENSIONS,
        "limit": limit,
    }


def first_served(today: date) -> date:
    """Return the first day that can be asked for."""
    return max(_FIRST_DAY, today - timedelta(days=_DAYS_BACK))


class Analytics:
    """The analytics under one key; with *prices* instead of costs where the key may not read those."""

    def __init__(self, api: Api, prices: PriceBook, *, with_cost: bool) -> None:
        self._api, self._prices, self._with_cost = api, prices, with_cost

    def report(self, day: date, now: datetime) -> ReportedDay:
        """Return what is said of *day*; reading it raises ConnectorError."""
        reported = ReportedDay(day, (), complete=now >= end_of(day), pieces=self._with_cost)
        reported.batches = self._batches(reported, now)
        return reported

    def _batches(self, reported: ReportedDay, now: datetime) -> Iterator[Sequence[ReportedRow]]:
        repeats = Repeats(reported)
        for usage in USAGE.pages(self._api, asked_for(reported.day)):
            _note(usage, reported, now)
            repeats.turn_page()
            yield [self._used(item, reported.day) for item in _usable(usage.data, reported, repeats)]
        if not self._with_cost:
            return
        repeats = Repeats(reported)
        for costs in COST.pages(self._api, asked_for(reported.day)):
            _note(costs, reported, now)
            repeats.turn_page()
            yield list(_charged(_usable(costs.data, reported, repeats), reported))

    def _used(self, item: _UsageItem, day: date) -> ReportedRow:
        about, tokens = subject_of(item.group), item.usage.tokens
        value, by = (None, "") if self._with_cost else at_list_price(self._prices, KIND, about.model, day, tokens)
        row = UsageRow(
            day,
            KIND,
            0,
            about.tool,
            about.model,
            about.run_kind,
            uncached_input_tokens=tokens.uncached_input,
            cache_read_tokens=tokens.cache_read,
            cache_write_tokens=tokens.cache_write,
            cache_write_1h_tokens=tokens.cache_write_1h,
            output_tokens=tokens.output,
            requests=item.usage.requests,
            list_value_nano_usd=value,
            list_value_by=by,
        )
        return ReportedRow(about.account, row, about.key)


def _note(rows: Rows[_UsageItem] | Rows[_CostItem], reported: ReportedDay, now: datetime) -> None:
    """Note what of a page cannot be used, and whether the day can still grow."""
    for line in rows.flaws:
        reported.flawed(line)
    end = end_of(reported.day)
    settled = now >= end + _SETTLES if rows.refreshed_at is None else rows.refreshed_at >= end
    reported.complete = reported.complete and settled


def _usable(items: Iterable[Item], reported: ReportedDay, repeats: Repeats) -> Iterator[Item]:
    """Yield the items of the day that did not come before; actors without a name are several, and all count."""
    start = start_of(reported.day)
    for item in items:
        if item.starting_at != start and day_of(item.starting_at) != reported.day:
            reported.flawed(OTHER_DAY)
            continue
        group = item.group
        account = group.actor.account if group.actor else None
        key = (account, group.model, group.product, group.claude_tag_category)
        if account is None or not repeats.has(key, item):
            yield item


def _charged(items: Iterable[_CostItem], reported: ReportedDay) -> Iterator[ReportedRow]:
    for item in items:
        try:
            yield _cost_row(item, reported.day)
        except UnusableError as problem:
            reported.flawed(str(problem))


def _cost_row(item: _CostItem, day: date) -> ReportedRow:
    """Return the money of a row that has its tokens elsewhere; raises UnusableError."""
    about, cost = subject_of(item.group), item.cost
    listed = cost.list_amount
    # Without a model there are no tokens; with one, the usage report says how many.
    tokens = 0 if item.group.model is None else None
    row = UsageRow(
        day,
        KIND,
        0,
        about.tool,
        about.model,
        about.run_kind,
        uncached_input_tokens=tokens,
        cache_read_tokens=tokens,
        cache_write_tokens=tokens,
        cache_write_1h_tokens=tokens,
        output_tokens=tokens,
        billed_nano_usd=nano_usd_of_cents(cost.amount, cost.currency),
        list_value_nano_usd=None if listed is None else nano_usd_of_cents(listed, cost.currency),
        list_value_by="" if listed is None else VENDOR,
    )
    return ReportedRow(about.account, row, about.key)
