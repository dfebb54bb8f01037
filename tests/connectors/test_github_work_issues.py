"""Closed issues as finished tickets: whose they are, who accepted them, and when they were opened again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.connectors.finished import ReportedItem
from bot.connectors.github_api import GitHubApi
from bot.connectors.github_work import GitHubWork
from bot.domain.outcomes.reverts import Reopening, with_returns
from bot.domain.outcomes.states import state
from tests.providers.github import ORG, TOKEN, Downloads
from tests.providers.github_work import WorkingGitHub, bot, commit, issue, pull, review

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)
CLOSED = f"{DAY}T12:00:00Z"


@pytest.fixture
def github() -> Iterator[WorkingGitHub]:
    stand = WorkingGitHub(Downloads(), lambda: NOW)
    with stand.downloads, stand:
        yield stand


@pytest.fixture
def source(github: WorkingGitHub) -> Iterator[GitHubWork]:
    with closing(GitHubWork(GitHubApi(github.url, TOKEN), ORG, lambda: NOW)) as made:
        yield made


def only(github: WorkingGitHub, source: GitHubWork, **more: Any) -> ReportedItem:
    github.issues = [issue(77, CLOSED, **more)]
    work = source.reported_work(DAY, DAY)
    assert work.complete, work.flaws
    (reported,) = work.items
    assert (reported.item.kind, reported.item.place, reported.item.reference) == ("ticket", "acme/app", "acme/app#77")
    return reported


def by(author: Any, merged_by: Any = "bob", **more: Any) -> dict[str, Any]:
    return pull(1, CLOSED, author=author, merged_by=merged_by, **more)


AGENT = bot("copilot-swe-agent")


@pytest.mark.parametrize(
    ("more", "author", "accepted"),
    [
        ({"closer": by("Ada"), "assignees": ["cyd"], "actor": "bob"}, "ada", True),
        ({"closer": by("ada", "ada"), "actor": "ada"}, "ada", False),  # one's own change, merged by oneself
        ({"closer": by("ada", "ada", reviews=[review("bob", CLOSED)]), "actor": "ada"}, "ada", True),
        ({"closer": by(None), "assignees": ["cyd"]}, "cyd", True),
        ({"closer": by(None), "actor": None}, None, True),
        ({"closer": by(bot("renovate"), bot("renovate")), "actor": bot("renovate")}, None, False),
        ({"closer": by(AGENT, "bob", assignees=["ada"]), "actor": "bob"}, "ada", True),
        ({"closer": by(AGENT, "ada"), "assignees": ["ada"], "actor": "ada"}, "ada", False),
        ({"closer": commit("ada"), "actor": "ada"}, "ada", False),
        ({"closer": commit("ada"), "actor": "bob"}, "ada", True),
        ({"closer": {"__typename": "ProjectV2"}, "assignees": ["ada"], "actor": "bob"}, "ada", True),
        ({"assignees": ["ada", "cyd"], "actor": "bob"}, "ada", True),
        ({"assignees": ["ada"], "actor": "ada"}, "ada", False),
        ({"assignees": ["ada"], "actor": bot("github-actions")}, "ada", False),
        ({"assignees": ["ada"], "actor": None}, "ada", False),
        ({"actor": "bob"}, None, False),  # nobody is credited, so nobody is somebody else
    ],
)
def test_whose_a_ticket_is_and_whether_another_accepted_it(
    github: WorkingGitHub, source: GitHubWork, more: dict[str, Any], author: str | None, accepted: bool
) -> None:
    reported = only(github, source, **more)
    assert (reported.author, reported.item.accepted) == (author, accepted)


def test_a_ticket_that_an_agents_change_closed_says_so(github: WorkingGitHub, source: GitHubWork) -> None:
    reported = only(github, source, closer=by(AGENT, assignees=["ada"]))
    assert (reported.item.agent_made, reported.item.ai_evidence) == (True, "shown")


@pytest.mark.parametrize("reason", ["NOT_PLANNED", "DUPLICATE", None])
def test_issues_closed_for_another_reason_are_no_finished_work(
    github: WorkingGitHub, source: GitHubWork, reason: str | None
) -> None:
    github.issues = [issue(1, CLOSED, stateReason=reason)]
    work = source.reported_work(DAY, DAY)
    assert (work.items, work.complete) == ([], True)


def test_many_closed_issues_of_one_day_are_all_found(github: WorkingGitHub, source: GitHubWork) -> None:
    github.issues = [issue(number, f"{DAY}T{number % 24:02}:00:00Z") for number in range(1, 1201)]
    work = source.reported_work(DAY, DAY)
    assert (len(work.items), work.complete) == (1200, True)


@pytest.mark.parametrize(("days", "came_back"), [(3, True), (14, True), (15, False)])
def test_an_issue_opened_again_came_back_only_within_14_days(
    github: WorkingGitHub, source: GitHubWork, days: int, came_back: bool
) -> None:
    (finished,) = [only(github, source, assignees=["ada"]).item]
    again = f"{DAY + timedelta(days=days)}T10:00:00Z"
    later = f"{DAY + timedelta(days=min(days + 2, 17))}T10:00:00Z"  # somebody wrote something since
    github.issues = [issue(77, None, reopened_at=[again], updatedAt=later)]
    day = DAY + timedelta(days=days)
    work = source.reported_work(day, day)
    assert work.reopenings == [Reopening("acme/app#77", day)]
    (returned,) = with_returns([finished], work.reverts, work.reopenings)
    assert state(returned, NOW.date()) == ("came_back" if came_back else "stayed")


def test_an_issue_opened_again_and_closed_as_not_planned_came_back_too(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    again = [f"{DAY - timedelta(days=9)}T10:00:00Z", CLOSED]
    github.issues = [issue(77, CLOSED, stateReason="NOT_PLANNED", reopened_at=again)]
    work = source.reported_work(DAY, DAY)
    assert (work.items, work.reopenings) == ([], [Reopening("acme/app#77", DAY)])


def test_an_issue_that_was_moved_is_a_flaw(github: WorkingGitHub, source: GitHubWork) -> None:
    github.issues = [issue(1, CLOSED), issue(2, CLOSED, place="other/app"), issue(3, CLOSED)]
    github.unseen = {3}
    work = source.reported_work(DAY, DAY)
    assert [each.item.reference for each in work.items] == ["acme/app#1"]
    assert not work.complete
    assert work.flaws == {
        "an item that moved to another organization": 1,
        "an item that the token may not see, or that was moved": 1,
    }


def test_titles_of_tickets_are_kept_as_those_of_changes(github: WorkingGitHub, source: GitHubWork) -> None:
    assert only(github, source, title="Leaked glpat-" + "x" * 20).title == "acme/app#77"
