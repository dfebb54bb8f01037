"""What the source makes of a LiteLLM proxy refusing, repeating and answering something else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.connectors.litellm_source import LiteLLMSource, litellm_api
from bot.connectors.pull import NO_MODEL, Finding, ReportedDay, ReportedRow
from bot.errors import ConnectorError
from tests.providers.litellm import LiteLLMStandIn, Spent
from tests.providers.standin import Reply

DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)


@pytest.fixture
def litellm() -> Iterator[LiteLLMStandIn]:
    stand = LiteLLMStandIn()
    with stand:
        stand.spent = [Spent(DAY, "u-ada", "hash-ada", "gpt-5", Decimal("0.25"), 90, 9)]
        yield stand


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def source(litellm: LiteLLMStandIn, waits: list[float]) -> Iterator[LiteLLMSource]:
    source = LiteLLMSource(litellm_api(litellm.url, litellm.key, waits.append), lambda: NOW)
    yield source
    source.close()


def only_day(source: LiteLLMSource) -> tuple[ReportedDay, list[ReportedRow]]:
    (day,) = source.reported_days(DAY, DAY)
    return day, [row for batch in day.batches for row in batch]


def activity(**metrics: Any) -> dict[str, Any]:
    """Return what a page says of a day: one row, and one beside it with other *metrics*."""
    good = {"spend": 1, "prompt_tokens": 5, "completion_tokens": 1, "api_requests": 1, "failed_requests": 0}
    good |= {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
    keys = {"hash-ada": {"metrics": good}, "hash-bob": {"metrics": {**good, **metrics}, "new": []}}
    models = {"gpt-5": {"metrics": good, "api_key_breakdown": keys}}
    return {"date": DAY.isoformat(), "breakdown": {"models": models}}


def page(*results: Any, number: int = 1, more: bool = False) -> Reply:
    return Reply({"results": list(results), "metadata": {"page": number, "total_pages": 9, "has_more": more}})


@pytest.mark.parametrize(
    ("metrics", "line"),
    [
        ({"completion_tokens": -1}, "a row with a negative count"),
        ({"api_requests": 10**12 + 1}, "a row with a count that cannot be"),
        ({"cache_read_input_tokens": 6}, "a row with more input from the cache than input"),
        ({"spend": -0.1}, "a row with a cost that cannot be"),
        ({"spend": "NaN"}, "a row with a cost that cannot be"),
        ({"spend": "1e999"}, "a row with a cost that cannot be"),
        ({"prompt_tokens": "many"}, "a row that could not be read"),
    ],
)
def test_a_bad_row_is_left_out_alone_and_the_day_is_incomplete(
    litellm: LiteLLMStandIn, source: LiteLLMSource, metrics: dict[str, Any], line: str
) -> None:
    litellm.faults.append(page(activity(**metrics)))
    day, rows = only_day(source)
    assert ([one.key for one in rows], day.flaws, day.complete) == (["hash-ada"], {line: 1}, False)


def test_what_cannot_be_read_does_not_come_back_as_a_call_without_a_model(
    litellm: LiteLLMStandIn, source: LiteLLMSource
) -> None:
    bad = activity(prompt_tokens="many")
    bad["breakdown"]["api_keys"] = activity()["breakdown"]["models"]["gpt-5"]["api_key_breakdown"]
    litellm.faults.append(page(bad))
    day, rows = only_day(source)
    assert ([one.key for one in rows], day.flaws) == (["hash-ada"], {"a row that could not be read": 1})


def test_sums_of_floats_leave_no_cost_below_nothing(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    whole, calls = activity(spend=0.3, api_requests=4), activity(spend=0.30000000000000004)
    calls["breakdown"]["api_keys"] = whole["breakdown"]["models"]["gpt-5"]["api_key_breakdown"]
    litellm.faults.append(page(calls))
    day, rows = only_day(source)
    assert [(one.row.model, one.row.requests) for one in rows] == [("gpt-5", 1), ("gpt-5", 1), (NO_MODEL, 3)]
    assert (rows[-1].row.list_value_nano_usd, day.complete) == (0, True)


def test_money_in_strings_and_missing_fields_are_read_and_unknown_is_not_nothing(
    litellm: LiteLLMStandIn, source: LiteLLMSource
) -> None:
    litellm.faults.append(page(activity(spend="0.25", cache_read_input_tokens=None, failed_requests=None)))
    day, (_, (_, row, _)) = only_day(source)
    assert (row.list_value_nano_usd, row.uncached_input_tokens, row.failed_requests) == (250_000_000, None, None)
    litellm.faults.append(page(activity(spend=None)))
    assert only_day(source)[1][1].row.list_value_by == ""
    assert day.complete


@pytest.mark.parametrize(
    ("second", "line", "complete"),
    [
        (activity(), "a row that came twice", True),
        (activity(spend=2), "a row that came twice with different content", False),
        ({**activity(), "date": "2026-11-09"}, "a row of another day than was asked", False),
        ("nothing", "a row that could not be read", False),
    ],
)
def test_a_day_that_comes_twice_in_a_page_counts_once(
    litellm: LiteLLMStandIn, source: LiteLLMSource, second: Any, line: str, complete: bool
) -> None:
    litellm.faults.append(page(activity(), second))
    day, rows = only_day(source)
    assert (len(rows), day.flaws, day.complete) == (2, {line: 1}, complete)


@pytest.mark.parametrize(
    "pages",
    [
        [page(activity(), more=True), page(activity(), number=2)],
        [page(activity(), more=True), page(activity(spend=2), number=1)],
        [page(more=True), page(number=2, more=True)],
    ],
)
def test_a_page_that_repeats_is_an_error(litellm: LiteLLMStandIn, source: LiteLLMSource, pages: list[Reply]) -> None:
    litellm.faults.extend(pages)
    with pytest.raises(ConnectorError, match="repeats a page"):
        only_day(source)


def test_a_list_of_users_that_repeats_is_an_error(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    litellm.faults.extend(Reply({"users": [{"user_id": "u"}], "total_pages": 3}) for _ in range(2))
    with pytest.raises(ConnectorError, match="repeats a page"):
        list(source.accounts())


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (Reply({}, 401), "the key is refused"),
        (Reply({}, 403), "the key may not read"),
        (Reply("<html>"), "a web page instead of JSON"),
        (Reply({"results": 1}), "something else than was agreed"),
    ],
)
def test_a_refusal_is_one_plain_line(litellm: LiteLLMStandIn, source: LiteLLMSource, reply: Reply, line: str) -> None:
    litellm.faults.append(reply)
    with pytest.raises(ConnectorError, match=line):
        only_day(source)


def test_the_wait_that_is_asked_for_is_kept(litellm: LiteLLMStandIn, source: LiteLLMSource, waits: list[float]) -> None:
    litellm.faults.append(Reply({}, 429, {"Retry-After": "7"}))
    assert len(only_day(source)[1]) == 1
    assert waits == [7.0]


def test_findings_say_what_the_key_may_read(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    assert list(source.findings()) == [
        Finding("ok", "usage, data to 2026-11-10"),
        Finding("ok", "the users' mail addresses"),
    ]
    litellm.spent = [replace(litellm.spent[0], day=NOW.date())]
    assert next(source.findings()).text == "usage, data to today"
    litellm.spent = []
    assert next(source.findings()).state == "warn"
    assert {asked.one("page_size") for asked in litellm.asked} == {"1"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_of_no_administrator_is_told_what_it_lacks(
    litellm: LiteLLMStandIn, source: LiteLLMSource, status: int
) -> None:
    litellm.denied = {"/user/list": status}
    usage, users = source.findings()
    assert (usage.state, users.state) == ("ok", "to do")
    assert "It needs the key of a proxy administrator" in users.text
    litellm.faults.extend([Reply("<html>"), Reply("<html>")])
    assert [finding.state for finding in source.findings()] == ["warn", "warn"]
