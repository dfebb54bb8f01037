"""Anthropic: which reports are read with which key, and what happens when it does not answer as agreed."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.connectors.http import ReplyError
from bot.connectors.pull import Finding
from bot.errors import ConnectorError
from tests.providers.anthropic import (
    ADMIN_KEY,
    ANALYTICS_KEY,
    BILL,
    CLAUDE_CODE,
    COST,
    KEYS,
    MESSAGES,
    USAGE,
    USERS,
    Message,
    Organisation,
    Work,
    organisation,
    read,
    user,
)
from tests.providers.standin import Asked, Reply

DAY = date(2026, 11, 10)
TODAY = date(2026, 11, 20)
ADA = user("ada@example.com")
DAY_PARAMETERS = {"starting_at": ["2026-11-10T00:00:00Z"], "ending_at": ["2026-11-11T00:00:00Z"]}


@pytest.fixture
def org() -> Iterator[Organisation]:
    with organisation() as org:
        org.held.work, org.held.messages = [Work(DAY, ADA)], [Message(DAY)]
        yield org


def tools(org: Organisation, **keys: str | None) -> list[str]:
    """Return what the day's rows were made with, as a source with *keys* reports them."""
    [day] = read(org.source(**keys), DAY)
    return sorted({row.tool for _, row, _ in day.rows})


def test_one_day_is_one_series_of_usage_and_one_of_cost(org: Organisation) -> None:
    source = org.source()
    read(source, DAY)
    org.stand.asked.clear()
    read(source, DAY)
    assert org.stand.paths() == [USAGE, COST]
    expected = DAY_PARAMETERS | {
        "time_bucket_width": ["1d"],
        "group_by[]": ["actor", "model", "product", "claude_tag_category"],
        "limit": ["1000"],
    }
    assert [asked.query for asked in org.stand.asked] == [expected] * 2


def test_without_analytics_one_day_is_claude_code_and_messages(org: Organisation) -> None:
    source = org.without_analytics()
    read(source, DAY)
    assert org.stand.paths() == [USAGE, CLAUDE_CODE, MESSAGES]
    dimensions = ["api_key_id", "account_id", "service_account_id", "model", "service_tier", "context_window"]
    assert org.stand.asked[1].query == {"starting_at": ["2026-11-10"], "limit": ["1000"]}
    assert org.stand.asked[2].query == DAY_PARAMETERS | {"bucket_width": ["1d"], "group_by[]": dimensions}


@pytest.mark.parametrize(
    ("keys", "refused", "used"),
    [
        pytest.param({}, {}, "claude-code", id="admin key"),
        pytest.param({"analytics": ANALYTICS_KEY, "admin": None}, {}, "claude-code", id="analytics key"),
        pytest.param({"analytics": ANALYTICS_KEY}, {ADMIN_KEY: 403}, "claude-code", id="analytics key first"),
        pytest.param({"analytics": ANALYTICS_KEY}, {ANALYTICS_KEY: 403}, "claude-code", id="admin key instead"),
        pytest.param({}, {ADMIN_KEY: 400}, "anthropic-api", id="400"),
        pytest.param({}, {ADMIN_KEY: 403}, "anthropic-api", id="403"),
        pytest.param({}, {ADMIN_KEY: 404}, "anthropic-api", id="404"),
        pytest.param(
            {"analytics": ANALYTICS_KEY}, {ADMIN_KEY: 404, ANALYTICS_KEY: 403}, "anthropic-api", id="neither key"
        ),
    ],
)
def test_the_analytics_are_read_where_a_key_may_and_else_the_reports(
    org: Organisation, keys: dict[str, str | None], refused: dict[str, int], used: str
) -> None:
    org.stand.refused = {(key, USAGE): status for key, status in refused.items()}
    assert tools(org, **keys) == [used]


@pytest.mark.parametrize("keys", [{"admin": None, "analytics": ANALYTICS_KEY}, {"admin": None}])
def test_keys_that_may_read_no_usage_are_said_to(org: Organisation, keys: dict[str, str | None]) -> None:
    org.stand.refused[ANALYTICS_KEY, USAGE] = 403
    with pytest.raises(ConnectorError, match=r"^Anthropic: no key may read usage\. .* set ANTHROPIC_ADMIN_KEY$"):
        tools(org, **keys)


def test_what_is_read_is_asked_for_again_after_a_day(org: Organisation) -> None:
    source = org.without_analytics()
    read(source, DAY)
    org.stand.refused.clear()
    org.now += timedelta(hours=23, minutes=59)
    [before] = read(source, DAY)
    org.now += timedelta(minutes=1)
    [after] = read(source, DAY)
    assert [day.rows[0].row.tool for day in (before, after)] == ["anthropic-api", "claude-code"]


def test_today_is_asked_for_and_no_day_after_it(org: Organisation) -> None:
    days = read(org.source(), TODAY - timedelta(days=1), TODAY + timedelta(days=2))
    assert [(day.day, day.complete) for day in days] == [(TODAY - timedelta(days=1), True), (TODAY, False)]


@pytest.mark.parametrize(
    ("now", "first", "served"),
    [
        (datetime(2026, 1, 3, 12, tzinfo=UTC), date(2025, 12, 30), [date(2026, 1, day) for day in (1, 2, 3)]),
        (datetime(2027, 6, 1, 12, tzinfo=UTC), date(2026, 6, 1), [date(2026, 6, 2)]),
    ],
)
def test_days_that_the_analytics_do_not_have_are_not_asked_for(
    org: Organisation, now: datetime, first: date, served: list[date]
) -> None:
    org.now = now
    org.stand.routes["GET", USAGE] = org.stand.routes["GET", COST] = lambda _: Reply({"data": []})
    assert [day.day for day in read(org.source(), first, served[-1])] == served


@pytest.mark.parametrize(
    ("keys", "gone", "setting"),
    [
        ({}, ADMIN_KEY, "ANTHROPIC_ADMIN_KEY"),
        ({"analytics": ANALYTICS_KEY}, ANALYTICS_KEY, "ANTHROPIC_ANALYTICS_KEY"),
    ],
)
def test_a_revoked_key_is_said_by_its_setting_and_no_other_is_used(
    org: Organisation, keys: dict[str, str | None], gone: str, setting: str
) -> None:
    org.stand.keys.discard(gone)
    with pytest.raises(ReplyError, match=rf"the key is refused \(401 for {USAGE}\).* then {setting}$") as refused:
        tools(org, **keys)
    assert refused.value.permanent
    assert gone not in str(refused.value)


@pytest.mark.parametrize("path", [CLAUDE_CODE, MESSAGES])
def test_a_missing_scope_for_the_reports_is_said(org: Organisation, path: str) -> None:
    source = org.without_analytics()
    org.stand.refused[ADMIN_KEY, path] = 403
    with pytest.raises(ReplyError, match=rf"the key may not read {path} \(403\)"):
        read(source, DAY)


def test_retry_after_is_obeyed(org: Organisation) -> None:
    org.stand.faults += [Reply(status=429, headers={"Retry-After": "7"}), Reply(status=529)]
    assert tools(org) == ["claude-code"]
    assert org.pauses == [7, 4]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>Sign in</html>", "answered a web page instead of JSON; is the address right?"),
        ('{"data": 7}', "answered something else than was agreed"),
        ('{"results": []}', "answered something else than was agreed"),
        ('{"data": [', "answered something else than was agreed"),
        (b'{"data\xff": []}', "answered something else than was agreed"),
    ],
)
def test_what_is_no_page_is_said_and_tried_again_by_the_next_run(
    org: Organisation, body: str | bytes, said: str
) -> None:
    source = org.source()
    read(source, DAY)
    org.stand.faults.append(Reply(body))
    with pytest.raises(ConnectorError, match=re.escape(said)) as broken:
        read(source, DAY)
    assert not broken.value.permanent


def test_a_row_that_is_no_text_loses_no_other(org: Organisation) -> None:
    source = org.source()
    read(source, DAY)
    org.stand.faults.append(Reply(b'{"data": ["\xff"]}'))
    [day] = read(source, DAY)
    assert (len(day.rows), day.flaws) == (1, {"a row that is not as agreed": 1})


def pages(org: Organisation, *answers: dict[str, Any]) -> None:
    """Answer usage with these in turn, whatever is asked."""
    rest = list(answers)
    org.stand.routes["GET", USAGE] = lambda _: Reply(rest.pop(0))


def item(model: str) -> dict[str, Any]:
    group = {"actor": ADA, "model": model, "product": "chat"}
    return {"starting_at": "2026-11-10T00:00:00Z", "group": group, "usage": {"output_tokens": 1}}


A, B = [item("a")], [item("b")]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([{"data": A, "next_page": "2"}, {"data": A, "next_page": "3"}, {"data": B}], "repeats a page"),
        ([{"data": A, "next_page": "2"}, {"data": B, "next_page": "2"}], "repeats a page"),
        (
            [{"data": A, "next_page": "2"}, {"data": B, "next_page": "3"}, {"data": A, "next_page": "2"}],
            "repeats a page",
        ),
        ([{"data": A, "has_more": True}], "has more and does not say where"),
    ],
)
def test_pages_that_do_not_come_to_an_end_are_refused(
    org: Organisation, answers: list[dict[str, Any]], said: str
) -> None:
    source = org.source()
    read(source, DAY)
    pages(org, *answers)
    with pytest.raises(ConnectorError, match=rf"^Anthropic: {USAGE} {said}$") as broken:
        read(source, DAY)
    assert not broken.value.permanent


@pytest.mark.parametrize(
    "answers",
    [
        [{"data": A, "has_more": True, "next_page": "2"}, {"data": B, "has_more": False, "next_page": "3"}],
        [{"data": A, "next_page": "2"}, {"data": B}],
        [{"data": [], "next_page": "2"}, {"data": A, "next_page": "3"}, {"data": B, "next_page": None}],
    ],
)
def test_pages_end_where_there_is_no_more(org: Organisation, answers: list[dict[str, Any]]) -> None:
    source = org.source()
    read(source, DAY)
    pages(org, *answers)
    [day] = read(source, DAY)
    assert [row.model for _, row, _ in day.rows][:2] == ["a", "b"]


def test_a_cursor_that_expires_in_the_middle_fails_the_day_and_may_be_tried_again(org: Organisation) -> None:
    org.held.work, org.stand.most = [Work(DAY, ADA), Work(DAY, ADA, model="claude-opus-4-5")], 1
    source = org.source()
    org.stand.expired = 1
    with pytest.raises(ConnectorError, match=r"did not keep its page cursor \(410\)") as broken:
        read(source, DAY)
    assert not broken.value.permanent
    [day] = read(source, DAY)
    assert len(day.sums) == 2


@pytest.mark.parametrize(("times", "works"), [(1, True), (2, False)])
def test_a_cursor_that_expires_before_any_row_starts_the_day_again_once(
    org: Organisation, times: int, works: bool
) -> None:
    source = org.source()
    read(source, DAY)
    expired = [Reply(status=410)] * times

    def answer(asked: Asked) -> Reply:
        if not asked.one("page"):
            return Reply({"data": [], "next_page": "2"})
        return expired.pop() if expired else Reply({"data": A})

    org.stand.routes["GET", USAGE] = answer
    if works:
        [day] = read(source, DAY)
        assert day.rows[0].row.model == "a"
    else:
        with pytest.raises(ConnectorError, match="410"):
            read(source, DAY)


ALL_OK = [
    Finding("ok", "usage analytics, data to 08:10 UTC today"),
    Finding("ok", "cost analytics, data to 08:10 UTC today"),
    *(Finding("ok", name) for name in ("Claude Code", "messages", "bill", "users", "keys")),
]


def test_findings_say_what_each_endpoint_answers_with_a_small_request_each(org: Organisation) -> None:
    assert list(org.source().findings()) == ALL_OK
    assert org.stand.paths() == [USAGE, COST, CLAUDE_CODE, MESSAGES, BILL, USERS, KEYS]


@pytest.mark.parametrize(
    ("refused", "number", "finding"),
    [
        (
            {USAGE: 404},
            0,
            Finding(
                "warn",
                f"usage analytics: HTTP 404 for {USAGE}; the reports of Claude Code and of messages are read instead",
            ),
        ),
        (
            {COST: 403},
            1,
            Finding(
                "warn",
                f"cost analytics: the key may not read {COST} (403): a scope is missing, or the plan does not have it; "
                "list prices are shown instead",
            ),
        ),
        (
            {CLAUDE_CODE: 404},
            2,
            Finding("warn", f"Claude Code: HTTP 404 for {CLAUDE_CODE}; not needed beside the analytics"),
        ),
        (
            {CLAUDE_CODE: 403, USAGE: 403},
            2,
            Finding(
                "to do",
                f"Claude Code: the key may not read {CLAUDE_CODE} (403): a scope is missing, "
                "or the plan does not have it",
            ),
        ),
        ({KEYS: 404}, 6, Finding("warn", f"keys: HTTP 404 for {KEYS}")),
    ],
)
def test_findings_say_what_may_not_be_read_and_what_that_means(
    org: Organisation, refused: dict[str, int], number: int, finding: Finding
) -> None:
    org.stand.refused = {(ADMIN_KEY, path): status for path, status in refused.items()}
    assert list(org.source().findings())[number] == finding


def test_findings_say_what_a_missing_admin_key_means(org: Organisation) -> None:
    org.held.refreshed_at = "2026-11-19T22:00:00Z"
    assert list(org.source(admin=None, analytics=ANALYTICS_KEY).findings()) == [
        Finding("ok", "usage analytics, data to 22:00 UTC on 19 Nov"),
        Finding("ok", "cost analytics, data to 22:00 UTC on 19 Nov"),
        Finding("to do", "bills, users and keys need an admin key: set ANTHROPIC_ADMIN_KEY"),
    ]


def test_findings_raise_nothing_where_nothing_answers(org: Organisation) -> None:
    source = org.source()
    org.stand.keys.clear()
    states = [(finding.state, "401" in finding.text) for finding in source.findings()]
    assert states == [("to do", True)] * 7
