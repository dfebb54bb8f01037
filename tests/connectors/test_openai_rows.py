"""Rows of OpenAI's reports that cannot be used, come twice, or are written otherwise."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.openai_client import openai_api
from bot.connectors.openai_source import OpenAISource
from bot.connectors.pull import ReportedDay, ReportedRow
from tests.providers.openai import OpenAIStandIn

DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
CONTRADICTORY = {"input_tokens": 3, "input_cached_tokens": 2, "input_uncached_tokens": 2}


def used(tokens: int, **other: Any) -> dict[str, Any]:
    return {"user_id": "user-cy", "model": "gpt-5", "input_uncached_tokens": tokens, "num_model_requests": 1, **other}


def charged(**amount: Any) -> dict[str, Any]:
    return {"user_id": "user-cy", "line_item": "gpt-5, input", "amount": amount, "new": [1]}


@pytest.fixture
def openai() -> Iterator[OpenAIStandIn]:
    stand = OpenAIStandIn()
    with stand:
        yield stand


@pytest.fixture
def source(openai: OpenAIStandIn) -> Iterator[OpenAISource]:
    source = OpenAISource(openai_api(f"{openai.url}/v1", openai.key), lambda *_: None, lambda: NOW)
    yield source
    source.close()


def only_day(source: OpenAISource) -> tuple[ReportedDay, list[ReportedRow]]:
    (day,) = source.reported_days(DAY, DAY)
    return day, [row for batch in day.batches for row in batch]


@pytest.mark.parametrize(
    ("kind", "result", "line"),
    [
        ("completions", used(-5), "a row with a negative count"),
        ("completions", used(5, output_tokens=-1), "a row with a negative count"),
        ("completions", CONTRADICTORY, "a row with a negative count"),
        ("completions", used(10**12 + 1), "a row with a count that cannot be"),
        ("completions", used(5, output_tokens="many"), "a row that could not be read"),
        ("completions", None, "a row that could not be read"),
        ("images", {"num_model_requests": -1}, "a row with a negative count"),
        ("costs", charged(value=5, currency="eur"), "a cost in another currency than USD"),
        ("costs", charged(value=-5, currency="usd"), "a cost below 0"),
        ("costs", charged(value="NaN", currency="usd"), "a cost that cannot be"),
        ("costs", charged(value="1e999", currency="usd"), "a cost that cannot be"),
        ("costs", charged(value=5), "a row that could not be read"),
        ("costs", {"amount": None}, "a row that could not be read"),
    ],
)
def test_a_bad_row_is_left_out_alone_and_the_day_is_incomplete(
    openai: OpenAIStandIn, source: OpenAISource, kind: str, result: Any, line: str
) -> None:
    openai.extra["completions"] = [used(7, user_id="user-ada")]
    openai.extra[kind].append(result)
    day, rows = only_day(source)
    assert ([one.account for one in rows], day.flaws, day.complete) == (["user-ada"], {line: 1}, False)


def test_money_in_strings_and_unknown_fields_are_read(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.extra["costs"] = [charged(value="0.25", currency="USD", tax={})]
    _, ((account, row, _),) = only_day(source)
    assert (account, row.model, row.billed_nano_usd) == ("user-cy", "gpt-5", 250_000_000)


@pytest.mark.parametrize("rows_a_page", [2, 1000])  # over the edge of a page, and within one
def test_the_same_row_twice_counts_once(openai: OpenAIStandIn, source: OpenAISource, rows_a_page: int) -> None:
    openai.rows_a_page = rows_a_page
    openai.extra["completions"] = [used(1, user_id="user-ada"), used(5), used(5)]
    openai.extra["costs"] = [charged(value=1, currency="usd", of="ada"), *[charged(value=2, currency="usd")] * 2]
    openai.extra["costs"][0]["user_id"] = "user-ada"
    day, rows = only_day(source)
    assert Counter(one.account for one in rows) == {"user-ada": 2, "user-cy": 2}
    assert (day.flaws, day.complete) == ({"a row that came twice": 2}, True)


def test_two_rows_of_one_key_that_differ_make_the_day_incomplete(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.extra["completions"] = [used(5), used(6)]
    day, rows = only_day(source)
    assert [one.row.uncached_input_tokens for one in rows] == [5]
    assert (day.flaws, day.complete) == ({"a row that came twice with different content": 1}, False)
