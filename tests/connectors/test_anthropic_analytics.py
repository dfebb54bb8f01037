"""Anthropic's analytics: what each actor used and was charged, exactly, whatever comes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connectors.anthropic import AnthropicSource
from bot.connectors.pull import NO_MODEL
from bot.domain.pricing import Tokens, list_value_nano_usd
from tests.providers.anthropic import ADMIN_KEY, COST, PRICES, USAGE, Organisation, Work, organisation, read, user
from tests.providers.standin import Asked, Reply

DAY, NEXT_DAY = date(2026, 11, 10), date(2026, 11, 11)
ADA = user("Ada@Example.com ")
SERVICE = {"type": "service_account_actor", "service_account_id": "svac_1"}
SAMPLES = Path(__file__).parents[1] / "providers" / "samples" / "anthropic"
TOKENS = (
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


@pytest.fixture
def org() -> Iterator[Organisation]:
    with organisation() as org:
        yield org


def nano(cents: str) -> int:
    return int(Decimal(cents) * 10**7)


def account_of(work: Work) -> str | None:
    """Return the mail address of the work's user, else its id."""
    if work.actor is None:
        return None
    email: str = work.actor["email_address"] or ""
    return email.strip().lower() or str(work.actor["user_id"])


WORKS = st.lists(
    st.builds(
        Work,
        day=st.sampled_from([DAY, NEXT_DAY]),
        actor=st.sampled_from([None, ADA, user("bo@example.com", "user_02BO"), user(None, "user_03GONE")]),
        model=st.sampled_from(["claude-opus-4-7", "claude-sonnet-4-5[1m]", "claude-made-up", None]),
        product=st.sampled_from(["claude_code", "chat", None]),
        tokens=st.tuples(*[st.integers(0, 10**9)] * 5),
        requests=st.integers(0, 10**6),
        amount=st.decimals(0, 10**6, places=7).map(str),
        list_amount=st.decimals(0, 10**6, places=7).map(str),
    ),
    max_size=12,
    unique_by=str,  # pages of the same work of nobody in particular would be a page that repeats
)


def assert_reported(source: AnthropicSource, works: list[Work]) -> None:
    """Check that the source's sums by account, day and model are those of *works*."""
    held: defaultdict[tuple[date, str | None, str], list[Work]] = defaultdict(list)
    for work in works:
        held[work.day, account_of(work), work.model or NO_MODEL].append(work)
    found: defaultdict[tuple[date, str | None, str], Counter[str]] = defaultdict(Counter)
    for day in read(source, DAY, NEXT_DAY):
        assert (day.complete, day.flaws) == (True, {})
        for (account, _, model, _, _), sums in day.sums.items():
            found[day.day, account, model].update({name: value or 0 for name, value in sums.items()})
    assert set(found) == set(held)
    for key, mine in held.items():
        total = found[key]
        assert total["billed_nano_usd"] == sum(nano(work.amount) for work in mine)
        assert total["list_value_nano_usd"] == sum(nano(work.list_amount) for work in mine)
        if key[2] != NO_MODEL:
            columns = zip(*(work.tokens for work in mine), strict=True)
            assert [total[name] for name in TOKENS] == [sum(column) for column in columns]
            assert total["requests"] == sum(work.requests or 0 for work in mine)


def test_totals_by_account_day_and_model_are_what_the_organisation_holds(org: Organisation) -> None:
    source = org.source()

    @settings(max_examples=10, deadline=None)
    @given(works=WORKS, most=st.integers(2, 6))
    def holds(works: list[Work], most: int) -> None:
        org.held.work, org.stand.most = works, most
        assert_reported(source, works)

    holds()


def test_a_second_run_says_the_same_and_one_after_a_revision_what_holds_then(org: Organisation) -> None:
    org.held.work = [Work(DAY, ADA)]
    source = org.source()
    first, second = read(source, DAY), read(source, DAY)
    assert first == second
    org.held.work = [Work(DAY, ADA, amount="1.5", requests=1)]
    [(sums, *_)] = [list(day.sums.values()) for day in read(source, DAY)]
    assert (sums["billed_nano_usd"], sums["requests"]) == (nano("1.5"), 1)


@pytest.mark.parametrize(
    ("actor", "product", "category", "account", "tool", "run_kind"),
    [
        (ADA, "claude_code", None, "ada@example.com", "claude-code", "person"),
        (user(None), "chat", None, "user_01ADA", "claude-chat", "person"),
        (ADA, "chat_cowork_unified", None, "ada@example.com", "claude-chat", "person"),
        (ADA, "cowork", None, "ada@example.com", "claude-cowork", "person"),
        (ADA, "claude_tag", "engaged", "ada@example.com", "claude-tag", "person"),
        (ADA, "claude_tag", "dm", "ada@example.com", "claude-tag", "person"),
        (ADA, "claude_tag", "scheduled", "ada@example.com", "claude-tag", "schedule"),
        (None, "claude_tag", "proactive", None, "claude-tag", "service"),
        (None, "claude_tag", "monitoring", None, "claude-tag", "service"),
        (ADA, "claude_tag", "brand_new", "ada@example.com", "claude-tag", "person"),
        (ADA, None, None, "ada@example.com", "anthropic-api", "unknown"),
        (ADA, "other", None, "ada@example.com", "claude-other", "unknown"),
        (ADA, "odd\u202e\nname" + "x" * 99, None, "ada@example.com", "claude-oddname" + "x" * 57, "person"),
        (None, "chat", None, None, "claude-chat", "unknown"),
        (SERVICE, None, None, "svac_1", "anthropic-api", "service"),
        ({"type": "api_actor", "api_key_id": "apikey_1"}, "claude_code", None, "apikey_1", "claude-code", "service"),
        (
            {"type": "federated_actor", "provider": {"type": "aws"}, "subject": "arn:aws:iam::1:role/ci"},
            None,
            None,
            "federated:aws:arn:aws:iam::1:role/ci",
            "anthropic-api",
            "service",
        ),
        ({"type": "federated_actor", "provider": {"type": "azure"}}, None, None, None, "anthropic-api", "service"),
        ({"type": "brand_new_actor", "robot_id": "r2"}, "chat", None, None, "claude-chat", "unknown"),
    ],
)  # fmt: skip
def test_an_actor_and_a_product_say_whose_with_which_tool_and_how_it_ran(
    org: Organisation,
    actor: dict[str, Any] | None,
    product: str | None,
    category: str | None,
    account: str | None,
    tool: str,
    run_kind: str,
) -> None:
    org.held.work = [Work(DAY, actor, product=product, category=category)]
    [day] = read(org.source(), DAY)
    assert set(day.sums) == {(account, tool, "claude-opus-4-7", run_kind, "standard")}
    assert {row.key for row in day.rows} == {"apikey_1" if account == "apikey_1" else None}


def test_work_of_nobody_in_particular_is_several_rows_that_add_up(org: Organisation) -> None:
    org.held.work = [Work(DAY)] * 3
    org.stand.most = 2
    [day] = read(org.source(), DAY)
    [sums] = day.sums.values()
    assert (sums["output_tokens"], sums["billed_nano_usd"], day.flaws) == (12_000, nano("124.5075"), {})


def test_a_charge_without_a_model_has_no_tokens_and_says_nothing_of_requests(org: Organisation) -> None:
    org.held.work = [Work(DAY, ADA, model=None, product=None)]
    [day] = read(org.source(), DAY)
    [sums] = day.sums.values()
    assert [sums[name] for name in TOKENS] == [0] * 5
    assert sums["requests"] is None
    assert sums["billed_nano_usd"] == nano("41.5025")


def test_requests_that_are_unknown_stay_unknown_beside_their_cost(org: Organisation) -> None:
    org.held.work = [Work(DAY, ADA, requests=None)]
    [day] = read(org.source(), DAY)
    [sums] = day.sums.values()
    assert (sums["requests"], sums["billed_nano_usd"]) == (None, nano("41.5025"))


@pytest.mark.parametrize("status", [400, 403, 404])
def test_where_costs_may_not_be_read_the_price_list_values_the_tokens(org: Organisation, status: int) -> None:
    org.stand.refused[ADMIN_KEY, COST] = status
    org.held.work = [Work(DAY, ADA)]
    source = org.source()
    [reported] = source.reported_days(DAY, DAY)
    [[(_, row, _)]] = list(reported.batches)
    rates = PRICES("anthropic", "claude-opus-4-7", DAY, "standard")
    assert not reported.pieces
    assert row.billed_nano_usd is None
    assert row.list_value_nano_usd == list_value_nano_usd(Tokens(*Work(DAY).tokens), rates)
    assert row.list_value_by == "price list"


@pytest.mark.parametrize(
    ("now", "refreshed_at", "complete"),
    [
        ("2026-11-12T04:00", "2026-11-12T03:00:00Z", True),
        ("2026-11-12T04:00", "2026-11-11T00:00:00Z", True),
        ("2026-11-12T04:00", "2026-11-10T23:59:59Z", False),
        ("2026-11-12T04:00", "2026-11-11T01:00:00+02:00", False),
        ("2026-11-12T04:00", "2026-11-11T00:00:00", True),
        ("2026-11-11T23:59", None, False),
        ("2026-11-12T00:00", None, True),
        ("2026-11-10T20:00", "2026-11-10T20:00:00Z", False),
        ("2026-11-10T20:00", "2026-11-12T00:00:00Z", False),
    ],
)
def test_a_day_is_complete_when_the_data_reaches_its_end(
    org: Organisation, now: str, refreshed_at: str | None, complete: bool
) -> None:
    org.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    org.held.work, org.held.refreshed_at = [Work(DAY, ADA)], refreshed_at
    assert [day.complete for day in read(org.source(), DAY)] == [complete]


def usage_item(**change: Any) -> dict[str, Any]:
    item = json.loads((SAMPLES / "synthetic.analytics_usage.group_actor_model.json").read_text())["data"][0]
    return _changed(item, change)


def cost_item(**change: Any) -> dict[str, Any]:
    item = json.loads((SAMPLES / "synthetic.analytics_cost.group_actor.json").read_text())["data"][0]
    return _changed(item, change)


def _changed(item: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    for path, value in change.items():
        *outer, last = path.split("__")
        inner = item
        for name in outer:
            inner = inner[name]
        inner[last] = value
    return item


def serve(org: Organisation, path: str, *pages: list[dict[str, Any]]) -> None:
    """Answer *path* with these pages."""

    def answer(asked: Asked) -> Reply:
        number = int(asked.one("page", "0"))
        following = str(number + 1) if number + 1 < len(pages) else None
        return Reply({"data": pages[number], "has_more": following is not None, "next_page": following})

    org.stand.routes["GET", path] = answer


NOTHING: list[dict[str, Any]] = []


@pytest.mark.parametrize(
    ("path", "bad", "line"),
    [
        (USAGE, usage_item(usage__output_tokens=-1), "a row with an impossible count"),
        (USAGE, usage_item(usage__requests=10**12 + 1), "a row with an impossible count"),
        (USAGE, usage_item(usage__output_tokens="many"), "a row that is not as agreed"),
        (USAGE, usage_item(usage=None), "a row that is not as agreed"),
        (USAGE, usage_item(starting_at="2026-11-09T00:00:00Z"), "a row of another day than was asked for"),
        (COST, cost_item(cost__currency="EUR"), "a row in another currency than USD"),
        (COST, cost_item(cost__amount="-0.01"), "a row with an impossible amount"),
        (COST, cost_item(cost__amount="NaN"), "a row with an impossible amount"),
        (COST, cost_item(cost__list_amount="1e999999"), "a row with an impossible amount"),
        (COST, cost_item(cost__amount=None), "a row that is not as agreed"),
        (COST, cost_item(starting_at="2026-11-11T00:00:00Z"), "a row of another day than was asked for"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_the_rest_counts(
    org: Organisation, path: str, bad: dict[str, Any], line: str
) -> None:
    item = usage_item if path == USAGE else cost_item
    serve(org, USAGE, NOTHING)
    serve(org, COST, NOTHING)
    serve(org, path, [item(group__model="claude-haiku-4-5"), bad, item(group__model="claude-opus-4-5")])
    [day] = read(org.source(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (2, {line: 1}, False)


def test_a_day_is_told_in_utc_whatever_the_zone_of_a_row(org: Organisation) -> None:
    serve(org, USAGE, [usage_item(starting_at="2026-11-11T01:00:00+02:00")])
    serve(org, COST, NOTHING)
    [day] = read(org.source(), DAY)
    assert (len(day.rows), day.flaws) == (1, {})


@pytest.mark.parametrize(
    "pages", [[[usage_item(), usage_item()]], [[usage_item()], [usage_item(), usage_item(group__model="m")]]]
)
def test_the_same_row_twice_counts_once_on_a_page_or_across_two(
    org: Organisation, pages: list[list[dict[str, Any]]]
) -> None:
    serve(org, USAGE, *pages)
    serve(org, COST, NOTHING)
    [day] = read(org.source(), DAY)
    assert [row.model for _, row, _ in day.rows].count("claude-opus-4-7") == 1
    assert (day.flaws, day.complete) == ({"a row that came twice": 1}, True)


def test_two_rows_for_one_group_that_differ_leave_the_day_incomplete(org: Organisation) -> None:
    serve(org, USAGE, [usage_item(), usage_item(usage__requests=7)])
    serve(org, COST, NOTHING)
    [day] = read(org.source(), DAY)
    assert (len(day.rows), day.flaws, day.complete) == (1, {"two rows that contradict each other": 1}, False)


def test_fields_may_be_added_and_optional_ones_missing(org: Organisation) -> None:
    added = usage_item(group__moon_phase="full", usage__thoughts=[1], tomorrow={})
    missing = usage_item(usage={"output_tokens": 5}, group={"actor": {"type": "user_actor", "user_id": "user_1"}})
    serve(org, USAGE, [added, missing])
    serve(org, COST, [cost_item(cost={"amount": "1"}, group={"model": "claude-opus-4-7"})])
    [day] = read(org.source(), DAY)
    rows = [row for _, row, _ in day.rows]
    assert day.flaws == {}
    assert [row.output_tokens for row in rows] == [4000, 5, None]
    assert [row.uncached_input_tokens for row in rows] == [9000, None, None]
    assert [row.billed_nano_usd for row in rows] == [None, None, nano("1")]


def test_amounts_are_cents_in_strings_or_numbers(org: Organisation) -> None:
    serve(org, USAGE, NOTHING)
    serve(org, COST, [cost_item(), cost_item(cost__amount=20.18232, group__model="claude-opus-4-7")])
    [day] = read(org.source(), DAY)
    assert [row.billed_nano_usd for _, row, _ in day.rows] == [415_025_000, 201_823_200]


def test_the_samples_parse(org: Organisation) -> None:
    for path, name in ((USAGE, "analytics_usage.group_actor_model"), (COST, "analytics_cost.group_actor")):
        content = (SAMPLES / f"synthetic.{name}.json").read_bytes()
        org.stand.routes["GET", path] = lambda _, content=content: Reply(content)  # type: ignore[misc]
    [day] = read(org.source(), DAY)
    assert [(row.account, row.row.requests) for row in day.rows] == [
        ("ada@example.com", 31),
        ("svac_01BOT", 900),
        (None, 1),
        ("user_01ADA", None),
    ]
    assert (day.complete, day.flaws) == (True, {})
