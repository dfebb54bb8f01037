"""A GitLab group's finished work is read whole, whose it is, and what is missing is said."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.gitlab_api import GitLabApi
from bot.connectors.gitlab_work import GitLabWork
from bot.connectors.http import ReplyError
from bot.connectors.pull import ListedAccount
from bot.errors import ConnectorError
from tests.providers.gitlab import GROUP, PATH, PROJECT, TOKEN, GitLab, issue, merge
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 10)
NOON = f"{DAY}T12:00:00Z"


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    stand = GitLab()
    with stand:
        yield stand


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def source(gitlab: GitLab, pauses: list[float]) -> Iterator[GitLabWork]:
    with closing(GitLabWork(GitLabApi(gitlab.url, TOKEN, pauses.append), GROUP, lambda: NOW)) as made:
        yield made


def at(days: int, hour: int = 12) -> str:
    return f"{DAY + timedelta(days=days)}T{hour:02}:00:00Z"


def references(work: ReportedWork) -> list[str]:
    return sorted(each.item.reference for each in work.items)


def changed(gitlab: GitLab, source: GitLabWork, **more: Any) -> ReportedItem:
    gitlab.merges = [merge(12, NOON, **more)]
    work = source.reported_work(DAY, DAY)
    assert work.complete, work.flaws
    (reported,) = work.items
    return reported


@pytest.mark.parametrize("knows_merging", [True, False])
@pytest.mark.parametrize("links", [True, False])
def test_the_days_hold_what_the_group_holds_over_all_pages(
    gitlab: GitLab, source: GitLabWork, links: bool, knows_merging: bool
) -> None:
    gitlab.links, gitlab.knows_merging, gitlab.page = links, knows_merging, 2
    gitlab.merges = [merge(10 * day + hour + 1, at(day, hour)) for day in range(5) for hour in (0, 9)]
    gitlab.merges[0]["updated_at"] = at(9)  # merged before the days, commented on since
    gitlab.issues = [issue(number, at(1, number)) for number in range(1, 6)]
    work = source.reported_work(DAY + timedelta(days=1), DAY + timedelta(days=2))
    expected = [f"acme/tools/app!{iid}" for iid in (11, 20, 21, 30)] + [f"acme/tools/app#{n}" for n in range(1, 6)]
    assert references(work) == sorted(expected)
    assert work.complete


def test_projects_whose_events_are_hidden_leave_the_days_incomplete(gitlab: GitLab, source: GitLabWork) -> None:
    gitlab.issues = [issue(5, NOON, assignees=["ada"])]
    gitlab.unreadable[f"/api/v4/projects/{PROJECT}/events"] = 404
    work = source.reported_work(DAY, DAY)
    assert (len(work.items), work.complete) == (1, False)
    assert work.flaws == {"a project whose events the token may not read": 1}


@pytest.mark.parametrize(
    "bad", [{"iid": -1}, {"merged_at": None}, {"references": None}, {"references": {"full": "!1"}}, {"author": 5}]
)
def test_a_bad_row_is_left_out_and_said(gitlab: GitLab, source: GitLabWork, bad: dict[str, Any]) -> None:
    rows = [merge(1, NOON) | bad, merge(2, NOON)]
    gitlab.merges = [rows[1]]
    gitlab.faults.extend([Reply([], headers={"X-Total": "2"}), Reply(rows)])
    work = source.reported_work(DAY, DAY)
    assert (references(work), work.complete) == (["acme/tools/app!2"], False)
    assert work.flaws == {"a merged change that is not as agreed": 1}


def test_rows_that_come_twice_count_once_and_added_fields_are_nothing(gitlab: GitLab, source: GitLabWork) -> None:
    gitlab.merges = [merge(1, NOON, added={"x": 1}), merge(1, NOON)]
    gitlab.merges[1].pop("user_notes_count")
    gitlab.faults.append(Reply([], headers={"X-Total": "5000"}))
    assert references(source.reported_work(DAY, DAY)) == ["acme/tools/app!1"]


def test_a_renamed_project_is_called_by_its_new_path(gitlab: GitLab, source: GitLabWork) -> None:
    assert changed(gitlab, source).item.place == "acme/tools/app"
    assert changed(gitlab, source, place="acme/tools/shop").item.reference == "acme/tools/shop!12"


def test_the_future_is_not_asked_for(gitlab: GitLab, source: GitLabWork) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    assert not source.reported_work(tomorrow, tomorrow).items
    assert not gitlab.asked


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("a" * 10_000, "a" * 79 + "…"),
        ("<b>x</b>\n@all", "<b>x</b> @all"),
        ("use glpat-" + "a" * 20, "acme/tools/app!12"),
    ],
)
def test_titles_are_kept_short_plain_and_without_keys(
    gitlab: GitLab, source: GitLabWork, title: str, kept: str
) -> None:
    assert changed(gitlab, source, title=title).title == kept


def test_a_page_that_repeats_is_an_error(gitlab: GitLab, source: GitLabWork) -> None:
    same = f'<{gitlab.url}{PATH}/merge_requests?cursor=x>; rel="next"'
    gitlab.faults.extend([Reply([])] + [Reply([], headers={"Link": same})] * 2)
    with pytest.raises(ConnectorError, match="repeats a page"):
        source.reported_work(DAY, DAY)


def test_a_server_that_asks_to_wait_is_obeyed(gitlab: GitLab, source: GitLabWork, pauses: list[float]) -> None:
    gitlab.merges = [merge(1, NOON)]
    gitlab.faults.append(Reply({"message": "Retry later"}, 429, {"Retry-After": "7"}))
    assert references(source.reported_work(DAY, DAY)) == ["acme/tools/app!1"]
    assert 7.0 in pauses


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply({"message": "404 Group Not Found"}, 404), "not there, or the token may not see it"),
        (Reply({"error": "insufficient_scope"}, 403), "a scope is missing"),
        (Reply("<html>sign in</html>"), "web page"),
        (Reply({"message": "not a list"}), "something else than was agreed"),
    ],
)
def test_answers_that_are_no_lists_are_errors_and_not_nothing_finished(
    gitlab: GitLab, source: GitLabWork, reply: Reply, said: str
) -> None:
    gitlab.faults.append(reply)
    with pytest.raises(ConnectorError, match=said):
        source.reported_work(DAY, DAY)
    gitlab.faults.append(reply)
    assert [each.state for each in source.findings()] == ["to do"]


def test_a_revoked_token_is_an_error(gitlab: GitLab) -> None:
    revoked = GitLabWork(GitLabApi(gitlab.url, "glpat-old"), GROUP, lambda: NOW)
    with closing(revoked), pytest.raises(ReplyError, match="GITLAB_TOKEN"):
        revoked.reported_work(DAY, DAY)


def test_accounts_are_members_with_the_addresses_that_the_token_shows(gitlab: GitLab, source: GitLabWork) -> None:
    gitlab.members = [
        {"id": 1, "username": "Ada", "email": "Ada@acme.example"},
        {"id": 2, "username": "bob", "group_saml_identity": {"extern_uid": "bob@acme.example"}},
        {"id": 3, "username": "cyd", "group_saml_identity": {"extern_uid": "00u1"}},
        {"id": 4, "username": "group_3_bot", "email": "group_3_bot@noreply.gitlab.example"},
        {"id": 5},
    ]
    assert list(source.accounts()) == [
        ListedAccount("ada", "ada@acme.example"),
        ListedAccount("bob", "bob@acme.example"),
        ListedAccount("cyd", None),
        ListedAccount("group_3_bot", None, "service"),
    ]
    assert (source.kind, source.provider, source.name) == ("gitlab", "gitlab", "company")


def test_findings_count_what_the_token_sees(gitlab: GitLab, source: GitLabWork) -> None:
    gitlab.merges, gitlab.issues = [merge(1, NOON)], [issue(5, NOON)]
    assert [(each.state, each.text) for each in source.findings()] == [
        ("ok", "1 projects"),
        ("ok", "1 merged changes of four weeks"),
        ("ok", "1 closed issues of four weeks"),
        ("warn", "members without mail addresses: GitLab shows these to owners and administrators"),
    ]
    gitlab.members, gitlab.counts = [{"id": 1, "username": "ada", "email": "ada@acme.example"}], False
    assert [each.text for each in source.findings()][::3] == ["many projects", "members with mail addresses"]


@pytest.mark.parametrize("base", ["", "/", "/api/v4", "/api/v4/"])
def test_the_address_may_be_given_with_or_without_the_api(gitlab: GitLab, base: str) -> None:
    with closing(GitLabWork(GitLabApi(f"{gitlab.url}{base}", TOKEN, lambda _: None), GROUP, lambda: NOW)) as source:
        assert source.reported_work(DAY, DAY).complete
    assert all(path.startswith("/api/v4/") for path in gitlab.paths())


def test_nothing_of_texts_is_kept(gitlab: GitLab, source: GitLabWork) -> None:
    secret = "the quick brown fox"
    gitlab.merges = [merge(1, NOON, description=f"{secret}\nCloses #5")]
    gitlab.issues = [issue(5, NOON, description=secret)]
    assert secret not in repr(source.reported_work(DAY, DAY))
