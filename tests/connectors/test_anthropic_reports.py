"""Anthropic's reports for an admin key: Claude Code by person, then the rest of the API's traffic, each once."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.pull import NO_MODEL
from bot.domain.pricing import Tokens, list_value_nano_usd
from tests.providers.anthropic import CLAUDE_CODE, MESSAGES, PRICES, USERS, Message, Organisation, organisation, read
from tests.providers.standin import Reply

DAY, NEXT_DAY = date(2026, 11, 10), date(2026, 11, 11)
SAMPLES = Path(__file__).parents[1] / "providers" / "samples" / "anthropic"
OPUS, SONNET = "claude-opus-4-7", "claude-sonnet-4-5"
ADAS = {"id": "user_01ADA", "email": "Ada@example.com"}


@pytest.fixture
def org() -> Iterator[Organisation]:
    with organisation() as org:
        yield org


def record(email: str | None = "ada@example.com", *, key: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a record of Claude Code: 9000 tokens in, 4000 out, 41.5 cents; *more* replaces fields or adds them."""
    by_key = {"type": "api_actor", "api_key_name": key}
    model = {
        "model": OPUS,
        "tokens": {"input": 9000, "output": 4000, "cache_read": 200_000, "cache_creation": 15_000},
        "estimated_cost": {"amount": 41.5, "currency": "USD"},
    }
    return {
        "date": "2026-11-10T00:00:00Z",
        "actor": by_key if key else {"type": "user_actor", "email_address": email},
        "customer_type": "api",
        "terminal_type": "vscode",
        "core_metrics": {"num_sessions": 2},
        "model_breakdown": [model],
    } | more


def with_model(**change: Any) -> dict[str, Any]:
    changed = copy.deepcopy(record())
    changed["model_breakdown"][0] |= change
    return changed


def test_several_records_of_one_person_add_up_exactly(org: Organisation) -> None:
    adas_other = record("Ada@Example.com", terminal_type="iTerm.app")
    org.held.claude_code[DAY] = [record(), adas_other, record("bo@example.com")]
    org.stand.most = 2
    [day] = read(org.without_analytics(), DAY)
    sums = [(key[0], sums["output_tokens"], sums["list_value_nano_usd"]) for key, sums in day.sums.items()]
    assert sums == [("ada@example.com", 8000, 830_000_000), ("bo@example.com", 4000, 415_000_000)]
    assert (day.complete, day.flaws) == (True, {})


def test_claude_code_tells_tokens_and_an_estimate_and_neither_bill_nor_requests(org: Organisation) -> None:
    org.held.claude_code[DAY] = [record()]
    [day] = read(org.without_analytics(), DAY)
    [(account, row, key)] = day.rows
    assert (account, row.tool, row.run_kind, key) == ("ada@example.com", "claude-code", "unknown", None)
    assert (row.uncached_input_tokens, row.cache_read_tokens, row.output_tokens) == (9000, 200_000, 4000)
    assert (row.cache_write_tokens, row.cache_write_1h_tokens) == (15_000, 0)
    assert (row.billed_nano_usd, row.requests, row.list_value_by) == (None, None, "vendor")


def test_a_second_run_says_the_same_and_one_after_a_revision_what_holds_then(org: Organisation) -> None:
    org.held.claude_code[DAY], org.held.messages = [record()], [Message(NEXT_DAY)]
    source = org.without_analytics()
    assert read(source, DAY, NEXT_DAY) == read(source, DAY, NEXT_DAY)
    org.held.claude_code[DAY], org.held.messages = [], [Message(NEXT_DAY, tokens=(1, 2, 3, 4, 5))]
    first, second = read(source, DAY, NEXT_DAY)
    assert first.rows == []
    assert [row.output_tokens for _, row, _ in second.rows] == [5]


@pytest.mark.parametrize(
    ("keys", "account"),
    [
        ([{"id": "apikey_1", "name": "laptop"}, {"id": "apikey_2", "name": "ci"}], "apikey_1"),
        ([{"id": "apikey_1", "name": "laptop"}, {"id": "apikey_2", "name": "laptop"}], None),
        ([{"id": f"apikey_{n}", "name": "laptop"} for n in range(3)], None),
        ([{"id": "apikey_2", "name": None}], None),
    ],
)
def test_a_key_of_claude_code_is_found_by_a_name_that_only_it_has(
    org: Organisation, keys: list[dict[str, Any]], account: str | None
) -> None:
    org.held.claude_code[DAY], org.held.keys = [record(key="laptop")], keys
    org.stand.most = 1
    [day] = read(org.without_analytics(), DAY)
    assert [(row.account, row.key) for row in day.rows] == [(account, account)]


@pytest.mark.parametrize(
    ("message", "account"),
    [
        (Message(DAY), "apikey_1"),
        (Message(DAY, account_id="user_01ADA"), "user_01ADA"),
        (Message(DAY, service_account_id="svac_1"), "svac_1"),
        (Message(DAY, account_id="user_01ADA", service_account_id="svac_1"), "user_01ADA"),
        (Message(DAY, api_key_id=None), None),
    ],
)
def test_messages_are_of_a_user_else_a_service_account_else_a_key(
    org: Organisation, message: Message, account: str | None
) -> None:
    org.held.messages = [message]
    [day] = read(org.without_analytics(), DAY)
    [(found, row, key)] = day.rows
    assert (found, key, row.tool, row.run_kind) == (account, message.api_key_id, "anthropic-api", "unknown")
    assert row.billed_nano_usd is None


@pytest.mark.parametrize(
    ("message", "tier", "rates"),
    [
        (Message(DAY), "standard", (SONNET, "standard")),
        (Message(DAY, model=f"{SONNET}[1m]"), "standard", (SONNET, "standard")),
        (Message(DAY, model=f"{SONNET}-20250929"), "standard", (SONNET, "standard")),
        (Message(DAY, service_tier=None, context_window=None), "standard", (SONNET, "standard")),
        (Message(DAY, service_tier="batch"), "batch", (SONNET, "batch")),
        (Message(DAY, service_tier="priority"), "priority", None),
        (Message(DAY, context_window="200k-1M"), "long-context", (SONNET, "long-context")),
        (Message(DAY, context_window="200k-1M", service_tier="batch"), "long-context", None),
        (Message(DAY, model="claude-made-up"), "standard", None),
        (Message(DAY, model=None), "standard", None),
    ],
)
def test_messages_have_the_list_price_of_their_tier(
    org: Organisation, message: Message, tier: str, rates: tuple[str, str] | None
) -> None:
    org.held.messages = [message]
    [day] = read(org.without_analytics(), DAY)
    [(_, row, _)] = day.rows
    expected = rates and list_value_nano_usd(Tokens(*message.tokens), PRICES("anthropic", rates[0], DAY, rates[1]))
    assert (row.model, row.tier) == (message.model or NO_MODEL, tier)
    assert (row.list_value_nano_usd, row.list_value_by) == (expected, "price list" if rates else "")


def test_a_long_request_costs_more_at_list_price_than_short_ones(org: Organisation) -> None:
    short = Message(DAY, tokens=(1_000_000, 0, 0, 0, 1000))
    org.held.messages = [short, replace(short, context_window="200k-1M")]
    [day] = read(org.without_analytics(), DAY)
    assert [row.list_value_nano_usd for _, row, _ in day.rows] == [3_015_000_000, 6_022_500_000]


@pytest.mark.parametrize(
    ("seen", "message", "counts"),
    [
        pytest.param(record(), Message(DAY, account_id="user_01ADA", model=OPUS), False, id="the same person"),
        pytest.param(record(), Message(DAY, account_id="user_01ADA", model=f"{OPUS}[1m]"), False, id="with a window"),
        pytest.param(record(key="laptop"), Message(DAY, model=OPUS), False, id="the same key"),
        pytest.param(record(), Message(DAY, account_id="user_01ADA", model=SONNET), True, id="another model"),
        pytest.param(record(), Message(DAY, account_id="user_02BO", model=OPUS), True, id="another person"),
        pytest.param(record(key="laptop"), Message(DAY, "apikey_2", model=OPUS), True, id="another key"),
        pytest.param(record(key="ci"), Message(DAY, "apikey_2", model=OPUS), True, id="a key that is not the only one"),
        pytest.param(
            record(customer_type="subscription"), Message(DAY, account_id="user_01ADA", model=OPUS), True, id="a seat"
        ),
    ],
)
def test_traffic_that_claude_code_has_reported_is_not_counted_again(
    org: Organisation, seen: dict[str, Any], message: Message, counts: bool
) -> None:
    org.held.users = [{"id": "user_02BO", "email": "bo@example.com"}, ADAS]
    org.held.keys = [{"id": "apikey_1", "name": "laptop"}, *({"id": f"apikey_{n}", "name": "ci"} for n in (2, 3))]
    org.held.claude_code[DAY], org.held.messages = [seen], [message, replace(message, day=NEXT_DAY)]
    day, next_day = read(org.without_analytics(), DAY, NEXT_DAY)
    assert [row.tool for _, row, _ in day.rows] == ["claude-code", *["anthropic-api"] * counts]
    assert [row.tool for _, row, _ in next_day.rows] == ["anthropic-api"]
    assert (day.complete, day.flaws) == (True, {})


def test_users_are_listed_only_where_claude_code_has_customers_by_mail_address(org: Organisation) -> None:
    org.held.messages = [Message(DAY, account_id="user_01ADA")]
    org.held.claude_code[NEXT_DAY] = [record(date="2026-11-11T00:00:00Z")]
    source = org.without_analytics()
    read(source, DAY)
    assert USERS not in org.stand.paths()
    org.held.claude_code[DAY] = [record()]
    read(source, DAY, NEXT_DAY)
    assert org.stand.paths().count(USERS) == 1


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (with_model(tokens={"input": -1}), "a row with an impossible count"),
        (with_model(tokens={"output": 10**13}), "a row with an impossible count"),
        (with_model(model=""), "a row that is not as agreed"),
        (with_model(model=None), "a row that is not as agreed"),
        (with_model(estimated_cost={"amount": 4, "currency": "EUR"}), "a row in another currency than USD"),
        (with_model(estimated_cost={"amount": -4}), "a row with an impossible amount"),
        (record(date="2026-11-09T00:00:00Z"), "a row of another day than was asked for"),
        (record(date="yesterday"), "a row that is not as agreed"),
    ],
)
def test_a_record_that_cannot_be_used_is_left_out_and_the_rest_counts(
    org: Organisation, bad: dict[str, Any], line: str
) -> None:
    org.held.claude_code[DAY] = [record("bo@example.com"), bad, record("cy@example.com")]
    [day] = read(org.without_analytics(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (2, {line: 1}, False)


def test_a_record_may_lack_what_is_optional_and_have_no_actor(org: Organisation) -> None:
    org.held.claude_code[DAY] = [
        record(actor=None),
        record(actor=None),
        {"date": "2026-11-10T00:00:00Z", "model_breakdown": [{"model": OPUS}]},
        {"date": "2026-11-10T00:00:00Z"},
    ]
    [day] = read(org.without_analytics(), DAY)
    assert [(account, row.output_tokens) for account, row, _ in day.rows] == [(None, 4000), (None, 4000), (None, None)]
    assert day.rows[2].row.cache_write_1h_tokens is None
    assert (day.complete, day.flaws) == (True, {})


def test_a_record_or_a_message_that_comes_twice_counts_once(org: Organisation) -> None:
    org.held.claude_code[DAY], org.held.messages = [record(), record()], [Message(DAY), Message(DAY)]
    [day] = read(org.without_analytics(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (2, {"a row that came twice": 2}, True)


def test_messages_of_one_group_that_differ_leave_the_day_incomplete(org: Organisation) -> None:
    org.held.messages = [Message(DAY), Message(DAY, tokens=(1, 1, 1, 1, 1))]
    [day] = read(org.without_analytics(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (1, {"two rows that contradict each other": 1}, False)


GOOD = {"model": SONNET, "output_tokens": 5}


@pytest.mark.parametrize(
    ("bucket", "rows", "flaws"),
    [
        ({"results": [GOOD, GOOD | {"model": OPUS, "output_tokens": -5}]}, 1, {"a row with an impossible count": 1}),
        ({"results": [GOOD, 7]}, 1, {"a row that is not as agreed": 1}),
        ({"results": None}, 0, {"a row that is not as agreed": 1}),
        ({}, 0, {"a row that is not as agreed": 1}),
        ({"results": [GOOD], "starting_at": "2026-11-09T00:00:00Z"}, 0, {"a row of another day than was asked for": 1}),
        ({"results": [GOOD | {"prompts": ["hi"]}], "moon": "full"}, 1, {}),
        ({"results": [GOOD], "starting_at": "2026-11-10T02:00:00+02:00"}, 1, {}),
    ],
)
def test_a_message_row_that_cannot_be_used_is_left_out_and_the_rest_counts(
    org: Organisation, bucket: dict[str, Any], rows: int, flaws: dict[str, int]
) -> None:
    content = {"data": [{"starting_at": "2026-11-10T00:00:00Z"} | bucket]}
    org.stand.routes["GET", MESSAGES] = lambda _: Reply(content)
    [day] = read(org.without_analytics(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (rows, flaws, not flaws)


@pytest.mark.parametrize(("hour", "complete"), [(1, False), (2, True)])
def test_a_day_is_complete_two_hours_after_its_end(org: Organisation, hour: int, complete: bool) -> None:
    org.now = datetime(2026, 11, 11, hour, tzinfo=UTC)
    assert [day.complete for day in read(org.without_analytics(), DAY)] == [complete]


def test_the_sample_parses(org: Organisation) -> None:
    content = (SAMPLES / "synthetic.claude_code.two_rows_one_person.json").read_bytes()
    org.stand.routes["GET", CLAUDE_CODE] = lambda _: Reply(content)
    [day] = read(org.without_analytics(), DAY)
    cents = [each["model_breakdown"][0]["estimated_cost"]["amount"] for each in json.loads(content)["data"]]
    assert {account for account, _, _ in day.rows} == {"ada@example.com"}
    assert [row.list_value_nano_usd for _, row, _ in day.rows] == [Decimal(str(cent)) * 10**7 for cent in cents]
    assert (day.complete, day.flaws) == (True, {})
