"""What Linear may answer instead of issues, who is in a workspace, and what an operator is told."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.finished import ReportedWork
from bot.connectors.linear import LinearWork
from bot.connectors.linear_api import linear_api
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError
from tests.providers.linear import KEY, Linear, error, issue, span, user
from tests.providers.standin import Reply

DAY = date(2026, 11, 9)
NOON = "2026-11-09T12:00:00.000Z"


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def linear() -> Iterator[Linear]:
    stand_in = Linear()
    with stand_in:
        yield stand_in


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def source(linear: Linear, pauses: list[float]) -> Iterator[LinearWork]:
    with closing(LinearWork(linear_api(f"{linear.url}/graphql", KEY, pauses.append), now)) as source:
        yield source


def read(source: LinearWork) -> ReportedWork:
    return source.reported_work(DAY, DAY)


def test_a_revoked_key_is_an_error(linear: Linear) -> None:
    with closing(LinearWork(linear_api(f"{linear.url}/graphql", "lin_api_revoked"), now)) as source:
        with pytest.raises(ConnectorError, match=r"401.*LINEAR_API_KEY") as raised:
            read(source)
        assert raised.value.permanent
        assert "lin_api_revoked" not in str(raised.value)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("code", "said"), [("AUTHENTICATION_ERROR", "401"), ("FORBIDDEN", "403")])
def test_refusals_are_told_apart_by_their_code(
    linear: Linear, source: LinearWork, status: int, code: str, said: str
) -> None:
    linear.faults.append(Reply(error(code), status))
    with pytest.raises(ConnectorError, match=f"{said}.*LINEAR_API_KEY") as raised:
        read(source)
    assert raised.value.permanent


@pytest.mark.parametrize("status", [200, 400])
def test_linear_is_given_the_time_until_its_budget_is_full_again(
    linear: Linear, source: LinearWork, pauses: list[float], status: int
) -> None:
    linear.issues = [issue("PAY-1", NOON)]
    headers = {
        "X-RateLimit-Requests-Remaining": "17",
        "X-RateLimit-Requests-Reset": str(round((time.time() + 3000) * 1000)),
        "X-RateLimit-Complexity-Remaining": "0",
        "X-RateLimit-Complexity-Reset": str(round((time.time() + 50) * 1000)),
    }
    linear.faults.append(Reply(error("RATELIMITED"), status, headers))
    assert len(read(source).items) == 1
    assert len(pauses) == 1
    assert 1 <= pauses[0] <= 60


def test_a_budget_that_is_full_again_much_later_is_left_to_the_next_run(
    linear: Linear, source: LinearWork, pauses: list[float]
) -> None:
    later = {
        "X-RateLimit-Requests-Remaining": "0",
        "X-RateLimit-Requests-Reset": str(round((time.time() + 3000) * 1000)),
    }
    linear.faults.append(Reply(error("RATELIMITED"), 400, later))
    with pytest.raises(ConnectorError, match="the next run goes on") as raised:
        read(source)
    assert (raised.value.permanent, pauses) == (False, [])


def test_a_limit_without_a_header_is_tried_again_with_growing_patience(
    linear: Linear, source: LinearWork, pauses: list[float]
) -> None:
    linear.faults.extend([Reply(error("RATELIMITED"), 400)] * 2)
    assert (read(source).complete, pauses) == (True, [2, 4])


def test_retry_after_counts_where_it_is_given(linear: Linear, source: LinearWork, pauses: list[float]) -> None:
    reset = str(round((time.time() + 50) * 1000))
    headers = {"Retry-After": "7", "X-RateLimit-Requests-Remaining": "0", "X-RateLimit-Requests-Reset": reset}
    linear.faults.append(Reply(error("RATELIMITED"), 400, headers))
    assert (read(source).complete, pauses) == (True, [7])


@pytest.mark.parametrize(
    "answer", [{"data": {"issues": None}}, {"data": None}, {"data": {}}, error("ODD"), [], "{"], ids=str
)
def test_an_answer_without_issues_is_an_error_and_not_nothing(linear: Linear, source: LinearWork, answer: Any) -> None:
    linear.faults.append(Reply(answer))
    with pytest.raises(ConnectorError):
        read(source)


def test_an_error_that_nobody_knows_is_a_refusal(linear: Linear, source: LinearWork) -> None:
    linear.faults.append(Reply(error("ODD")))
    with pytest.raises(ConnectorError, match="400") as raised:
        read(source)
    assert raised.value.permanent


def test_half_an_answer_is_an_error(linear: Linear, source: LinearWork) -> None:
    linear.faults.append(Reply({"data": {"issues": {"nodes": []}}, **error("INTERNAL_SERVER_ERROR")}))
    linear.faults.extend([Reply(error("INTERNAL_SERVER_ERROR"))] * 3)
    with pytest.raises(ConnectorError, match="500") as raised:
        read(source)
    assert not raised.value.permanent


def test_a_title_that_speaks_of_errors_is_none(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, title='Return "errors": [] as a list')]
    assert [reported.title for reported in read(source).items] == ['Return "errors": [] as a list']


def test_a_web_page_is_an_error(linear: Linear, source: LinearWork) -> None:
    linear.faults.append(Reply("<!DOCTYPE html><title>Log in</title>"))
    with pytest.raises(ConnectorError, match="a web page instead of JSON"):
        read(source)


@pytest.mark.parametrize(
    "pages",
    [[([], "same"), ([], "same")], [([{"id": "1"}], "a"), ([{"id": "1"}], "b")]],
    ids=["its cursor", "what is in it"],
)
def test_a_page_that_repeats_is_an_error(linear: Linear, source: LinearWork, pages: list[Any]) -> None:
    for nodes, cursor in pages:
        page = {"nodes": nodes, "pageInfo": {"hasNextPage": True, "endCursor": cursor}}
        linear.faults.append(Reply({"data": {"issues": page}}))
    with pytest.raises(ConnectorError, match="repeats a page") as raised:
        read(source)
    assert not raised.value.permanent


def test_states_that_repeat_a_page_are_an_error(linear: Linear, source: LinearWork) -> None:
    states = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}
    opened = {"id": "1", "identifier": "PAY-1", "stateHistory": states}
    linear.faults.append(Reply({"data": {"issues": {"nodes": []}}}))
    linear.faults.append(Reply({"data": {"issues": {"nodes": [opened]}}}))
    linear.faults.append(Reply({"data": {"issue": {"stateHistory": states}}}))
    with pytest.raises(ConnectorError, match="repeat a page"):
        read(source)


def test_the_same_issue_twice_counts_once(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON), issue("PAY-2", NOON), issue("PAY-1", NOON)]
    work = read(source)
    assert (len(work.items), work.complete, work.flaws) == (2, True, {"an issue that came twice": 1})


def test_an_issue_that_comes_twice_with_other_content_leaves_the_days_incomplete(
    linear: Linear, source: LinearWork
) -> None:
    linear.issues = [issue("PAY-1", NOON), issue("PAY-1", NOON, title="Another")]
    work = read(source)
    assert (len(work.items), work.complete) == (1, False)


@pytest.mark.parametrize(
    "more",
    [{"team": None}, {"assignee": "ana"}, {"title": 12}, {"identifier": "../x"}, {"previousIdentifiers": 1}],
    ids=str,
)
def test_an_issue_that_cannot_be_read_is_left_out_and_the_rest_counts(
    linear: Linear, source: LinearWork, more: dict[str, Any]
) -> None:
    linear.issues = [issue("PAY-1", NOON), issue("PAY-2", NOON, **more)]
    work = read(source)
    assert [reported.item.reference for reported in work.items] == ["PAY-1"]
    assert (work.complete, work.flaws) == (False, {"an issue that cannot be read": 1})


@pytest.mark.parametrize("day", ["2026-11-09T12:00:00.000", "2026-11-08T12:00:00.000Z", "yesterday"])
def test_an_issue_of_no_day_that_was_asked_for_is_left_out(linear: Linear, source: LinearWork, day: str) -> None:
    node = issue("PAY-1", NOON, completedAt=day)
    linear.faults.append(Reply({"data": {"issues": {"nodes": [node, None]}}}))
    assert read(source).flaws == {"an issue that cannot be read": 2}


def test_an_open_issue_that_cannot_be_read_leaves_the_days_incomplete(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", None, states=[span("completed", "yesterday")])]
    assert not read(source).complete


def test_fields_that_are_new_or_missing_do_no_harm(linear: Linear, source: LinearWork) -> None:
    node = {"id": "1", "identifier": "PAY-1", "completedAt": NOON, "team": {"key": "PAY", "brandNew": 1}}
    linear.faults.append(Reply({"data": {"issues": {"nodes": [node]}, "brandNew": {"nodes": []}}}))
    [reported] = read(source).items
    assert (reported.title, reported.link, reported.author, reported.item.accepted) == ("PAY-1", "", None, False)


def test_people_are_listed_over_all_pages_without_apps_and_with_those_who_left(
    linear: Linear, source: LinearWork
) -> None:
    linear.users = [
        user("1", "ana@acme.example"),
        user("2", "agent@linear.example", app=True),
        user("3", "left@acme.example", active=False),
        {"id": None, "active": True},
        user("4", ""),
    ]
    assert list(source.accounts()) == [
        ListedAccount("1", "ana@acme.example"),
        ListedAccount("3", "left@acme.example"),
        ListedAccount("4", None),
    ]


def test_doctor_is_told_how_many_teams_and_whether_people_are_read(linear: Linear, source: LinearWork) -> None:
    linear.users = [user("1", "ana@acme.example")]
    assert list(source.findings()) == [
        Finding("ok", "finished issues of 2 teams"),
        Finding("ok", "people with their mail addresses"),
    ]
    linear.teams, linear.users = 0, []
    assert [finding.state for finding in source.findings()] == ["to do", "to do"]


def test_doctor_is_told_of_a_revoked_key(linear: Linear) -> None:
    with closing(LinearWork(linear_api(f"{linear.url}/graphql", "lin_api_revoked"), now)) as source:
        [finding] = source.findings()
    assert finding.state == "to do"
    assert "LINEAR_API_KEY" in finding.text
