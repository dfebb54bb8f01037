"""Jira's tickets: what counts as finished, by whom and when, and what was opened again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.jira import JiraWork
from bot.connectors.jira_api import jira_api
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.states import counted_once
from bot.domain.outcomes.work import FinishedItem
from tests.providers.jira import EMAIL, TOKEN, Jira, moved_project, moved_status, ticket
from tests.providers.standin import Reply

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 10)
NOON = "2026-11-09T12:00:00.000+0000"


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def jira() -> Iterator[Jira]:
    stand_in = Jira()
    with stand_in:
        yield stand_in


@pytest.fixture
def source(jira: Jira) -> Iterator[JiraWork]:
    with closing(JiraWork(jira_api(jira.url, EMAIL, TOKEN), now)) as source:
        yield source


def read(source: JiraWork, first: date = FIRST, last: date = LAST) -> ReportedWork:
    work = source.reported_work(first, last)
    assert work.complete, work.flaws
    return work


def references(work: ReportedWork) -> list[str]:
    return [reported.item.reference for reported in work.items]


def test_a_ticket_is_told_with_its_project_its_assignee_and_where_it_is(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-12", NOON)]
    item = FinishedItem("PAY", "PAY-12", "ticket", FIRST, accepted=True)
    assert read(source).items == [ReportedItem(item, "ana", "Title of PAY-12", f"{jira.url}/browse/PAY-12")]


def test_what_a_ticket_says_is_not_asked_for(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-12", NOON)]
    read(source)
    searched = next(asked for asked in jira.asked if asked.path.endswith("/jql"))
    assert not {"description", "comment", "*all"} & set(searched.json["fields"])


def test_behind_the_gateway_tickets_have_no_link(jira: Jira) -> None:
    jira.tickets = [ticket("PAY-12", NOON)]
    jira.routes = {(method, f"/ex/jira/1{path}"): route for (method, path), route in jira.routes.items()}
    with closing(JiraWork(jira_api(f"{jira.url}/ex/jira/1", EMAIL, TOKEN), now)) as source:
        assert [reported.link for reported in read(source).items] == [""]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/Los_Angeles"])
def test_days_are_utc_whatever_time_zone_the_account_has(jira: Jira, source: JiraWork, zone: str) -> None:
    jira.zone = zone
    jira.tickets = [
        ticket("PAY-1", "2026-11-09T00:59:59.000+0100"),  # the evening before in UTC
        ticket("PAY-2", "2026-11-09T01:00:00.000+0100"),
        ticket("PAY-3", "2026-11-10T15:59:59.000-0800"),
        ticket("PAY-4", "2026-11-10T16:00:00.000-0800"),
    ]
    assert [(r.item.reference, r.item.finished_on) for r in read(source).items] == [("PAY-2", FIRST), ("PAY-3", LAST)]


def test_days_of_the_future_are_not_asked_for(jira: Jira, source: JiraWork) -> None:
    assert read(source, date(2026, 11, 21), date(2026, 11, 22)) == ReportedWork()
    assert not jira.asked


def test_every_page_is_read_and_a_second_run_reads_the_same(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket(f"PAY-{number}", NOON) for number in range(1, 6)]
    assert references(read(source)) == [f"PAY-{number}" for number in range(1, 6)]
    assert read(source) == read(source)


@pytest.mark.parametrize("name", ["Done", "Fixed", "Resolved", "Completed", "Shipped with love"])
def test_what_was_done_counts_under_any_name(jira: Jira, source: JiraWork, name: str) -> None:
    jira.tickets = [ticket("PAY-1", NOON, resolution={"name": name})]
    assert references(read(source)) == ["PAY-1"]


@pytest.mark.parametrize(
    "name", ["Won't Do", "Won\u2019t do", "WON'T FIX", "Duplicate", "Cannot Reproduce", " Declined ", "Rejected"]
)
def test_what_was_turned_down_is_not_finished(jira: Jira, source: JiraWork, name: str) -> None:
    jira.tickets = [ticket("PAY-1", NOON, resolution={"name": name})]
    assert not references(read(source))


def test_what_is_not_done_is_not_finished_though_a_resolution_was_left_in_it(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON, status={"id": "3", "statusCategory": {"key": "indeterminate"}})]
    assert not references(read(source))


@pytest.mark.parametrize(
    ("asked", "made", "author", "accepted"),
    [
        ("rui", "ana", "ana", True),
        ("ana", "ana", "ana", False),
        ("rui", None, None, False),
        (None, "ana", "ana", False),
        ("unknown", "ana", "ana", False),  # deleted
        ("rui", "unknown", None, False),
    ],
)
def test_a_ticket_is_accepted_by_whoever_asked_unless_they_did_it(
    jira: Jira, source: JiraWork, asked: str | None, made: str | None, author: str | None, accepted: bool
) -> None:
    jira.tickets = [ticket("PAY-1", NOON, asked=asked, made=made)]
    assert [(r.author, r.item.accepted) for r in read(source).items] == [(author, accepted)]


def test_where_the_reporter_is_hidden_its_creator_asked(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON, reporter=None)]
    assert [reported.item.accepted for reported in read(source).items] == [True]


def test_an_app_is_nobody(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON, assignee={"accountId": "app-1", "accountType": "app"})]
    assert [(r.author, r.item.accepted) for r in read(source).items] == [(None, True)]


def test_a_ticket_that_left_done_was_opened_again(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", None), ticket("PAY-2", None), ticket("PAY-3", None)]
    jira.tickets[0]["histories"] = [moved_status("2026-11-10T09:00:00.000+0000", "6", "3")]
    jira.tickets[1]["histories"] = [moved_status("2026-11-10T09:00:00.000+0000", "1", "3")]
    jira.tickets[2]["histories"] = [moved_status("2026-11-10T09:00:00.000+0000", "5", "15")]  # from done to done
    work = read(source)
    assert (work.items, work.reopenings) == ([], [Reopening("PAY-1", LAST)])


def test_reopenings_of_other_days_are_not_told(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", None)]
    for day in ("08T23:59:59", "09T00:00:00", "10T23:59:59", "11T00:00:00"):
        jira.tickets[0]["histories"].append(moved_status(f"2026-11-{day}.000+0000", "5", "3"))
    assert read(source).reopenings == [Reopening("PAY-1", FIRST), Reopening("PAY-1", LAST)]


def test_a_ticket_that_both_searches_find_is_told_once(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", "2026-11-10T09:00:00.000+0000")]
    jira.tickets[0]["histories"] = [moved_status(NOON, "5", "3")]
    work = read(source)
    assert (references(work), work.reopenings) == (["PAY-1"], [Reopening("PAY-1", FIRST)])
    assert not work.flaws


def test_a_ticket_that_was_closed_again_on_the_same_day_stands(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON)]
    jira.tickets[0]["histories"] = [moved_status("2026-11-09T11:59:00.000+0000", "5", "3")]
    work = read(source)
    assert (references(work), work.reopenings) == (["PAY-1"], [])


@pytest.mark.parametrize("size", [1, 3, 40])
def test_a_history_that_a_search_cuts_off_is_read_as_a_whole(jira: Jira, source: JiraWork, size: int) -> None:
    jira.history_size = size
    jira.tickets = [ticket("PAY-1", None)]
    jira.tickets[0]["histories"] = [
        moved_status("2026-11-09T08:00:00.000+0000", "5", "3"),
        *(moved_status(f"2026-11-10T{hour:02}:00:00.000+0000", "1", "3") for hour in range(5)),
    ]
    assert read(source).reopenings == [Reopening("PAY-1", FIRST)]


def test_a_history_that_reaches_back_before_the_days_is_not_asked_for_again(jira: Jira, source: JiraWork) -> None:
    jira.history_size = 2
    jira.tickets = [ticket("PAY-1", NOON)]
    jira.tickets[0]["histories"] = [moved_status(f"2026-11-0{day}T08:00:00.000+0000", "1", "3") for day in (1, 2, 8, 9)]
    assert references(read(source)) == ["PAY-1"]
    assert not any("changelog" in path for path in jira.paths())


def test_a_history_without_end_is_a_flaw_and_what_is_known_counts(jira: Jira, source: JiraWork) -> None:
    jira.history_size = 1
    jira.tickets = [ticket("PAY-1", NOON)]
    jira.tickets[0]["histories"] = [moved_status("2026-11-10T08:00:00.000+0000", "1", "3")] * 2001
    work = source.reported_work(FIRST, LAST)
    assert references(work) == ["PAY-1"]
    assert (work.complete, list(work.flaws)) == (False, ["a ticket with a history too long to read"])


def test_a_ticket_that_moved_to_another_project_counts_once(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-12", NOON)]
    [before] = read(source).items
    jira.tickets = [ticket("OPS-3", NOON)]
    jira.tickets[0]["histories"] = [
        moved_project("2026-11-09T13:00:00.000+0000", "PAY-12", "WEB-7"),
        moved_project("2026-11-10T13:00:00.000+0000", "WEB-7", "OPS-3"),
    ]
    [after] = read(source).items
    assert (after.item.place, after.item.reference, after.item.ticket) == ("OPS", "OPS-3", "PAY-12")
    assert len(counted_once([before.item, after.item], now().date())) == 1


def test_a_moved_ticket_that_is_opened_again_comes_back_under_all_its_keys(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("OPS-3", None)]
    jira.tickets[0]["histories"] = [
        moved_project("2026-11-09T13:00:00.000+0000", "PAY-12", "OPS-3"),
        moved_status("2026-11-10T13:00:00.000+0000", "5", "1"),
    ]
    assert read(source).reopenings == [Reopening("OPS-3", LAST), Reopening("PAY-12", LAST)]


def test_without_any_status_that_is_done_only_resolutions_are_asked_for(jira: Jira, source: JiraWork) -> None:
    jira.routes["GET", "/rest/api/3/status"] = lambda asked: Reply([])
    jira.tickets = [ticket("PAY-1", NOON)]
    assert references(read(source)) == ["PAY-1"]


@pytest.mark.parametrize("title", ["<b>Pay</b> <!channel> *now*", "Pay `now` [here](http://x.example)"])
def test_markup_in_a_title_is_left_as_text(jira: Jira, source: JiraWork, title: str) -> None:
    jira.tickets = [ticket("PAY-1", NOON, summary=title)]
    assert [reported.title for reported in read(source).items] == [title]


@pytest.mark.parametrize("title", [None, "", "Rotate ghp_16C7e42F292c6912E7710c838347Ae178B4a"])
def test_without_a_title_that_can_be_kept_there_is_the_key(jira: Jira, source: JiraWork, title: str | None) -> None:
    jira.tickets = [ticket("PAY-1", NOON, summary=title)]
    assert [reported.title for reported in read(source).items] == ["PAY-1"]


def test_a_title_without_end_is_cut(jira: Jira, source: JiraWork) -> None:
    jira.tickets = [ticket("PAY-1", NOON, summary="word " * 2000)]
    assert [len(reported.title) for reported in read(source).items] == [80]
