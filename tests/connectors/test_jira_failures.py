"""What Jira may answer instead of tickets, who has an account there, and what an operator is told."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.finished import ReportedWork
from bot.connectors.jira import JiraWork
from bot.connectors.jira_api import jira_api
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError
from tests.providers.jira import EMAIL, TOKEN, Jira, ticket, user
from tests.providers.standin import Reply

DAY = date(2026, 11, 9)
NOON = "2026-11-09T12:00:00.000+0000"
SEARCH = ("POST", "/rest/api/3/search/jql")


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def jira() -> Iterator[Jira]:
    stand_in = Jira()
    with stand_in:
        yield stand_in


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def source(jira: Jira, pauses: list[float]) -> Iterator[JiraWork]:
    with closing(JiraWork(jira_api(jira.url, EMAIL, TOKEN, pauses.append), now)) as source:
        yield source


def read(source: JiraWork) -> ReportedWork:
    return source.reported_work(DAY, DAY)


def test_a_revoked_token_is_an_error_though_strangers_may_search(jira: Jira) -> None:
    jira.tickets = [ticket("PAY-1", NOON)]
    with closing(JiraWork(jira_api(jira.url, EMAIL, "revoked"), now)) as source:
        with pytest.raises(ConnectorError, match=r"401.*JIRA_TOKEN") as error:
            read(source)
        assert error.value.permanent
        with pytest.raises(ConnectorError, match="JIRA_TOKEN"):
            list(source.accounts())


def test_what_the_account_may_not_read_names_the_setting(jira: Jira, source: JiraWork) -> None:
    jira.hidden = {SEARCH[1]}
    with pytest.raises(ConnectorError, match=r"403.*JIRA_TOKEN"):
        read(source)


def test_where_jira_cannot_tell_what_was_opened_again_the_finished_tickets_count(jira: Jira, source: JiraWork) -> None:
    jira.tickets, jira.refuses_history = [ticket("PAY-1", NOON)], True
    work = read(source)
    assert (len(work.items), work.complete) == (1, False)
    assert list(work.flaws) == ["Jira refuses to search for tickets that were opened again"]


def test_a_web_page_is_an_error(jira: Jira, source: JiraWork) -> None:
    jira.faults.append(Reply("<!DOCTYPE html><title>Log in</title>"))
    with pytest.raises(ConnectorError, match="a web page instead of JSON"):
        read(source)


def test_jira_is_given_the_time_it_asks_for(jira: Jira, source: JiraWork, pauses: list[float]) -> None:
    jira.tickets = [ticket("PAY-1", NOON)]
    jira.faults.append(Reply({}, 429, {"Retry-After": "7"}))
    assert (len(read(source).items), pauses) == (1, [7])


@pytest.mark.parametrize(
    "pages",
    [
        [{"issues": [], "nextPageToken": "same"}, {"issues": [], "nextPageToken": "same"}],
        [{"issues": [{"id": "1"}], "nextPageToken": "a"}, {"issues": [{"id": "1"}], "nextPageToken": "b"}],
    ],
    ids=["its token", "what is in it"],
)
def test_a_page_that_repeats_is_an_error(jira: Jira, source: JiraWork, pages: list[Any]) -> None:
    answers = iter(pages)
    jira.routes[SEARCH] = lambda asked: Reply(next(answers))
    with pytest.raises(ConnectorError, match="repeats a page") as error:
        read(source)
    assert not error.value.permanent


def test_the_same_ticket_twice_counts_once(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON), ticket("PAY-2", NOON), ticket("PAY-1", NOON)]
    work = read(source)
    assert (len(work.items), work.complete, work.flaws) == (2, True, {"a ticket that came twice": 1})


def test_a_ticket_that_comes_twice_with_other_content_leaves_the_days_incomplete(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON), ticket("PAY-1", NOON, summary="Another")]
    work = read(source)
    assert (len(work.items), work.complete) == (1, False)


@pytest.mark.parametrize(
    "more",
    [
        {"resolutiondate": "2026-11-09T12:00:00.000"},
        {"project": None},
        {"status": None},
        {"assignee": "ana"},
        {"summary": 12},
    ],
    ids=str,
)
def test_a_ticket_that_cannot_be_read_is_left_out_and_the_rest_counts(
    jira: Jira, source: JiraWork, more: dict[str, Any]
) -> None:
    jira.tickets = [ticket("PAY-1", NOON), ticket("PAY-2", NOON, **more)]
    work = read(source)
    assert [reported.item.reference for reported in work.items] == ["PAY-1"]
    assert (work.complete, work.flaws) == (False, {"a ticket that cannot be read": 1})


@pytest.mark.parametrize(
    "more", [{"key": "../secret"}, {"fields": None}, {"changelog": {"histories": [{"created": ""}]}}]
)
def test_a_ticket_without_key_fields_or_times_is_left_out(jira: Jira, source: JiraWork, more: dict[str, Any]) -> None:
    shown = {"id": "1", "key": "PAY-1", "fields": ticket("PAY-1", NOON)["fields"]}
    jira.routes["GET", "/rest/api/3/status"] = lambda asked: Reply([])
    jira.routes[SEARCH] = lambda asked: Reply({"issues": [shown | more, {"id": "2"}]})
    assert read(source).flaws == {"a ticket that cannot be read": 2}


def test_fields_that_are_new_or_missing_do_no_harm(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON)]
    for name in ("summary", "reporter", "creator", "assignee"):
        del jira.tickets[0]["fields"][name]
    jira.tickets[0]["fields"]["status"]["brandNew"] = {"a": 1}
    [reported] = read(source).items
    assert (reported.title, reported.author, reported.item.accepted) == ("PAY-1", None, False)


def test_people_are_listed_over_all_pages_without_apps_and_customers(jira: Jira, source: JiraWork) -> None:
    jira.users = [user(f"person-{number}") for number in range(250)]
    jira.users += [user("app-1", kind="app"), user("customer-1", kind="customer"), user("ana", "ana@acme.example")]
    accounts = list(source.accounts())
    assert accounts[0] == ListedAccount("person-0", None)
    assert (len(accounts), accounts[-1]) == (251, ListedAccount("ana", "ana@acme.example"))


def test_a_page_of_people_that_repeats_is_an_error(jira: Jira, source: JiraWork) -> None:
    jira.routes["GET", "/rest/api/3/users/search"] = lambda asked: Reply([user("ana"), None])
    with pytest.raises(ConnectorError, match="repeats a page"):
        list(source.accounts())


def states(source: JiraWork) -> list[str]:
    return [finding.state for finding in source.findings()]


def test_doctor_is_told_how_many_projects_are_read_and_that_mail_addresses_show(jira: Jira, source: JiraWork) -> None:
    jira.users = [user("ana", "ana@acme.example"), user("app-1", kind="app")]
    assert list(source.findings()) == [
        Finding("ok", "finished tickets of 2 projects"),
        Finding("ok", "people with their mail addresses"),
    ]


def test_doctor_is_told_of_hidden_mail_addresses_and_of_rights_that_are_missing(jira: Jira, source: JiraWork) -> None:
    jira.users = [user("ana", "ana@acme.example"), user("bo")]
    assert states(source) == ["ok", "warn"]
    jira.projects, jira.users = 0, []
    assert states(source) == ["to do", "to do"]
    jira.hidden = {"/rest/api/3/project/search", "/rest/api/3/users/search"}
    assert states(source) == ["to do", "to do"]


def test_doctor_is_told_of_a_revoked_token_and_of_nothing_else(jira: Jira) -> None:
    with closing(JiraWork(jira_api(jira.url, EMAIL, "revoked"), now)) as source:
        [finding] = source.findings()
    assert finding.state == "to do"
    assert "JIRA_TOKEN" in finding.text


def test_no_error_names_the_token(jira: Jira) -> None:
    with closing(JiraWork(jira_api(jira.url, EMAIL, "ATATT-revoked"), now)) as source:
        said = "".join(finding.text for finding in source.findings())
    assert "ATATT-revoked" not in said
    assert EMAIL not in said
