"""A GitHub organization's merged changes are read whole, day by day, and what is missing is said."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.github_api import GitHubApi
from bot.connectors.github_work import GitHubWork
from bot.connectors.pull import ListedAccount
from tests.providers.github import ORG, TOKEN, Downloads, member
from tests.providers.github_work import WorkingGitHub, issue, pull, review
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)
SAMPLES = Path(__file__).parents[1] / "providers/samples/github_outcomes"


@pytest.fixture
def github() -> Iterator[WorkingGitHub]:
    stand = WorkingGitHub(Downloads(), lambda: NOW)
    with stand.downloads, stand:
        yield stand


@pytest.fixture
def source(github: WorkingGitHub) -> Iterator[GitHubWork]:
    with closing(GitHubWork(GitHubApi(github.url, TOKEN), ORG, lambda: NOW)) as made:
        yield made


def references(work: ReportedWork) -> list[str]:
    return sorted(each.item.reference for each in work.items)


def only(work: ReportedWork) -> ReportedItem:
    assert work.complete, work.flaws
    (reported,) = work.items
    return reported


def at(hour: int, minute: int = 0, day: date = DAY) -> str:
    return f"{day}T{hour:02}:{minute:02}:00Z"


def test_the_days_hold_what_the_organization_holds_over_all_repositories(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    days = [DAY + timedelta(days=number) for number in range(-1, 4)]
    github.pulls = [pull(10 * n + hour, at(hour, day=day)) for n, day in enumerate(days) for hour in (0, 12, 23)]
    github.pulls.append(pull(7, f"{DAY}T23:59:59Z", place="acme/web"))
    work = source.reported_work(DAY, DAY + timedelta(days=2))
    expected = [f"acme/app#{10 * n + hour}" for n in (1, 2, 3) for hour in (0, 12, 23)]
    assert references(work) == sorted([*expected, "acme/web#7"])
    assert work.complete


def test_a_second_run_finds_what_was_revised(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [pull(1, at(9), merged_by="ada"), pull(2, at(10))]
    assert [each.item.accepted for each in source.reported_work(DAY, DAY).items] == [False, True]
    github.pulls = [pull(1, at(9), merged_by="ada", reviews=[review("bob", at(11))])]
    assert [each.item.accepted for each in source.reported_work(DAY, DAY).items] == [True]


def test_a_day_over_several_pages_is_whole(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [pull(number, at(number % 24)) for number in range(1, 251)]
    assert len(set(references(source.reported_work(DAY, DAY)))) == 250
    assert sum("is:pr" in search for search in github.searches) == 3


def test_a_day_of_more_than_a_search_shows_is_split_until_it_is_whole(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    github.pulls = [pull(number, at(number % 24, number % 60)) for number in range(1, 3001)]
    github.pulls += [pull(9000 + hour, f"{DAY}T{hour:02}:59:59Z") for hour in range(24)]
    work = source.reported_work(DAY, DAY)
    assert len(set(references(work))) == 3024
    assert work.complete
    assert not work.flaws


def test_an_hour_of_more_than_a_search_shows_is_incomplete_and_says_how_much(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    github.pulls = [pull(number, at(9, number % 60)) for number in range(1, 1051)]
    work = source.reported_work(DAY, DAY)
    assert len(work.items) == 1000
    assert not work.complete
    assert work.flaws == {"an item that the search counts and does not show": 50}
    assert f"org:acme is:pr is:merged merged:{DAY}T09:00:00+00:00..{DAY}T09:59:59+00:00" in github.searches


def test_results_that_do_not_arrive_leave_the_days_incomplete(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls, github.lost = [pull(number, at(9)) for number in range(1, 6)], 2
    work = source.reported_work(DAY, DAY)
    assert (len(work.items), work.complete) == (3, False)
    assert work.flaws == {"an item that the search counts and does not show": 2}


def test_the_same_node_twice_counts_once(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [pull(number, at(9)) for number in range(1, 101)]
    github.pulls.append(github.pulls[99])
    work = source.reported_work(DAY, DAY)
    assert len(work.items) == 100
    assert not work.complete  # what moved to make one come twice may have hidden another
    assert work.flaws["an item that came twice"] == 1


def test_the_future_is_not_asked_for(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [pull(1, "2026-11-20T09:00:00Z")]
    assert references(source.reported_work(NOW.date(), NOW.date() + timedelta(days=9))) == ["acme/app#1"]
    assert not any("2026-11-21" in search for search in github.searches)
    assert not source.reported_work(NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=9)).items


def test_a_renamed_repository_is_called_by_its_new_name(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls = [pull(1, at(9))]
    assert only(source.reported_work(DAY, DAY)).item.place == "acme/app"
    body = "Reverts acme/app#1"
    title = 'Revert "Change 1"'
    github.pulls = [pull(1, at(9), place="acme/shop"), pull(2, at(10), place="acme/shop", title=title, body=body)]
    work = source.reported_work(DAY, DAY)
    assert {each.item.place for each in work.items} == {"acme/shop"}
    assert [(each.reference, each.of) for each in work.reverts] == [("acme/shop#2", "acme/shop#1")]


def test_without_the_right_to_commits_work_is_complete_and_findings_say_so(
    github: WorkingGitHub, source: GitHubWork
) -> None:
    github.pulls, github.sees_commits = [pull(1, at(9), message="Co-authored-by: x <noreply@anthropic.com>")], False
    assert only(source.reported_work(DAY, DAY)).item.ai_evidence == "none"
    assert [(each.state, "contents" in each.text) for each in source.findings()][1] == ("warn", True)


def test_findings_count_repositories_and_changes(github: WorkingGitHub, source: GitHubWork) -> None:
    github.pulls, github.members = [pull(1, at(9))], [member("Ada", "ada@acme.example")]
    texts = [(each.state, each.text) for each in source.findings()]
    assert texts[:3] == [
        ("ok", "3 repositories of the organization"),
        ("ok", "merged changes: 1 in the last four weeks"),
        ("ok", "members with mail addresses of verified domains"),
    ]
    github.repositories = None
    assert [each.state for each in source.findings()] == ["to do"]


def test_accounts_are_the_organizations_people(github: WorkingGitHub, source: GitHubWork) -> None:
    github.members = [member("Ada", "ada@acme.example")]
    assert list(source.accounts()) == [ListedAccount("ada", "ada@acme.example")]
    assert (source.kind, source.provider, source.accounts_are_emails) == ("github", "github", False)


def test_the_samples_parse(github: WorkingGitHub) -> None:
    api = GitHubApi(github.url, TOKEN)
    github.faults.append(Reply({"data": {"organization": {"repositories": {"totalCount": 1}}}}))
    page = (SAMPLES / "synthetic.graphql.merged_prs.json").read_bytes().replace(b"2026-11-11T09", b"2026-11-10T09")
    github.faults.append(Reply(page))
    github.faults.append(Reply((SAMPLES / "synthetic.graphql.closed_issues.json").read_bytes()))
    with closing(GitHubWork(api, "octo-org", lambda: datetime(2026, 11, 10, 23, tzinfo=UTC))) as octo:
        github.faults.append(Reply({"data": {"search": {"issueCount": 0, "pageInfo": {"hasNextPage": False}}}}))
        work = octo.reported_work(DAY, DAY)
    assert work.complete
    change, revert, ticket = work.items
    assert (change.author, change.item.accepted, change.item.ticket) == ("ada", True, "octo-org/app#77")
    assert (revert.author, revert.item.agent_made, revert.item.ai_evidence) == (None, True, "shown")
    assert (ticket.author, ticket.item.accepted, ticket.item.kind) == ("ada", True, "ticket")


def test_nothing_of_texts_is_kept(github: WorkingGitHub, source: GitHubWork) -> None:
    secret = "the quick brown fox"
    github.pulls = [
        pull(1, at(9), body=f"{secret}\nReverts acme/app#2", message=f"{secret}\n", files=[f"{secret}.py"]),
        pull(2, at(10), body=secret, files=[f"{secret}.py"]),
    ]
    github.issues = [issue(5, at(11))]
    assert secret not in repr(source.reported_work(DAY, DAY))
