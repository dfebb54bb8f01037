"""A login belongs to the mail address that the organization verified, else to the one its identity provider knows."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from bot.connectors.github_api import GitHubApi
from bot.connectors.github_people import people, people_findings
from bot.connectors.http import ReplyError
from bot.connectors.pull import ListedAccount
from bot.errors import ConnectorError
from tests.providers.github import ORG, TOKEN, Downloads, GitHub, identity, member
from tests.providers.standin import Reply


@pytest.fixture
def github() -> Iterator[GitHub]:
    stand = GitHub(Downloads())
    with stand.downloads, stand:
        yield stand


@pytest.fixture
def api(github: GitHub) -> Iterator[GitHubApi]:
    with closing(GitHubApi(github.url, TOKEN, lambda _: None)) as made:
        yield made


def mails(api: GitHubApi) -> list[tuple[str, str | None]]:
    return [(each.name, each.email) for each in people(api, ORG)]


@pytest.mark.parametrize(
    ("verified", "known", "mail"),
    [
        (["Ada@Acme.example", "ada@old.example"], identity("ada", "saml@acme.example"), "ada@acme.example"),
        ([], identity("Ada", "Saml@acme.example", "scim@acme.example"), "saml@acme.example"),
        ([], identity("ada", "00u1abc", "scim@acme.example"), "scim@acme.example"),
        ([], identity("ada", None, "scim@acme.example"), "scim@acme.example"),
        ([], identity("ada", "00u1abc", "ada"), None),
        ([], identity(None, "unclaimed@acme.example"), None),
        ([], None, None),
    ],
)
def test_whose_a_login_is(
    github: GitHub, api: GitHubApi, verified: list[str], known: dict[str, Any] | None, mail: str | None
) -> None:
    github.members, github.identities = [member("Ada", *verified)], [known] if known else []
    assert list(people(api, ORG)) == [ListedAccount("ada", mail, "person")]


def test_saml_attributes_may_hold_the_mail_where_the_name_is_none(github: GitHub, api: GitHubApi) -> None:
    known = identity("ada", "00u1abc")
    known["samlIdentity"]["emails"] = [None, {"value": None}, {"value": "ada@acme.example"}]
    github.identities = [known]
    assert mails(api) == [("ada", "ada@acme.example")]


def test_two_logins_of_one_mail_are_both_listed_and_whoever_is_no_member_too(github: GitHub, api: GitHubApi) -> None:
    github.members = [member("ada", "ada@acme.example"), member("ada-ops", "ada@acme.example")]
    github.identities = [identity("bo", "bo@acme.example")]
    assert mails(api) == [
        ("ada", "ada@acme.example"),
        ("ada-ops", "ada@acme.example"),
        ("bo", "bo@acme.example"),
    ]


def test_everybody_is_listed_over_all_pages(github: GitHub, api: GitHubApi) -> None:
    github.graphql_page = 2
    github.members = [member(f"user-{number}") for number in range(5)]
    github.identities = [identity(f"user-{number}", f"user-{number}@acme.example") for number in range(5)]
    assert mails(api) == [(f"user-{number}", f"user-{number}@acme.example") for number in range(5)]
    assert len(github.asked) == 6


def test_identities_that_are_hidden_are_left_out_and_said_so(github: GitHub, api: GitHubApi) -> None:
    github.members, github.hides_saml = [member("ada", "ada@acme.example")], True
    assert mails(api) == [("ada", "ada@acme.example")]
    assert [each.state for each in people_findings(api, ORG)] == ["ok", "warn"]


def test_members_that_are_hidden_leave_the_identities(github: GitHub, api: GitHubApi) -> None:
    nobody = {"data": {"organization": {"membersWithRole": None}}, "errors": [{"type": "INSUFFICIENT_SCOPES"}]}
    connection = {"pageInfo": {"hasNextPage": False}, "nodes": [identity("ada", "ada@acme.example")]}
    known = {"data": {"organization": {"samlIdentityProvider": {"externalIdentities": connection}}}}
    github.faults.extend([Reply(known), Reply(nobody)])
    assert mails(api) == [("ada", "ada@acme.example")]
    github.faults.extend([Reply(nobody), Reply(known)])
    assert [each.state for each in people_findings(api, ORG)] == ["to do", "ok"]


def test_nodes_may_be_null(github: GitHub, api: GitHubApi) -> None:
    connection = {"pageInfo": {"hasNextPage": False}, "nodes": [None, {"login": "ada"}]}
    github.faults.append(Reply({"data": {"organization": {"samlIdentityProvider": None}}}))
    github.faults.append(Reply({"data": {"organization": {"membersWithRole": connection}}}))
    assert mails(api) == [("ada", None)]


def test_an_organization_that_is_not_there_has_nobody(github: GitHub, api: GitHubApi) -> None:
    assert not list(people(api, "other"))
    assert next(people_findings(api, "other")).state == "to do"


def test_too_many_requests_are_an_error_and_not_an_empty_list(github: GitHub, api: GitHubApi) -> None:
    github.faults.append(Reply({"data": None, "errors": [{"type": "RATE_LIMITED"}]}))
    with pytest.raises(ConnectorError, match="too many requests") as error:
        mails(api)
    assert not error.value.permanent


def test_a_cursor_that_repeats_is_an_error(github: GitHub, api: GitHubApi) -> None:
    connection = {"pageInfo": {"hasNextPage": True, "endCursor": "same"}, "nodes": []}
    answer = {"data": {"organization": {"samlIdentityProvider": {"externalIdentities": connection}}}}
    github.faults.extend([Reply(answer), Reply(answer)])
    with pytest.raises(ConnectorError, match="repeats a page"):
        mails(api)


def test_a_revoked_token_is_an_error(github: GitHub) -> None:
    with closing(GitHubApi(github.url, "ghp_revoked")) as api, pytest.raises(ReplyError, match="GITHUB_TOKEN"):
        mails(api)


@pytest.mark.parametrize(
    ("base", "path"), [("", "/graphql"), ("/api/v3", "/api/graphql"), ("/api/v3/", "/api/graphql")]
)
def test_graphql_stands_beside_the_rest_api_also_on_a_server(github: GitHub, base: str, path: str) -> None:
    github.routes["POST", path] = github.routes["POST", "/graphql"]
    with closing(GitHubApi(f"{github.url}{base}", TOKEN)) as api:
        assert not mails(api)
    assert set(github.paths()) == {path}
