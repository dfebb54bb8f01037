"""What went through a LiteLLM proxy, as the source reports it, against a stand-in that holds it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.connectors.litellm_source import LiteLLMSource, litellm_api
from bot.connectors.pull import NO_MODEL, ListedAccount, ReportedDay, ReportedRow
from tests.providers.litellm import LiteLLMStandIn, Spent
from tests.providers.standin import Reply

DAY = date(2026, 11, 10)
NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
SAMPLE = Path(__file__).parents[1] / "providers/samples/litellm/synthetic.user_daily_activity.json"
Key = tuple[str | None, date, str, str]


@pytest.fixture
def litellm() -> Iterator[LiteLLMStandIn]:
    stand = LiteLLMStandIn()
    stand.keys = {
        "hash-ada": {"key_alias": "claude-code-ada", "user_id": "u-ada", "user_email": "ada@example.com"},
        "hash-ada-2": {"key_alias": "ada-laptop", "user_id": "u-ada"},
        "hash-bob": {"key_alias": "codex", "user_id": "u-bob"},
        "hash-ci": {"key_alias": None, "user_id": None},
        "hash-ui": {"key_alias": "ui", "user_id": "default_user_id"},
    }
    stand.spent = [
        Spent(DAY, "u-ada", "hash-ada", "claude-sonnet-4-5", Decimal("0.0041"), 1_500, 66, 1_000, 300, 3, 1),
        Spent(DAY, "u-ada", "hash-ada", "claude-sonnet-4-5", Decimal("0.1000001"), 20, 5),
        Spent(DAY, "u-ada", "hash-ada-2", "gpt-5", Decimal("0.25"), 90, 9, 40),
        Spent(DAY, "u-bob", "hash-bob", "azure/gpt-5-2025-08-07", Decimal("0.5"), 7, 3, requests=2),
        Spent(DAY, "", "hash-ci", "gpt-5", Decimal("0.000000001"), 8, 1),
        Spent(DAY, "default_user_id", "hash-ui", "gpt-5", Decimal(0), 5, 1, requests=4, failed=4),
        Spent(DAY, "", "", "gpt-5", Decimal("0.01"), 6, 2),
        Spent(NEXT, "u-ada", "hash-ada", "claude-sonnet-4-5", Decimal(1), 10, 10),
    ]
    with stand:
        yield stand


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def source(litellm: LiteLLMStandIn, waits: list[float]) -> Iterator[LiteLLMSource]:
    source = LiteLLMSource(litellm_api(litellm.url, litellm.key, waits.append), lambda: NOW)
    yield source
    source.close()


def read(source: LiteLLMSource, first: date = DAY, last: date = DAY) -> list[tuple[ReportedDay, list[ReportedRow]]]:
    return [(day, [row for batch in day.batches for row in batch]) for day in source.reported_days(first, last)]


def rows_of(source: LiteLLMSource, first: date = DAY, last: date = DAY) -> list[ReportedRow]:
    return [row for _, rows in read(source, first, last) for row in rows]


def only_day(source: LiteLLMSource) -> tuple[ReportedDay, list[ReportedRow]]:
    (day,) = read(source)
    return day


def told(rows: list[ReportedRow]) -> dict[Key, list[int]]:
    """Add up by account, day, model and tool: new input, read, written, output, requests, failed, nano-USD."""
    sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0] * 7)
    for account, row, _ in rows:
        values = (row.uncached_input_tokens, row.cache_read_tokens, row.cache_write_tokens, row.output_tokens)
        added = (*values, row.requests, row.failed_requests, row.list_value_nano_usd)
        key = (account, row.day, row.model, row.tool)
        sums[key] = [old + (new or 0) for old, new in zip(sums[key], added, strict=True)]
    return sums


TOOLS = {"hash-ada": "claude-code", "hash-bob": "codex"}
ACCOUNTS = {"hash-ada": "u-ada", "hash-ada-2": "u-ada", "hash-bob": "u-bob", "hash-ci": "hash-ci"}


def held(litellm: LiteLLMStandIn) -> dict[Key, list[int]]:
    sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0] * 7)
    for one in litellm.spent:
        key = (ACCOUNTS.get(one.key), one.day, one.model or NO_MODEL, TOOLS.get(one.key, "litellm"))
        tokens = (one.prompt - one.read - one.written, one.read, one.written, one.output)
        added = (*tokens, one.requests, one.failed, int(one.spend * 10**9))
        sums[key] = [old + new for old, new in zip(sums[key], added, strict=True)]
    return sums


def test_totals_per_account_day_model_and_client_are_what_the_proxy_holds(
    litellm: LiteLLMStandIn, source: LiteLLMSource
) -> None:
    assert told(rows_of(source, DAY, NEXT)) == held(litellm)


def test_a_second_run_says_the_same_and_a_revision_is_told(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    assert told(rows_of(source)) == told(rows_of(source))
    litellm.spent[0] = replace(litellm.spent[0], spend=Decimal(3), output=1)
    assert told(rows_of(source, DAY, NEXT)) == held(litellm)


@pytest.mark.parametrize("rows_a_page", [1, 2, 3])
def test_a_day_cut_into_pages_is_whole(litellm: LiteLLMStandIn, source: LiteLLMSource, rows_a_page: int) -> None:
    litellm.rows_a_page = rows_a_page
    (first, _), (_, _) = days = read(source, DAY, NEXT)
    assert told([row for _, rows in days for row in rows]) == held(litellm)
    assert (first.flaws, first.complete) == ({}, True)


def test_a_row_says_its_key_its_estimator_and_no_bill(source: LiteLLMSource) -> None:
    account, row, key = next(one for one in rows_of(source) if one.key == "hash-bob")
    assert (account, key, row.source, row.model) == ("u-bob", "hash-bob", "litellm", "azure/gpt-5-2025-08-07")
    assert (row.list_value_by, row.billed_nano_usd, row.run_kind) == ("gateway", None, "unknown")
    assert row.cache_write_1h_tokens == 0


@pytest.mark.parametrize(
    ("alias", "tool"),
    [
        ("claude-code", "claude-code"),
        ("Codex-Bob", "codex"),
        ("gemini-cli-1", "gemini-cli"),
        ("opencode-x", "opencode"),
        ("openclaw", "openclaw"),
        ("cursor-team", "cursor"),
        ("cursory", "litellm"),
        ("my-claude-code", "litellm"),
        (None, "litellm"),
    ],
)
def test_a_key_named_after_a_client_is_that_client(
    litellm: LiteLLMStandIn, source: LiteLLMSource, alias: str | None, tool: str
) -> None:
    litellm.spent = [Spent(DAY, "u-ada", "hash", "gpt-5", Decimal(1), 1, 1)]
    litellm.keys = {"hash": {"key_alias": alias, "user_id": "u-ada"}}
    assert [one.row.tool for one in rows_of(source)] == [tool]


def test_a_proxy_that_does_not_say_whose_a_key_is_tells_it_by_its_only_user(
    litellm: LiteLLMStandIn, source: LiteLLMSource
) -> None:
    litellm.keys = {}
    litellm.spent.append(Spent(DAY, "u-cy", "hash-team", "gpt-5", Decimal(1), 1, 1))
    litellm.spent.append(Spent(DAY, "u-di", "hash-team", "gpt-5", Decimal(1), 1, 1))
    accounts = {one.key: one.account for one in rows_of(source)}
    assert (accounts["hash-bob"], accounts["hash-team"]) == ("u-bob", "hash-team")


def test_an_older_proxy_tells_each_person_once_without_models(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    litellm.tells_keys_by_model = False
    day, rows = only_day(source)
    assert sorted((one.account or "", one.row.model, one.row.requests) for one in rows) == [
        ("", NO_MODEL, 2),
        ("", NO_MODEL, 4),
        ("u-ada", NO_MODEL, 5),
        ("u-bob", NO_MODEL, 2),
    ]
    assert sum(one.row.list_value_nano_usd or 0 for one in rows) == 864_100_101
    assert (day.flaws, day.complete) == ({}, True)
    assert any("does not say who used which model" in finding.text for finding in source.findings())


def test_calls_without_a_model_are_told_once(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    litellm.spent.append(Spent(DAY, "u-ada", "hash-ada", "", Decimal("0.3"), 0, 0, requests=6))
    assert told(rows_of(source, DAY, NEXT)) == held(litellm)
    assert told(rows_of(source))["u-ada", DAY, NO_MODEL, "claude-code"][-3:] == [6, 0, 300_000_000]


def test_today_is_asked_for_and_a_day_settles_an_hour_after_its_end(
    litellm: LiteLLMStandIn, source: LiteLLMSource
) -> None:
    days = read(source, date(2026, 11, 14), date(2026, 11, 30))
    assert [(day.day.day, day.complete) for day, _ in days] == [(14, True), (15, False), (16, False)]
    assert [asked.one("include_current_utc_day") for asked in litellm.asked] == ["", "", "true"]
    assert {asked.one("page_size") for asked in litellm.asked} == {"1000"}


def test_users_are_listed_over_all_pages(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    litellm.users = [{"user_id": f"u-{number}", "user_email": f"{number}@example.com"} for number in range(250)]
    litellm.users[3:3] = [{"user_id": "default_user_id"}, {"user_id": None}, {"user_id": "u-x", "user_email": ""}]
    listed = list(source.accounts())
    assert listed[2:5] == [
        ListedAccount("u-2", "2@example.com"),
        ListedAccount("u-x", None),
        ListedAccount("u-3", "3@example.com"),
    ]
    assert (len(listed), len(litellm.asked)) == (251, 3)


def test_the_sample_is_understood(litellm: LiteLLMStandIn, source: LiteLLMSource) -> None:
    litellm.faults.append(Reply(SAMPLE.read_bytes()))
    day, ((account, row, _),) = only_day(source)
    assert (account, row.model, row.uncached_input_tokens, row.list_value_nano_usd) == (
        "u-ada",
        NO_MODEL,
        1_000,
        12_300_000,
    )
    assert day.complete
