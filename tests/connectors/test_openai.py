"""What OpenAI's organization used and was billed, as the source reports it, against a stand-in that holds it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.connectors.openai_client import openai_api
from bot.connectors.openai_source import OpenAISource
from bot.connectors.prices import price_book
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook
from bot.domain.tally import Tally, measures
from bot.domain.usage import MEASURES, TOKEN_MEASURES, UsageRow
from tests.providers.openai import Charge, OpenAIStandIn, Use

DAY = date(2026, 11, 10)
NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
EMBEDDED = {"input_tokens": 64, "num_model_requests": 2}
Key = tuple[str | None, date, str, str]


def completion(uncached: int, cached: int = 0, written: int = 0, output: int = 0, requests: int = 1) -> dict[str, Any]:
    return {
        "input_tokens": uncached + cached + written,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": written,
        "input_uncached_tokens": uncached,
        "output_tokens": output,
        "num_model_requests": requests,
    }


@pytest.fixture(scope="module")
def prices() -> PriceBook:
    return price_book(None)


@pytest.fixture
def openai() -> Iterator[OpenAIStandIn]:
    stand = OpenAIStandIn()
    with stand:
        stand.used = [
            Use(DAY, "user-ada", "key-1", "gpt-5", completion(1_000, 400, 100, 50, 3)),
            Use(DAY, "user-ada", "key-2", "gpt-5", completion(7, 1, 0, 2, 1)),
            Use(DAY, "user-ada", "key-1", "gpt-5", completion(11, 0, 0, 4), batch=True),
            Use(DAY, "user-bob", "key-3", "gpt-5-mini", completion(300, 0, 0, 30, 9), service_tier="flex"),
            Use(DAY, None, "key-team", "gpt-5", completion(90, 10, 0, 5)),
            Use(DAY, None, None, "gpt-5", completion(8, 0, 0, 1)),
            Use(
                DAY,
                "user-bob",
                "key-3",
                "text-embedding-3-small",
                {"input_tokens": 64, "num_model_requests": 2},
                "embeddings",
            ),
            Use(NEXT, "user-ada", "key-1", "gpt-5", completion(5, 0, 0, 5)),
        ]
        stand.charges = [
            Charge(DAY, "user-ada", "gpt-5, input", Decimal("0.13080438")),
            Charge(DAY, "user-ada", "gpt-5, output", Decimal("0.000000001")),
            Charge(DAY, "user-ada", "web search tool calls", Decimal("0.01")),
            Charge(DAY, "user-bob", "gpt-5-mini, input", Decimal("2.5")),
            Charge(DAY, None, "gpt-5, input", Decimal("0.07")),
            Charge(NEXT, "user-ada", "gpt-5, input", Decimal("1")),
        ]
        yield stand


@pytest.fixture
def source(openai: OpenAIStandIn, prices: PriceBook) -> Iterator[OpenAISource]:
    source = OpenAISource(openai_api(f"{openai.url}/v1", openai.key), prices, lambda: NOW)
    yield source
    source.close()


def read(source: OpenAISource, first: date = DAY, last: date = DAY) -> list[tuple[ReportedDay, list[ReportedRow]]]:
    return [(day, [row for batch in day.batches for row in batch]) for day in source.reported_days(first, last)]


def rows_of(source: OpenAISource, first: date = DAY, last: date = DAY) -> list[ReportedRow]:
    return [row for _, rows in read(source, first, last) for row in rows]


def only_day(source: OpenAISource) -> tuple[ReportedDay, list[ReportedRow]]:
    (day,) = read(source)
    return day


def summed(rows: list[ReportedRow]) -> dict[Key, dict[str, int | None]]:
    """Join the pieces as a reader of the report does."""
    sums: defaultdict[Key, Tally] = defaultdict(Tally)
    for account, row, _ in rows:
        sums[account, row.day, row.model, row.tier].add(
            measures(row), row.list_value_by, row.partly_unknown, piece=True
        )
    return {key: dict(zip(MEASURES, tally.values, strict=True)) for key, tally in sums.items()}


def held(openai: OpenAIStandIn) -> dict[Key, list[int]]:
    """Add up what the stand-in holds: uncached, read, written, output, requests, billed in nano-USD."""
    sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0] * 6)
    for use in openai.used:
        names = ("input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens", "output_tokens")
        counts = [use.counts.get(name) or 0 for name in (*names, "num_model_requests")]
        if use.kind == "embeddings":
            counts[0] = use.counts["input_tokens"] or 0
        key = (use.user_id or use.api_key_id, use.day, use.model or "", "standard")
        sums[key] = [old + new for old, new in zip(sums[key], [*counts, 0], strict=True)]
    for charge in openai.charges:
        model = charge.line_item.partition(",")[0] if "," in charge.line_item else NO_MODEL
        sums[charge.user_id, charge.day, model, "standard"][5] += int(charge.usd * 10**9)
    return sums


def told(rows: list[ReportedRow]) -> dict[Key, list[int]]:
    names = ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "requests")
    return {key: [values[name] or 0 for name in (*names, "billed_nano_usd")] for key, values in summed(rows).items()}


def test_totals_per_account_day_and_model_are_what_openai_holds(openai: OpenAIStandIn, source: OpenAISource) -> None:
    assert told(rows_of(source, DAY, NEXT)) == held(openai)


def test_a_second_run_says_the_same_and_a_revision_is_told(openai: OpenAIStandIn, source: OpenAISource) -> None:
    assert told(rows_of(source)) == told(rows_of(source))
    openai.used[0] = replace(openai.used[0], counts=completion(2_000, 0, 0, 1))
    openai.charges.pop(1)
    assert told(rows_of(source, DAY, NEXT)) == held(openai)


@pytest.mark.parametrize("rows_a_page", [1, 2, 1000])
def test_a_day_cut_into_pages_is_whole(openai: OpenAIStandIn, source: OpenAISource, rows_a_page: int) -> None:
    openai.rows_a_page = rows_a_page
    day, rows = only_day(source)
    openai.used = [use for use in openai.used if use.day == DAY]
    openai.charges = [charge for charge in openai.charges if charge.day == DAY]
    assert (told(rows), day.flaws, day.complete) == (held(openai), {}, True)


def test_money_is_exact_and_its_lanes_are_apart(openai: OpenAIStandIn, source: OpenAISource) -> None:
    ada = summed(rows_of(source))["user-ada", DAY, "gpt-5", "standard"]
    assert ada["billed_nano_usd"] == 130_804_381
    assert ada["list_value_nano_usd"] is not None
    openai.charges = []
    assert summed(rows_of(source))["user-ada", DAY, "gpt-5", "standard"]["billed_nano_usd"] is None


def test_a_row_names_its_key_and_is_priced_by_the_list(source: OpenAISource) -> None:
    row = next(one for one in rows_of(source) if one.account == "key-team")
    assert (row.key, row.row.source, row.row.tool, row.row.run_kind) == ("key-team", "openai", "openai-api", "unknown")
    assert row.row.list_value_by == "price list"


def test_days_that_have_not_begun_are_not_asked_for_and_a_day_settles_after_another(source: OpenAISource) -> None:
    days = [day for day, _ in read(source, date(2026, 11, 14), date(2026, 11, 30))]
    assert [(day.day.day, day.complete) for day in days] == [(14, True), (15, False), (16, False)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (completion(500, 400, 100), (500, 400, 100)),
        ({"input_tokens": 1_000, "input_cached_tokens": 400, "input_cache_write_tokens": 100}, (500, 400, 100)),
        ({"input_tokens": 1_000, "input_cached_tokens": 400, "input_uncached_tokens": 500}, (500, 400, 100)),
        ({"input_tokens": 1_000, "input_cached_tokens": 400}, (None, 400, None)),
        ({"input_tokens": 1_000}, (None, None, None)),
    ],
)
def test_input_is_told_apart_as_far_as_it_is_known(
    openai: OpenAIStandIn, source: OpenAISource, counts: dict[str, Any], expected: tuple[int | None, ...]
) -> None:
    openai.used = [Use(DAY, "user-ada", "key-1", "gpt-5", counts)]
    row = summed(rows_of(source))["user-ada", DAY, "gpt-5", "standard"]
    openai.charges = []
    bare = rows_of(source)[0].row
    assert (bare.uncached_input_tokens, bare.cache_read_tokens, bare.cache_write_tokens) == expected
    assert (row["list_value_nano_usd"] is None) == (None in expected or "output_tokens" not in counts)


@pytest.mark.parametrize(
    ("kind", "measure"), [("images", "images"), ("audio_speeches", "characters"), ("audio_transcriptions", "seconds")]
)
def test_what_is_no_text_has_unknown_tokens_that_a_cost_does_not_hide(
    openai: OpenAIStandIn, source: OpenAISource, kind: str, measure: str
) -> None:
    openai.used = [Use(DAY, "user-ada", "key-1", "gpt-image-1", {measure: 7, "num_model_requests": 2}, kind)]
    openai.charges = [Charge(DAY, "user-ada", "gpt-image-1, output", Decimal("0.5"))]
    used, cost = (one.row for one in rows_of(source))
    assert used.requests == 2
    assert all(getattr(used, name) is None for name in TOKEN_MEASURES)
    both = Tally()
    both.add_rows([used, cost], pieces=True)
    joined = UsageRow(DAY, "openai", 1, "openai-api", "gpt-image-1", **_named(both))
    assert joined.measure("requests") == (2, True)
    assert joined.measure("output_tokens") == (0, False)
    assert joined.measure("billed_nano_usd") == (500_000_000, True)


def _named(tally: Tally) -> dict[str, Any]:
    return {**dict(zip(MEASURES, tally.values, strict=True)), "partly_unknown": tally.partly}


def test_use_without_a_model_is_kept_without_a_price(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.used = [Use(DAY, "user-ada", "key-1", None, completion(5, 0, 0, 1))]
    row = rows_of(source)[0].row
    assert (row.model, row.uncached_input_tokens, row.list_value_nano_usd, row.list_value_by) == (NO_MODEL, 5, None, "")


def test_costs_that_cannot_be_told_by_person_are_left_out_for_the_run(
    openai: OpenAIStandIn, source: OpenAISource
) -> None:
    openai.costs_by_person = False
    days = read(source, DAY, NEXT)
    assert all(one.row.billed_nano_usd is None for _, rows in days for one in rows)
    assert all(day.complete for day, _ in days)
    assert openai.paths().count("/v1/organization/costs") == 1
    assert dict(source.billed(DAY, NEXT)) == {DAY: 2_710_804_381, NEXT: 1_000_000_000}


def test_a_bill_is_the_sum_of_the_day_and_unknown_where_a_part_is(openai: OpenAIStandIn, source: OpenAISource) -> None:
    first = DAY - timedelta(days=200)
    more_than_is_asked_at_once = first + timedelta(days=180)
    openai.charges.append(Charge(more_than_is_asked_at_once, None, "gpt-5, input", Decimal(4)))
    openai.charges.append(Charge(NEXT, "user-bob", "gpt-5, input", Decimal(3), currency="eur"))
    assert dict(source.billed(first, NEXT)) == {more_than_is_asked_at_once: 4_000_000_000, DAY: 2_710_804_381}
