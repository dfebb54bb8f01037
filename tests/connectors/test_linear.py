"""Linear's issues: what counts as finished, by whom and when, and what was opened again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.linear import LinearWork
from bot.connectors.linear_api import linear_api
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.states import counted_once
from bot.domain.outcomes.work import FinishedItem
from tests.providers.linear import KEY, Linear, issue, span

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 10)
NOON = "2026-11-09T12:00:00.000Z"


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def linear() -> Iterator[Linear]:
    stand_in = Linear()
    with stand_in:
        yield stand_in


@pytest.fixture
def source(linear: Linear) -> Iterator[LinearWork]:
    with closing(LinearWork(linear_api(f"{linear.url}/graphql", KEY), now)) as source:
        yield source


def read(source: LinearWork, first: date = FIRST, last: date = LAST) -> ReportedWork:
    work = source.reported_work(first, last)
    assert work.complete, work.flaws
    return work


def references(work: ReportedWork) -> list[str]:
    return [reported.item.reference for reported in work.items]


def test_an_issue_is_told_with_its_team_its_assignee_and_where_it_is(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-12", NOON)]
    item = FinishedItem("PAY", "PAY-12", "ticket", FIRST, accepted=True)
    link = "https://linear.app/acme/issue/PAY-12/title"
    assert read(source).items == [ReportedItem(item, "ana", "Title of PAY-12", link)]


def test_what_an_issue_says_is_not_asked_for(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-12", NOON)]
    read(source)
    assert linear.asked
    assert not any("description" in asked.json["query"] for asked in linear.asked)


@pytest.mark.parametrize(
    ("completed", "told"),
    [
        ("2026-11-08T23:59:59.999Z", []),
        ("2026-11-09T00:00:00.000Z", [FIRST]),
        ("2026-11-10T23:59:59.999Z", [LAST]),
        ("2026-11-11T00:00:00.000Z", []),
    ],
)
def test_days_are_utc(linear: Linear, source: LinearWork, completed: str, told: list[date]) -> None:
    linear.issues = [issue("PAY-1", completed)]
    assert [reported.item.finished_on for reported in read(source).items] == told


def test_days_of_the_future_are_not_asked_for(linear: Linear, source: LinearWork) -> None:
    assert read(source, date(2026, 11, 21), date(2026, 11, 22)) == ReportedWork()
    assert not linear.asked


def test_every_page_is_read_and_a_second_run_reads_the_same(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue(f"PAY-{number}", NOON) for number in range(1, 6)]
    assert references(read(source)) == [f"PAY-{number}" for number in range(1, 6)]
    assert read(source) == read(source)


@pytest.mark.parametrize("kind", ["canceled", "duplicate", "started"])
def test_what_is_not_completed_is_not_finished(linear: Linear, source: LinearWork, kind: str) -> None:
    linear.issues = [issue("PAY-1", NOON, state={"type": kind})]
    assert not references(read(source))


def test_what_was_archived_is_finished_and_what_was_thrown_away_is_not(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, archivedAt=NOON), issue("PAY-2", NOON, trashed=True)]
    assert references(read(source)) == ["PAY-1"]


@pytest.mark.parametrize(
    ("asked", "made", "author", "accepted"),
    [
        ("rui", "ana", "ana", True),
        ("ana", "ana", "ana", False),
        ("rui", None, None, False),
        (None, "ana", "ana", False),  # deleted
    ],
)
def test_an_issue_is_accepted_by_whoever_asked_unless_they_did_it(
    linear: Linear, source: LinearWork, asked: str | None, made: str | None, author: str | None, accepted: bool
) -> None:
    linear.issues = [issue("PAY-1", NOON, asked=asked, made=made)]
    assert [(r.author, r.item.accepted) for r in read(source).items] == [(author, accepted)]


def test_somebody_from_outside_asked_too(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, asked=None, externalUserCreator={"id": "customer"})]
    assert [reported.item.accepted for reported in read(source).items] == [True]


def test_an_agent_works_for_its_assignee_and_shows_help(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, delegate={"id": "agent-1"})]
    [reported] = read(source).items
    assert (reported.author, reported.item.agent_made, reported.item.ai_evidence) == ("ana", True, "shown")


def test_an_app_is_nobody(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, assignee={"id": "app-1", "app": True})]
    assert [reported.author for reported in read(source).items] == [None]


@pytest.mark.parametrize("kind", ["triage", "backlog", "unstarted", "started"])
def test_an_issue_that_left_completion_was_opened_again(linear: Linear, source: LinearWork, kind: str) -> None:
    states = [span("started", NOON), span("completed", "2026-11-10T09:00:00.000Z"), span(kind, None)]
    linear.issues = [issue("PAY-1", None, states=states, state={"type": kind})]
    work = read(source)
    assert (work.items, work.reopenings) == ([], [Reopening("PAY-1", LAST)])


def test_an_issue_that_was_never_completed_or_is_again_was_not_opened_again(linear: Linear, source: LinearWork) -> None:
    completed = [span("completed", NOON), span("started", NOON), span("completed", None)]
    linear.issues = [issue("PAY-1", None, states=[span("unstarted", NOON)]), issue("PAY-2", NOON, states=completed)]
    work = read(source)
    assert (references(work), work.reopenings) == (["PAY-2"], [])


def test_reopenings_of_other_days_are_not_told(linear: Linear, source: LinearWork) -> None:
    ends = ["08T23:59:59.999", "09T00:00:00.000", "10T23:59:59.999", "11T00:00:00.000"]
    linear.issues = [issue("PAY-1", None, states=[span("completed", f"2026-11-{end}Z") for end in ends])]
    assert read(source).reopenings == [Reopening("PAY-1", FIRST), Reopening("PAY-1", LAST)]


def test_an_issue_with_many_states_is_read_to_the_end(linear: Linear, source: LinearWork) -> None:
    states = [span("started", NOON)] * 150 + [span("completed", NOON), span("started", None)]
    linear.issues = [issue("PAY-1", None, states=states)]
    assert read(source).reopenings == [Reopening("PAY-1", FIRST)]


def test_an_issue_with_states_without_end_is_a_flaw(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", None, states=[span("completed", NOON)] * 1100)]
    work = source.reported_work(FIRST, LAST)
    assert work.reopenings == [Reopening("PAY-1", FIRST)]
    assert (work.complete, list(work.flaws)) == (False, ["an issue with too many changes of state to read"])


def test_an_issue_that_moved_to_another_team_counts_once(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-12", NOON)]
    [before] = read(source).items
    linear.issues = [issue("OPS-3", NOON, previousIdentifiers=["PAY-12", "WEB-7"])]
    [after] = read(source).items
    assert (after.item.place, after.item.reference, after.item.ticket) == ("OPS", "OPS-3", "PAY-12")
    assert len(counted_once([before.item, after.item], now().date())) == 1


def test_an_issue_that_moved_back_has_its_first_name_again(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-12", None, previousIdentifiers=["PAY-12"], states=[span("completed", NOON)])]
    assert read(source).reopenings == [Reopening("PAY-12", FIRST)]


def test_a_moved_issue_that_is_opened_again_comes_back_under_all_its_names(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("OPS-3", None, previousIdentifiers=["PAY-12"], states=[span("completed", NOON)])]
    assert read(source).reopenings == [Reopening("OPS-3", FIRST), Reopening("PAY-12", FIRST)]


@pytest.mark.parametrize("title", ["<b>Pay</b> <!channel> *now*", "Pay `now` [here](http://x.example)"])
def test_markup_in_a_title_is_left_as_text(linear: Linear, source: LinearWork, title: str) -> None:
    linear.issues = [issue("PAY-1", NOON, title=title)]
    assert [reported.title for reported in read(source).items] == [title]


@pytest.mark.parametrize("title", [None, "", "Rotate ghp_16C7e42F292c6912E7710c838347Ae178B4a"])
def test_without_a_title_that_can_be_kept_there_is_the_name(
    linear: Linear, source: LinearWork, title: str | None
) -> None:
    linear.issues = [issue("PAY-1", NOON, title=title)]
    assert [reported.title for reported in read(source).items] == ["PAY-1"]


def test_a_title_without_end_is_cut(linear: Linear, source: LinearWork) -> None:
    linear.issues = [issue("PAY-1", NOON, title="word " * 2000)]
    assert [len(reported.title) for reported in read(source).items] == [80]


@pytest.mark.parametrize("more", [{"url": "javascript:alert(1)"}, {"url": None}], ids=str)
def test_a_link_that_does_not_lead_to_the_web_is_left_out(
    linear: Linear, source: LinearWork, more: dict[str, Any]
) -> None:
    linear.issues = [issue("PAY-1", NOON, **more)]
    assert [reported.link for reported in read(source).items] == [""]
