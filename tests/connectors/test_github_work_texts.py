"""What a merged change's texts say: its ticket, AI co-authors, what it takes back, and a title fit to be kept."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.finished_titles import kept_title
from bot.connectors.github_api import GitHubApi
from bot.connectors.github_work import GitHubWork
from bot.domain.outcomes.reverts import Revert, with_returns
from tests.providers.github import ORG, TOKEN, Downloads
from tests.providers.github_work import WorkingGitHub, pull, repository

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
    ("more", "ticket"),
    [
        ({"closes": [{"number": 77, "repository": repository("acme/plan")}]}, "acme/plan#77"),
        ({"closes": [None, {"number": 78, "repository": repository()}], "title": "PAY-12"}, "acme/app#78"),
        ({"title": "PAY-12: retry", "headRefName": "ada/ops-3-x"}, "PAY-12"),
        ({"title": "Retry (PAY-12, PAY-13)"}, "PAY-12"),
        ({"headRefName": "ada/pay-12-retry-exports"}, "PAY-12"),
        ({"headRefName": "feature/PAY-12_retry"}, "PAY-12"),
        ({"headRefName": "PAY-12"}, "PAY-12"),
        ({"title": "Use UTF-8 and SHA-256", "headRefName": "ada/patch-1"}, ""),
        ({"title": "Fix CVE-2026-1234", "headRefName": "dependabot/npm/left-pad-1.3"}, ""),
        ({"title": "release 2026-11-10", "headRefName": "ada/node-18-upgrade"}, ""),
        ({"title": "pay-12 in lower case", "headRefName": None}, ""),
    ],
)
def test_a_change_belongs_to_the_issue_it_closes_else_to_the_ticket_it_names(
    github: WorkingGitHub, source: GitHubWork, more: dict[str, Any], ticket: str
) -> None:
    assert only(github, source, **more).item.ticket == ticket


@pytest.mark.parametrize(
    ("message", "evidence"),
    [
        ("Why\n\nCo-Authored-By: Claude <noreply@anthropic.com>", "shown"),
        ("co-authored-by: Claude Opus 5 <noreply@anthropic.com>\r\n", "shown"),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>", "shown"),
        ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", "shown"),
        ("Co-authored-by: copilot-swe-agent[bot] <1+copilot-swe-agent[bot]@users.noreply.github.com>", "shown"),
        ("Co-authored-by: Codex <noreply@openai.com>\nCo-authored-by: Bob <bob@acme.example>", "shown"),
        ("Co-authored-by: gemini-cli <218195315+gemini-cli@users.noreply.github.com>", "shown"),
        ("Co-authored-by: gemini-cli", "shown"),
        ("Co-authored-by: Claude Martin <claude.martin@acme.example>", "none"),
        ("Co-authored-by: Bob <2+bob@users.noreply.github.com>", "none"),
        ("Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", "none"),
        ("About Co-authored-by: Claude <noreply@anthropic.com>", "none"),
        ("", "none"),
    ],
)
def test_a_trailer_of_an_ai_tool_shows_its_help(
    github: WorkingGitHub, source: GitHubWork, message: str, evidence: str
) -> None:
    reported = only(github, source, message=message)
    assert (reported.item.ai_evidence, reported.item.agent_made, reported.author) == (evidence, False, "ada")


@pytest.mark.parametrize(
    ("title", "body", "taken"),
    [
        ('Revert "Change 1"', "Reverts acme/app#1", ["acme/app#1"]),
        ('Revert "Change 1"', "Reverts acme/old-name#1\n\nIt broke #5.", ["acme/app#1"]),
        ('Revert "Change (#1)"', "This reverts commit abc.", ["acme/app#1"]),
        ('Revert "Revert "Change (#1)" (#2)"', "", ["acme/app#2"]),
        ('Revert "Change"', "It was #1.", ["acme/app#1"]),
        ('Revert "Change"', "It was #1 or #2.", []),
        ("Roll back", "reverts #1\nReverts ACME/App#2", ["acme/app#1", "acme/app#2"]),
        ("Go back", "Reverts https://github.com/acme/lib/pull/8", ["acme/lib#8"]),
        ("Go back", "> Reverts acme/app#1", []),
        ("Change", "nothing reverts #1 here", []),
        ("Revert to the old look", "see #1", []),
        ('Revert "Change 1"', "Reverts acme/app#9", []),  # itself
    ],
)
def test_a_revert_names_what_it_takes_back(
    github: WorkingGitHub, source: GitHubWork, title: str, body: str, taken: list[str]
) -> None:
    work = read(github, source, pull(9, MERGED, title=title, body=body))
    assert work.reverts == [Revert("acme/app#9", of, DAY) for of in taken]


def test_a_revert_of_a_revert_brings_the_change_back(github: WorkingGitHub, source: GitHubWork) -> None:
    pulls = [
        pull(1, f"{DAY}T09:00:00Z"),
        pull(2, f"{DAY}T10:00:00Z", title='Revert "Change 1"', body="Reverts acme/app#1"),
        pull(3, f"{DAY}T11:00:00Z"),
        pull(4, f"{DAY}T12:00:00Z", title='Revert "Change 3"', body="Reverts acme/app#3"),
        pull(5, f"{DAY}T13:00:00Z", title='Revert "Revert "Change 3""', body="Reverts acme/app#4"),
    ]
    work = read(github, source, *pulls)
    items = with_returns([each.item for each in work.items], work.reverts, work.reopenings)
    assert {item.reference: item.came_back_on for item in items} == {"acme/app#1": DAY, "acme/app#3": None}


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("  Add\tretry\r\nto\x00 exporter ", "Add retry to exporter"),
        ("<b>*bold*</b> <!channel> [x](http://evil)", "<b>*bold*</b> <!channel> [x](http://evil)"),
        ("x" * 10_000, "x" * 79 + "…"),
        ("\u202egnihton\u202c", "gnihton"),
        ("", "acme/app#1"),
        ("\u200b", "acme/app#1"),
        ("Rotate ghp_" + "a" * 36, "acme/app#1"),
        ("y" * 100 + " sk-ant-api03-" + "b" * 40, "acme/app#1"),
        ("Use AKIA" + "ABCDEFGH12345678", "acme/app#1"),
        ("Use AK\u200bIA" + "ABCDEFGH12345678", "acme/app#1"),
        ("Post to hooks.slack.com/services/T0/B0/abc", "acme/app#1"),
        ("Connect to postgres://app:hunter22@db", "acme/app#1"),
        ("Explain sk-learn and ghp_ prefixes", "Explain sk-learn and ghp_ prefixes"),
    ],
)
def test_titles_are_kept_short_plain_and_without_keys(
    github: WorkingGitHub, source: GitHubWork, title: str, kept: str
) -> None:
    assert only(github, source, title=title).title == kept


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/acme/app/pull/1", "https://github.com/acme/app/pull/1"),
        ("javascript:alert(1)", ""),
        ("https://user:pass@github.com/x", ""),
        ("https://github.com/a b", ""),
        ("https://[", ""),
        ("https://github.com/" + "x" * 600, ""),
    ],
)
def test_links_lead_to_the_web_and_nowhere_else(github: WorkingGitHub, source: GitHubWork, url: str, link: str) -> None:
    assert only(github, source, url=url).link == link


@given(st.text(max_size=300))
def test_any_title_is_one_line_of_at_most_80_characters(text: str) -> None:
    kept = kept_title(text, "acme/app#1")
    assert 0 < len(kept) <= 80
    assert len(kept.splitlines()) == 1
