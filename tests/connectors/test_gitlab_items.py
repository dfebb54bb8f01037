"""Whose a GitLab group's changes and tickets are, whether somebody else accepted them, and what came back."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.connectors import gitlab_approvals
from bot.connectors.finished import ReportedItem
from bot.connectors.gitlab_api import GitLabApi
from bot.connectors.gitlab_work import GitLabWork
from bot.domain.outcomes.reverts import Reopening, Revert, with_returns
from tests.providers.gitlab import GROUP, PROJECT, TOKEN, GitLab, issue, merge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)
NOON = f"{DAY}T12:00:00Z"


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    stand = GitLab()
    with stand:
        yield stand


@pytest.fixture
def source(gitlab: GitLab) -> Iterator[GitLabWork]:
    with closing(GitLabWork(GitLabApi(gitlab.url, TOKEN, lambda _: None), GROUP, lambda: NOW)) as made:
        yield made


def at(days: int, hour: int = 12) -> str:
    return f"{DAY + timedelta(days=days)}T{hour:02}:00:00Z"


def changed(gitlab: GitLab, source: GitLabWork, **more: Any) -> ReportedItem:
    gitlab.merges = [merge(12, NOON, **more)]
    work = source.reported_work(DAY, DAY)
    assert work.complete, work.flaws
    (reported,) = work.items
    return reported


def closed(gitlab: GitLab, source: GitLabWork, *merges: dict[str, Any], **more: Any) -> ReportedItem:
    gitlab.merges, gitlab.issues = list(merges), [issue(5, NOON, **more)]
    work = source.reported_work(DAY, DAY)
    assert work.complete, work.flaws
    (reported,) = [each for each in work.items if each.item.kind == "ticket"]
    return reported


def test_a_change_says_where_it_was_made_and_what_it_is(gitlab: GitLab, source: GitLabWork) -> None:
    reported = changed(gitlab, source, place="acme/tools/sub/app", created_at=at(-1), author="Ada")
    item = reported.item
    assert (item.place, item.reference, item.kind) == ("acme/tools/sub/app", "acme/tools/sub/app!12", "change")
    assert (reported.author, item.finished_on, item.minutes_open, item.lines) == ("ada", DAY, 1440, None)
    assert reported.link == "https://gitlab.example/acme/tools/sub/app/-/merge_requests/12"


@pytest.mark.parametrize(
    ("more", "author", "accepted", "reviewed"),
    [
        ({}, "ada", True, False),
        ({"merged_by": "ADA"}, "ada", False, False),
        ({"merged_by": None}, "ada", False, False),
        ({"merge_user": None}, "ada", True, False),  # an older installation
        ({"merged_by": "ada", "approved_by": ["bob"]}, "ada", True, True),
        ({"merged_by": "ada", "approved_by": ["ada", "project_7_bot_x"]}, "ada", False, False),
        ({"merged_by": "ada", "user_notes_count": 3}, "ada", False, None),
        ({"author": "ghost"}, None, True, False),
        ({"author": None}, None, True, False),
        ({"author": "group_3_bot", "assignees": ["ada"]}, None, True, False),
        ({"author": "renovate-bot", "merged_by": "renovate-bot"}, None, False, False),
        ({"author": "duo-developer-acme", "assignees": ["project_7_bot", "Ada"]}, "ada", True, False),
        ({"author": "duo-developer-acme", "assignees": ["ada"], "merged_by": "ada"}, "ada", False, False),
        ({"author": "duo-developer-acme"}, None, True, False),
    ],
)
def test_whose_a_change_is_and_whether_another_accepted_it(
    gitlab: GitLab, source: GitLabWork, more: dict[str, Any], author: str | None, accepted: bool, reviewed: bool | None
) -> None:
    reported = changed(gitlab, source, **more)
    agent = str(more.get("author")).startswith("duo")
    assert (reported.author, reported.item.accepted, reported.item.reviewed) == (author, accepted, reviewed)
    assert (reported.item.agent_made, reported.item.ai_evidence) == (agent, "shown" if agent else "none")


def test_approvals_that_cannot_be_read_are_unknown_and_asked_for_once_a_project(
    gitlab: GitLab, source: GitLabWork
) -> None:
    gitlab.merges = [merge(number, NOON) for number in (1, 2)]
    for number in (1, 2):
        gitlab.unreadable[f"/api/v4/projects/{PROJECT}/merge_requests/{number}/approvals"] = 404
    work = source.reported_work(DAY, DAY)
    assert [(each.item.accepted, each.item.reviewed) for each in work.items] == [(True, None)] * 2
    assert work.complete
    assert sum(path.endswith("/approvals") for path in gitlab.paths()) == 1


@pytest.mark.parametrize("counts", [True, False])
def test_of_too_many_changes_only_those_are_asked_about_whose_acceptance_hangs_on_it(
    gitlab: GitLab, source: GitLabWork, counts: bool
) -> None:
    total = gitlab_approvals.MOST_ASKED + 1 if counts else 4
    gitlab.merges = [merge(number, NOON) for number in range(1, total)]
    gitlab.merges.append(merge(total, NOON, merged_by="ada", approved_by=["bob"]))
    gitlab.counts = counts
    work = source.reported_work(DAY, DAY)
    assert sum(path.endswith("/approvals") for path in gitlab.paths()) == 1
    assert all(each.item.accepted for each in work.items)
    assert len(work.items) == total


@pytest.mark.parametrize(
    ("more", "ticket"),
    [
        ({"description": "Closes #5"}, "acme/tools/app#5"),
        ({"description": "Why\n\nfixes: acme/plan#5, closes #6"}, "acme/plan#5"),
        ({"description": "Implements https://gitlab.example/acme/plan/-/issues/5"}, "acme/plan#5"),
        ({"title": "Resolve issue #5"}, "acme/tools/app#5"),
        ({"description": "See #5", "title": "PAY-12: retry"}, "PAY-12"),
        ({"source_branch": "pay-12-retry"}, "PAY-12"),
        ({"description": "enclose #5"}, ""),
    ],
)
def test_a_change_belongs_to_the_issue_it_closes_else_to_the_ticket_it_names(
    gitlab: GitLab, source: GitLabWork, more: dict[str, Any], ticket: str
) -> None:
    assert changed(gitlab, source, **more).item.ticket == ticket


def test_a_revert_takes_back_what_it_names_and_a_revert_of_it_brings_that_back(
    gitlab: GitLab, source: GitLabWork
) -> None:
    text = "This reverts merge request !{}"
    gitlab.merges = [
        merge(1, at(0, 9)),
        merge(2, at(0, 10), title='Revert "Change 1"', description=text.format(1)),
        merge(3, at(0, 11)),
        merge(4, at(0, 12), title='Revert "Change 3"', description=text.format(3)),
        merge(5, at(0, 13), title='Revert "Revert "Change 3""', description=text.format(4)),
        merge(6, at(0, 14), description="Reverts acme/lib!1"),
    ]
    work = source.reported_work(DAY, DAY)
    assert Revert("acme/tools/app!6", "acme/lib!1", DAY) in work.reverts
    items = with_returns([each.item for each in work.items], work.reverts, work.reopenings)
    assert {each.reference: each.came_back_on for each in items} == {
        "acme/tools/app!1": DAY,
        "acme/tools/app!3": None,
    }


@pytest.mark.parametrize(
    ("more", "author", "accepted"),
    [
        ({"assignees": ["Ada", "cyd"]}, "ada", True),
        ({"assignees": ["ada"], "closed_by": "ada"}, "ada", False),
        ({"assignees": ["ada"], "closed_by": "project_7_bot"}, "ada", False),
        ({"assignees": ["ada"], "closed_by": None}, "ada", False),
        ({"assignees": ["ghost", "ada"]}, "ada", True),
        ({}, None, False),  # nobody is credited, so nobody is somebody else
    ],
)
def test_whose_a_ticket_is_and_whether_another_closed_it(
    gitlab: GitLab, source: GitLabWork, more: dict[str, Any], author: str | None, accepted: bool
) -> None:
    reported = closed(gitlab, source, **more)
    assert (reported.author, reported.item.accepted) == (author, accepted)
    assert (reported.item.place, reported.item.reference) == ("acme/tools/app", "acme/tools/app#5")


@pytest.mark.parametrize(
    ("change", "closed_by", "author", "accepted"),
    [
        ({"author": "ada"}, "bob", "ada", True),
        ({"author": "ada", "merged_by": "ada"}, "ada", "ada", False),
        ({"author": "ada", "merged_by": "ada", "approved_by": ["bob"]}, "ada", "ada", True),
        ({"author": "ghost"}, "bob", "cyd", True),
        ({"author": "ghost", "merged_by": "cyd"}, "cyd", "cyd", False),
        ({"author": "duo-developer-acme", "assignees": ["ada"]}, "bob", "ada", True),
        ({"author": "ada", "at": at(0, 8)}, "bob", "cyd", True),  # closed by hand hours later
    ],
)
def test_a_ticket_is_its_who_made_the_change_that_closed_it(
    gitlab: GitLab, source: GitLabWork, change: dict[str, Any], closed_by: str, author: str, accepted: bool
) -> None:
    made = merge(12, change.pop("at", NOON), description="Closes #5", **change)
    reported = closed(gitlab, source, made, assignees=["cyd"], closed_by=closed_by)
    assert (reported.author, reported.item.accepted) == (author, accepted)


@pytest.mark.parametrize(
    "more",
    [
        {"labels": ["Won't fix"]},
        {"labels": ["bug", "closed::duplicate"]},
        {"labels": ["resolution::Not-Planned"]},
        {"issue_type": "task"},
        {"moved_to_id": 99},
    ],
)
def test_issues_that_were_not_finished_are_no_tickets(gitlab: GitLab, source: GitLabWork, more: dict[str, Any]) -> None:
    gitlab.issues = [issue(5, NOON, **more)]
    work = source.reported_work(DAY, DAY)
    assert (work.items, work.complete) == ([], True)
    assert bool(work.flaws) == ("moved_to_id" in more)


@pytest.mark.parametrize("days", [3, 15])
def test_issues_opened_again_are_reported_on_their_day_whatever_happened_since(
    gitlab: GitLab, source: GitLabWork, days: int
) -> None:
    day = NOW.date() - timedelta(days=1)
    again = f"{day}T09:00:00Z"
    gitlab.issues = [
        issue(5, None, project_id=8, reopened_at=[at(-days), again], updated_at=f"{NOW:%Y-%m-%dT%H}:00:00Z"),
        issue(6, again, reopened_at=[again], labels=["wontfix"]),
        issue(7, None, updated_at=at(-days), reopened_at=[at(-days)]),
    ]
    work = source.reported_work(day, day)
    assert set(work.reopenings) == {Reopening("acme/tools/app#5", day), Reopening("acme/tools/app#6", day)}
