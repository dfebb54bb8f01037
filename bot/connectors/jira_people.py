"""Who has an account at a Jira site, and what of the site a token may see."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.http import Api
from bot.connectors.jira_api import check_signed_in
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

USERS_PATH: Final = "/rest/api/3/users/search"
PROJECTS_PATH: Final = "/rest/api/3/project/search"
_AT_ONCE: Final = 200


class _User(Struct, frozen=True, gc=False, rename="camel"):
    account_id: str
    account_type: str | None = None
    email_address: str | None = None


class _Projects(Struct, frozen=True):
    total: int


_USERS: Final = Decoder(list[_User | None])
_PROJECTS: Final = Decoder(_Projects)


def people(api: Api) -> Iterator[ListedAccount]:
    """Yield people, those who left included, but no apps and no customers of a service desk; raises ConnectorError."""
    start, before = 0, None
    while page := _users(api, start, _AT_ONCE):
        if page == before:
            raise ConnectorError(api.provider, f"{USERS_PATH} repeats a page", permanent=False)
        for user in page:
            if user and user.account_type == "atlassian":
                yield ListedAccount(user.account_id, user.email_address or None)
        start, before = start + _AT_ONCE, page


def findings(api: Api) -> Iterator[Finding]:
    """Ask who the token belongs to, and what that account sees; raises nothing of Jira's."""
    try:
        check_signed_in(api)
    except ConnectorError as error:
        yield Finding("to do", str(error))
        return
    yield _about_projects(api)
    yield _about_people(api)


def _about_projects(api: Api) -> Finding:
    try:
        total = api.get(PROJECTS_PATH, _PROJECTS, {"maxResults": 1}).total
    except ConnectorError as error:
        return Finding("to do", str(error))
    if not total:
        return Finding("to do", "Jira: the account of JIRA_TOKEN sees no project: give it Browse projects")
    return Finding("ok", f"finished tickets of {total} project{'' if total == 1 else 's'}")


def _about_people(api: Api) -> Finding:
    try:
        page = _users(api, 0, _AT_ONCE)
    except ConnectorError as error:
        return Finding("to do", f"{error} (Browse users and groups)")
    users = [user for user in page if user and user.account_type == "atlassian"]
    if not users:
        return Finding("to do", "Jira: the account of JIRA_TOKEN sees nobody: give it Browse users and groups")
    if all(user.email_address for user in users):
        return Finding("ok", "people with their mail addresses")
    hidden = "some mail addresses are hidden: their owners can show them, or the accounts file names them"
    return Finding("warn", f"people, but {hidden}")


def _users(api: Api, start: int, size: int) -> list[_User | None]:
    return api.get(USERS_PATH, _USERS, {"startAt": start, "maxResults": size})
