"""Jira Cloud's REST API: who is asking, searches by JQL page after page, statuses and histories."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Raw, Struct
from msgspec import field as named
from msgspec.json import Decoder

from bot.connectors.http import Api
from bot.errors import ConnectorError

PROVIDER: Final = "Jira"
SEARCH_PATH: Final = "/rest/api/3/search/jql"
_AT_ONCE: Final = 100
_MAX_HISTORY_PAGES: Final = 20


class JiraApi(Api):
    """A Jira site under an account's mail address and API token; *site* is where people open its tickets.

    *url* is that site, or Atlassian's gateway to it, behind which nobody can open a ticket.
    """

    def __init__(self, url: str, email: str, token: str, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__(PROVIDER, url, {}, setting="JIRA_TOKEN", auth=(email, token), pause=pause)
        self.site = "" if urlsplit(url).path.strip("/") else url.rstrip("/")

    def _said(self, status: int, path: str, body: bytes) -> str:
        said = super()._said(status, path, body)
        return f"{said}; JIRA_EMAIL and JIRA_TOKEN say whose rights count" if status in {401, 403} else said


def jira_api(url: str, email: str, token: str, pause: Callable[[float], None] = time.sleep) -> JiraApi:
    """Return Jira's API at *url* for the account of *email*."""
    return JiraApi(url, email, token, pause)


class _Myself(Struct, frozen=True):
    accountId: str  # noqa: N815


class _Category(Struct, frozen=True):
    key: str = ""


class Status(Struct, frozen=True, rename="camel"):
    """A step of a workflow; several projects may have one of the same name."""

    id: str
    name: str
    status_category: _Category | None = None


class Change(Struct, frozen=True):
    """What one field of a ticket was changed from and to: a status by its id, a key in words."""

    field: str = ""
    from_id: str | None = named(default=None, name="from")
    from_words: str | None = named(default=None, name="fromString")
    to_id: str | None = named(default=None, name="to")


class History(Struct, frozen=True):
    """What was changed in a ticket at one moment."""

    created: str
    items: list[Change] = []


class _Page(Struct, frozen=True, rename="camel"):
    issues: list[Raw]
    next_page_token: str | None = None
    is_last: bool | None = None


class _HistoryPage(Struct, frozen=True, rename="camel"):
    values: list[History]
    total: int = 0
    is_last: bool | None = None


_MYSELF: Final = Decoder(_Myself)
_STATUSES: Final = Decoder(list[Status])
_PAGE: Final = Decoder(_Page)
_HISTORY_PAGE: Final = Decoder(_HistoryPage)


def check_signed_in(api: Api) -> None:
    """Raise ConnectorError unless the token is known: Jira answers strangers with what the public may see."""
    api.get("/rest/api/3/myself", _MYSELF)


def done_statuses(api: Api) -> list[Status]:
    """Return the statuses in which a ticket counts as done; raises ConnectorError."""
    statuses = api.get("/rest/api/3/status", _STATUSES)
    return [status for status in statuses if status.status_category and status.status_category.key == "done"]


def found(api: Api, jql: str, fields: list[str]) -> Iterator[Raw]:
    """Yield every ticket that *jql* finds, with *fields* and its latest history; raises ConnectorError."""
    body: dict[str, Any] = {"jql": jql, "fields": fields, "expand": "changelog", "maxResults": _AT_ONCE}
    tokens: set[str] = set()
    before: list[Raw] = []
    while True:
        page = api.post(SEARCH_PATH, _PAGE, body)
        if page.issues and page.issues == before:
            raise _repeats(api, SEARCH_PATH)
        before = page.issues
        yield from page.issues
        token = page.next_page_token
        if not token or page.is_last:
            return
        if token in tokens:
            raise _repeats(api, SEARCH_PATH)
        tokens.add(token)
        body["nextPageToken"] = token


def whole_history(api: Api, key: str) -> list[History] | None:
    """Return everything that was changed in a ticket, None where that is too much; raises ConnectorError."""
    path = f"/rest/api/3/issue/{key}/changelog"
    histories: list[History] = []
    for _ in range(_MAX_HISTORY_PAGES):
        page = api.get(path, _HISTORY_PAGE, {"startAt": len(histories), "maxResults": _AT_ONCE})
        histories += page.values
        if page.is_last or not page.values or len(histories) >= page.total:
            return histories
    return None


def _repeats(api: Api, path: str) -> ConnectorError:
    return ConnectorError(api.provider, f"{path} repeats a page", permanent=False)
