"""Whose a merged change is, whether somebody else accepted it, what it belongs to and what it takes back."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.github_api import GitHubApi
from bot.connectors.github_files import SMALL_FILES
from bot.connectors.github_work import GitHubWork
from bot.domain.outcomes.same_work import MergedChange, joined
from tests.providers.github import ORG, TOKEN, Downloads
from tests.providers.github_work import WorkingGitHub, bot, pull, review, user

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)  # a Tuesday
MERGED = f"{DAY}T12:00:00Z"


@pytest.fixture
def github() -> Iterator[WorkingGitHub]:
    stand = WorkingGitHub(Downloads(), lambda: NOW)
    with stand.downloads, stand:
        yield stand


@pytest.fixture
def source(github: WorkingGitHub) -> Iterator[GitHubWork]:
    with closing(GitHubWork(GitHubApi(github.url, TOKEN), ORG, lambda: NOW)) as made:
        yield made


def read(github: WorkingGitHub, source: GitHubWork, *pulls: dict[str, Any]) -> ReportedWork:
    github.pulls = list(pulls)
    work = source.reported_work(DAY, DAY)
    assert work.complete, work.flaws
    return work


def only(github: WorkingGitHub, source: GitHubWork, **more: Any) -> ReportedItem:
    (reported,) = read(github, source, pull(1, MERGED, **more)).items
    return reported


@pytest.mark.parametrize(
    ("more", "author", "agent_made"),
    [
        ({"author": "Ada"}, "ada", False),
        ({"author": None}, None, False),  # deleted
        ({"author": user("mona-1", "Mannequin")}, None, False),  # imported, claimed by nobody
        ({"author": bot("dependabot"), "assignees": ["ada"]}, None, False),
        ({"author": bot("renovate")}, None, False),
        ({"author": bot("github-actions"), "assignees": ["ada"]}, None, False),
        ({"author": user("acme-release-bot")}, None, False),
        ({"author": bot("copilot-swe-agent"), "assignees": ["Ada", "bob"]}, "ada", True),
        ({"author": bot("copilot-swe-agent"), "assignees": [None, "renovate-bot", "bob"]}, "bob", True),
        ({"author": bot("copilot-swe-agent"), "merged_by": "bob"}, None, True),  # to merge is not to ask for
        ({"author": bot("devin-ai-integration[bot]"), "assignees": ["ada"]}, "ada", True),
        ({"author": bot("Claude"), "assignees": ["ada"]}, "ada", True),
        ({"author": user("claude")}, "claude", False),  # a person may be called so
    ],
)
def test_whose_a_change_is(
    github: WorkingGitHub, source: GitHubWork, more: dict[str, Any], author: str | None, agent_made: bool
) -> None:
    reported = only(github, source, **more)
    assert (reported.author, reported.item.agent_made) == (author, agent_made)
    assert reported.item.ai_evidence == ("shown" if agent_made else "none")


@pytest.mark.parametrize(
    ("more", "accepted"),
    [
        ({"merged_by": "bob"}, True),
        ({"merged_by": "ada"}, False),
        ({"merged_by": "ADA"}, False),
        ({"merged_by": None}, False),
        ({"merged_by": bot("mergify")}, False),
        ({"merged_by": "ada", "reviews": [review("bob", MERGED)]}, True),
        ({"merged_by": "ada", "reviews": [review("ada", MERGED)]}, False),
        ({"merged_by": "ada", "reviews": [review("coderabbitai", MERGED, kind="Bot")]}, False),
        ({"merged_by": "ada", "reviews": [review("bob", MERGED, "COMMENTED")]}, False),
        ({"merged_by": "ada", "reviews": [review("bob", MERGED), review("bob", MERGED, "DISMISSED")]}, False),
        ({"merged_by": "ada", "reviews": [review("bob", MERGED), review("bob", MERGED, "COMMENTED")]}, True),
        ({"merged_by": "ada", "reviewDecision": "APPROVED"}, False),  # all reviews are known, and there is none
        ({"merged_by": "ada", "reviewDecision": "APPROVED", "review_count": 51}, True),
        ({"author": None, "merged_by": "bob"}, True),
        ({"author": bot("copilot-swe-agent"), "assignees": ["ada"], "merged_by": "ada"}, False),
        ({"author": bot("copilot-swe-agent"), "assignees": ["ada"], "merged_by": "bob"}, True),
        ({"author": bot("renovate"), "merged_by": bot("renovate")}, False),
        ({"author": bot("renovate"), "merged_by": "bob"}, True),
    ],
)
def test_a_change_is_accepted_by_another_person_than_whose_it_is(
    github: WorkingGitHub, source: GitHubWork, more: dict[str, Any], accepted: bool
) -> None:
    assert only(github, source, **more).item.accepted is accepted


def test_an_approval_that_was_taken_back_for_changes_is_none(github: WorkingGitHub, source: GitHubWork) -> None:
    reviews = [review("bob", MERGED), review("bob", MERGED, "CHANGES_REQUESTED")]
    assert not only(github, source, merged_by="ada", reviews=reviews).item.accepted


def test_reviews_are_timed_in_working_hours_and_the_rest_by_the_clock(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    reviews = [
        review("coderabbitai", "2026-11-06T16:01:00Z", "COMMENTED", "Bot"),
        review("ada", "2026-11-06T16:02:00Z", "COMMENTED"),
        review("bob", "2026-11-09T10:00:00Z", "COMMENTED"),
        review("cyd", "2026-11-10T11:00:00Z"),
    ]
    item = only(github, source, createdAt="2026-11-06T16:00:00Z", reviews=reviews).item  # a Friday
    assert (item.reviewed, item.minutes_to_first_review, item.minutes_open) == (True, 120, 4 * 1440 - 240)
    assert item.lines == 12
    with closing(GitHubWork(GitHubApi(github.url, TOKEN), ORG, lambda: NOW, ZoneInfo("Asia/Tokyo"))) as in_tokyo:
        assert in_tokyo.reported_work(DAY, DAY).items[0].item.minutes_to_first_review == 480


@pytest.mark.parametrize(
    ("more", "reviewed"),
    [
        ({}, False),
        ({"reviews": [review("coderabbitai", MERGED, kind="Bot")]}, False),
        ({"reviews": [review("ada", MERGED, "COMMENTED")], "review_count": 60}, None),
        ({"reviews": [{"state": "APPROVED", "submittedAt": MERGED, "author": None}]}, False),
        ({"reviews": [{"state": "PENDING", "submittedAt": None, "author": user("bob")}]}, False),
    ],
)
def test_reviews_by_nobody_else_are_none(
    github: WorkingGitHub, source: GitHubWork, more: dict[str, Any], reviewed: bool | None
) -> None:
    item = only(github, source, merged_by="ada", **more).item
    assert (item.reviewed, item.minutes_to_first_review, item.accepted) == (reviewed, None, False)


def test_times_that_cannot_be_are_unknown(github: WorkingGitHub, source: GitHubWork) -> None:
    assert only(github, source, createdAt="2026-11-11T00:00:00Z").item.minutes_open is None


def hours(hour: int, **more: Any) -> dict[str, Any]:
    number = more.pop("number", hour)
    return pull(number, f"{DAY}T{hour:02}:00:00Z", **more)


def test_small_changes_to_one_file_without_a_ticket_are_one_piece_of_work(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    work = read(
        github,
        source,
        hours(8, files=["a.py", "b.py"]),
        hours(9, files=["b.py"]),
        hours(10, files=["c.py"]),
        hours(11, files=["b.py"], author="bob"),
        hours(12, files=["b.py"], title="PAY-12"),
        hours(13, files=["b.py"], changedFiles=SMALL_FILES + 1),
    )
    merged = [
        MergedChange(replace(each.item, author=(each.author or "").encode()), each.merged_at, each.files)
        for each in work.items
        if each.merged_at
    ]
    tickets = {item.reference: item.ticket for item in joined(merged)}
    assert {reference for reference, ticket in tickets.items() if ticket == "acme/app#8"} == {"acme/app#9"}


def test_files_are_asked_for_only_where_changes_may_belong_together(github: WorkingGitHub, source: GitHubWork) -> None:
    read(github, source, hours(8), hours(9, author="bob"), hours(10, title="PAY-1"), hours(11, author=bot("renovate")))
    assert not any("files(" in asked.json["query"] for asked in github.asked)
    read(github, source, hours(8), hours(9))
    assert sum("files(" in asked.json["query"] for asked in github.asked) == 1


def test_files_that_may_not_be_read_leave_each_change_to_itself(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [hours(8, files=["a.py"]), hours(9, files=["a.py"], changedFiles=0)]
    github.pulls.append(pull(10, f"{DAY + timedelta(days=2)}T09:00:00Z", files=["a.py"]))
    work = source.reported_work(DAY, DAY + timedelta(days=2))
    assert [each.files for each in work.items] == [frozenset()] * 3
