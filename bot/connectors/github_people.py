"""Whose GitHub logins are whose: mail addresses that the organization verified, or its identity provider knows."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field
from msgspec.json import Decoder

from bot.connectors.github_api import GitHubApi
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

_MEMBERS_QUERY: Final = """
query($org: String!, $after: String) {
  organization(login: $org) {
    membersWithRole(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { login organizationVerifiedDomainEmails(login: $org) }
    }
  }
}
"""
_IDENTITIES_QUERY: Final = """
query($org: String!, $after: String) {
  organization(login: $org) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          user { login }
          samlIdentity { nameId emails { value } }
          scimIdentity { username emails { value } }
        }
      }
    }
  }
}
"""


class _PageInfo(Struct, frozen=True, gc=False, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class _Member(Struct, frozen=True, rename="camel"):
    login: str
    organization_verified_domain_emails: list[str] | None = None


class _Members(Struct, frozen=True, rename="camel"):
    page_info: _PageInfo
    nodes: list[_Member | None] | None = None


class _User(Struct, frozen=True, gc=False):
    login: str


class _Email(Struct, frozen=True, gc=False):
    value: str | None = None


class _Saml(Struct, frozen=True, rename="camel"):
    name_id: str | None = None
    emails: list[_Email | None] | None = None


class _Scim(Struct, frozen=True):
    username: str | None = None
    emails: list[_Email | None] | None = None


class _Identity(Struct, frozen=True, rename="camel"):
    user: _User | None = None  # nobody has claimed it
    saml_identity: _Saml | None = None
    scim_identity: _Scim | None = None


class _Identities(Struct, frozen=True, rename="camel"):
    page_info: _PageInfo
    nodes: list[_Identity | None] | None = None


class _Provider(Struct, frozen=True, rename="camel"):
    external_identities: _Identities | None = None


class _Organization(Struct, frozen=True, rename="camel"):
    members: _Members | None = field(default=None, name="membersWithRole")
    saml: _Provider | None = field(default=None, name="samlIdentityProvider")


class _Data(Struct, frozen=True):
    organization: _Organization | None = None


class _Error(Struct, frozen=True):
    type: str | None = None


class _Answer(Struct, frozen=True):
    data: _Data | None = None
    errors: list[_Error] | None = None


_ANSWER: Final = Decoder(_Answer)


def people(api: GitHubApi, org: str) -> Iterator[ListedAccount]:
    """Yield the organization's members and whoever its identity provider knows; raises ConnectorError.

    What the token may not read is left out: `people_findings` says what.
    """
    known = dict(_identities(api, org))
    for member in _members(api, org):
        login = member.login.lower()
        identity = known.pop(login, None)
        yield ListedAccount(login, _mail(*(member.organization_verified_domain_emails or ())) or identity)
    yield from (ListedAccount(login, email) for login, email in known.items())


def people_findings(api: GitHubApi, org: str) -> Iterator[Finding]:
    """Ask for the first page of each listing; raises nothing of GitHub's."""
    try:
        members = _first(_ask(api, _MEMBERS_QUERY, org, None)).members
        identities = _first(_ask(api, _IDENTITIES_QUERY, org, None)).saml
    except ConnectorError as error:
        yield Finding("to do", str(error))
        return
    if members is None:
        yield Finding("to do", "the token may not list members (organization members: read)")
    elif any(node and node.organization_verified_domain_emails for node in members.nodes or ()):
        yield Finding("ok", "members with mail addresses of verified domains")
    else:
        yield Finding("warn", "members without mail addresses: verify the organization's domain at GitHub")
    if identities is None or identities.external_identities is None:
        yield Finding("warn", "no SAML identities: there are none, or the token may not read them (admin:org)")
    else:
        yield Finding("ok", "mail addresses of SAML or SCIM identities")


def _members(api: GitHubApi, org: str) -> Iterator[_Member]:
    after = None
    while True:
        page = _first(_ask(api, _MEMBERS_QUERY, org, after)).members
        if page is None:
            return
        yield from (node for node in page.nodes or () if node is not None)
        after = _next(api, page.page_info, after)
        if after is None:
            return


def _identities(api: GitHubApi, org: str) -> Iterator[tuple[str, str]]:
    after = None
    while True:
        provider = _first(_ask(api, _IDENTITIES_QUERY, org, after)).saml
        if provider is None or provider.external_identities is None:
            return
        page = provider.external_identities
        for node in page.nodes or ():
            email = node and _identity_mail(node)
            if node and node.user and email:
                yield node.user.login.lower(), email
        after = _next(api, page.page_info, after)
        if after is None:
            return


def _ask(api: GitHubApi, query: str, org: str, after: str | None) -> _Answer:
    answer = api.graphql(query, {"org": org, "after": after}, _ANSWER)
    if any(error.type == "RATE_LIMITED" for error in answer.errors or ()):
        raise ConnectorError(api.provider, "too many requests to /graphql; the next run goes on", permanent=False)
    return answer


def _first(answer: _Answer) -> _Organization:
    """Return the organization, without parts where the answer holds errors instead."""
    return (answer.data and answer.data.organization) or _Organization()


def _next(api: GitHubApi, info: _PageInfo, before: str | None) -> str | None:
    if not info.has_next_page:
        return None
    if info.end_cursor is None or info.end_cursor == before:
        raise ConnectorError(api.provider, "/graphql repeats a page", permanent=False)
    return info.end_cursor


def _identity_mail(identity: _Identity) -> str | None:
    """Return the mail address of SAML's name, else of its attributes, else of SCIM's."""
    saml, scim = identity.saml_identity or _Saml(), identity.scim_identity or _Scim()
    named = [saml.name_id, *_values(saml.emails), scim.username, *_values(scim.emails)]
    return _mail(*named)


def _values(emails: list[_Email | None] | None) -> list[str | None]:
    return [email.value for email in emails or () if email is not None]


def _mail(*names: str | None) -> str | None:
    """Return the first name that is a mail address."""
    return next((name.strip().lower() for name in names if name and "@" in name), None)
