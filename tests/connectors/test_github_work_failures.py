"""A GitHub that refuses, waits, gives up or answers badly is never mistaken for nothing finished."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.finished import ReportedWork
from bot.connectors.github_api import GitHubApi
from bot.connectors.github_work import GitHubWork
from bot.connectors.http import ReplyError
from bot.errors import ConnectorError
from tests.providers.github import ORG, TOKEN, Downloads
from tests.providers.github_work import WorkingGitHub, pull
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)


@pytest.fixture
def github() -> Iterator[WorkingGitHub]:
    stand = WorkingGitHub(Downloads(), lambda: NOW)
    with stand.downloads, stand:
        yield stand


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def source(github: WorkingGitHub, pauses: list[float]) -> Iterator[GitHubWork]:
    api = GitHubApi(github.url, TOKEN, pauses.append)
    with closing(GitHubWork(api, ORG, lambda: NOW, pause=pauses.append)) as made:
        yield made


def references(work: ReportedWork) -> list[str]:
    return sorted(each.item.reference for each in work.items)


def at(hour: int, minute: int = 0, day: date = DAY) -> str:
    return f"{day}T{hour:02}:{minute:02}:00Z"


def test_what_the_token_may_not_see_is_a_flaw_and_the_rest_counts(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls, github.unseen = [pull(1, at(9)), pull(2, at(9))], {1}
    work = source.reported_work(DAY, DAY)
    assert (references(work), work.complete) == (["acme/app#2"], False)
    assert work.flaws == {"an item that the token may not see, or that was moved": 1}


@pytest.mark.parametrize(
    ("bad", "flaw"),
    [
        ({"additions": -1}, "a merged change that is not as agreed"),
        ({"deletions": 10**13}, "a merged change that is not as agreed"),
        ({"number": "one"}, "a merged change that is not as agreed"),
        ({"mergedAt": f"{DAY}T09:00:00"}, "a merged change that is not as agreed"),
        ({"repository": None}, "a merged change that is not as agreed"),
        ({"repository": {"nameWithOwner": "elsewhere/app"}}, "an item that moved to another organization"),
    ],
)
def test_a_bad_node_is_left_out_and_said_without_names(
    github: WorkingGitHub, source: GitHubWork, bad: dict[str, Any], flaw: str
) -> None:
    github.pulls = [pull(1, at(9)), pull(2, at(9))]
    answer = {key: value for key, value in github.pulls[0].items() if key != "files"} | bad
    page = {"issueCount": 2, "pageInfo": {"hasNextPage": False}, "nodes": [answer, github.pulls[1]]}
    github.faults.extend([Reply({"data": {"organization": {"repositories": {"totalCount": 1}}}})])
    github.faults.append(Reply({"data": {"search": page}}))
    work = source.reported_work(DAY, DAY)
    assert (references(work), work.complete, dict(work.flaws)) == (["acme/app#2"], False, {flaw: 1})


def test_an_item_of_another_day_is_a_flaw(github: WorkingGitHub, source: GitHubWork) -> None:
    page = {"issueCount": 1, "pageInfo": {"hasNextPage": False}, "nodes": [pull(1, at(9, day=date(2026, 11, 9)))]}
    github.faults.append(Reply({"data": {"organization": {"repositories": {"totalCount": 1}}}}))
    github.faults.append(Reply({"data": {"search": page}}))
    work = source.reported_work(DAY, DAY)
    assert not work.items
    assert work.flaws == {"an item of another day than the one asked for": 1}


def test_points_that_come_back_soon_are_waited_for(
    github: WorkingGitHub, source: GitHubWork, pauses: list[float]
) -> None:
    github.pulls, github.limited = [pull(1, at(9))], 1
    assert references(source.reported_work(DAY, DAY)) == ["acme/app#1"]
    assert pauses == [61.0]


@pytest.mark.parametrize(("reset_in", "limited"), [(91.0, 1), (3000.0, 1), (30.0, 2)])
def test_points_that_do_not_come_back_soon_end_the_run_for_now(
    github: WorkingGitHub, source: GitHubWork, reset_in: float, limited: int
) -> None:
    github.limited, github.reset_in = limited, reset_in
    with pytest.raises(ConnectorError, match="too many requests") as error:
        source.reported_work(DAY, DAY)
    assert not error.value.permanent


def test_a_server_that_asks_to_wait_is_obeyed(github: WorkingGitHub, source: GitHubWork, pauses: list[float]) -> None:
    github.pulls = [pull(1, at(9))]
    github.faults.append(Reply({"message": "secondary rate limit"}, 403, {"Retry-After": "7"}))
    assert references(source.reported_work(DAY, DAY)) == ["acme/app#1"]
    assert pauses == [7.0]


def test_a_page_that_is_too_much_is_asked_for_in_smaller_ones(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls, github.gives_up_above = [pull(number, at(9)) for number in range(1, 61)], 20
    assert len(source.reported_work(DAY, DAY).items) == 60


def test_a_search_that_is_never_answered_is_an_error_and_not_an_empty_day(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    github.faults.append(Reply({"data": {"organization": {"repositories": {"totalCount": 1}}}}))
    github.faults.extend([Reply({"data": None, "errors": [{"message": "Something went wrong"}]})] * 3)
    with pytest.raises(ConnectorError, match="next run") as error:
        source.reported_work(DAY, DAY)
    assert not error.value.permanent


def test_a_page_that_repeats_is_an_error(github: WorkingGitHub, source: GitHubWork) -> None:
    page = {"issueCount": 9, "pageInfo": {"hasNextPage": True, "endCursor": "same"}, "nodes": [pull(1, at(9))]}
    github.faults.append(Reply({"data": {"organization": {"repositories": {"totalCount": 1}}}}))
    github.faults.extend([Reply({"data": {"search": page}})] * 2)
    with pytest.raises(ConnectorError, match="repeats a page"):
        source.reported_work(DAY, DAY)


def test_an_organization_that_the_token_does_not_see_is_an_error_and_not_nothing_finished(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    github.repositories = None
    with pytest.raises(ConnectorError, match="single sign-on") as error:
        source.reported_work(DAY, DAY)
    assert error.value.permanent


def test_a_revoked_token_and_a_web_page_are_errors(github: WorkingGitHub, source: GitHubWork) -> None:
    with closing(GitHubWork(GitHubApi(github.url, "ghp_revoked"), ORG, lambda: NOW)) as revoked:
        with pytest.raises(ReplyError, match="GITHUB_TOKEN"):
            revoked.reported_work(DAY, DAY)
        assert [each.state for each in revoked.findings()] == ["to do"]
    github.faults.append(Reply("<html>maintenance</html>"))
    with pytest.raises(ConnectorError, match="web page"):
        source.reported_work(DAY, DAY)
