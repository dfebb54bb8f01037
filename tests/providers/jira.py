"""A stand-in for Jira Cloud: tickets with histories, found by JQL in its account's time zone, and people."""

import base64
import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.providers.standin import Asked, Reply, StandIn

EMAIL = "bot@acme.example"
TOKEN = "made-up-token"
_FOR_MEMBERS: Final = {"/rest/api/3/myself"}
_PUBLIC: Final[dict[str, Any]] = {"/rest/api/3/search/jql": {"issues": []}, "/rest/api/3/project/search": {"total": 0}}
STATUSES: Final = {
    "1": ("To Do", "new"),
    "3": ("In Progress", "indeterminate"),
    "5": ("Done", "done"),
    "6": ('Shipped "for good"', "done"),
    "15": ("Done", "done"),  # of a project with a workflow of its own
}
_RESOLVED: Final = re.compile(r'resolved >= "(?P<from>[-0-9]{10})" AND resolved < "(?P<to>[-0-9]{10})" ORDER BY .+')
_LEFT: Final = re.compile(
    r'status CHANGED FROM \((?P<names>.+)\) AFTER "(?P<after>[-0-9]{10})" BEFORE "(?P<before>[-0-9]{10})" ORDER BY .+'
)
_NAME: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')

Json = dict[str, Any]


def user(account_id: str, email: str | None = None, kind: str = "atlassian") -> Json:
    """Return somebody as Jira shows them; a mail address may be hidden."""
    return {"accountId": account_id, "accountType": kind, "displayName": "Ada", "emailAddress": email or ""}


def ticket(key: str, resolved: str | None, *, asked: str | None = "rui", made: str | None = "ana", **more: Any) -> Json:
    """Return a ticket that is done since *resolved*, else in progress; *more* replaces fields."""
    status = "5" if resolved else "3"
    fields = {
        "summary": f"Title of {key}",
        "description": "the whole story, which nobody reads",
        "project": {"key": key.partition("-")[0], "name": "Payments"},
        "status": {"id": status, "statusCategory": {"key": STATUSES[status][1]}},
        "resolution": {"name": "Done"} if resolved else None,
        "resolutiondate": resolved,
        "assignee": made and user(made),
        "reporter": asked and user(asked),
        "creator": asked and user(asked),
    }
    return {"id": str(sum(map(ord, key))), "key": key, "fields": fields | more, "histories": []}


def moved_status(at: str, before: str, after: str) -> Json:
    """Return the history of a change of status, by ids."""
    item = {"field": "status", "fieldId": "status", "from": before, "to": after}
    words = {"fromString": STATUSES[before][0], "toString": STATUSES[after][0]}
    return {"id": "1", "author": user("someone"), "created": at, "items": [item | words]}


def moved_project(at: str, before: str, after: str) -> Json:
    """Return the history of a move to another project."""
    item = {"field": "Key", "from": None, "fromString": before, "to": None, "toString": after}
    return {"id": "2", "author": user("someone"), "created": at, "items": [item]}


class Jira(StandIn):
    """A site; *zone* is its account's time zone, *history_size* how much of a history a search shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: list[Json] = []
        self.users: list[Json] = []
        self.projects = 2
        self.zone = "UTC"
        self.page = 2
        self.history_size = 40
        self.refuses_history = False
        self.hidden: set[str] = set()  # paths that the account may not read
        self.routes = {
            ("GET", "/rest/api/3/myself"): lambda asked: Reply({"accountId": "bot", "timeZone": self.zone}),
            ("GET", "/rest/api/3/status"): self._statuses,
            ("POST", "/rest/api/3/search/jql"): self._search,
            ("GET", "/rest/api/3/issue/*"): self._history,
            ("GET", "/rest/api/3/users/search"): self._users,
            ("GET", "/rest/api/3/project/search"): lambda asked: Reply({"total": self.projects, "values": []}),
        }

    def answer(self, asked: Asked) -> Reply:
        """Return the reply; a stranger may ask, and is shown what the public may see: nothing."""
        reply = super().answer(asked)
        known = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {known}":
            return Reply({"message": "no"}, 401) if asked.path in _FOR_MEMBERS else Reply(_PUBLIC.get(asked.path, []))
        return Reply({"errorMessages": ["no"]}, 403) if asked.path in self.hidden else reply

    def _statuses(self, asked: Asked) -> Reply:
        listed = [
            {"id": id_, "name": name, "statusCategory": {"id": 1, "key": category}}
            for id_, (name, category) in STATUSES.items()
        ]
        return Reply(listed)

    def _search(self, asked: Asked) -> Reply:
        body = asked.json
        if set(body) - {"jql", "fields", "expand", "maxResults", "nextPageToken"} or body["maxResults"] > 5000:
            return Reply({"errorMessages": ["unknown parameter"]}, 400)
        resolved, left = _RESOLVED.fullmatch(body["jql"]), _LEFT.fullmatch(body["jql"])
        if resolved:
            found = [ticket for ticket in self.tickets if self._was_resolved(ticket, resolved)]
        elif left and not self.refuses_history:
            found = [ticket for ticket in self.tickets if self._has_left(ticket, left)]
        else:
            return Reply({"errorMessages": ["Unbounded JQL queries are not allowed here."]}, 400)
        start = int(body.get("nextPageToken", "token-0").removeprefix("token-"))
        end = start + self.page
        answer: Json = {"issues": [self._shown(ticket, body) for ticket in found[start:end]], "isLast": True}
        if end < len(found):
            answer |= {"nextPageToken": f"token-{end}", "isLast": False}
        return Reply(answer)

    def _was_resolved(self, ticket: Json, bounds: re.Match[str]) -> bool:
        resolved = ticket["fields"]["resolutiondate"]
        return bool(resolved) and bounds["from"] <= self._day(resolved) < bounds["to"]

    def _has_left(self, ticket: Json, bounds: re.Match[str]) -> bool:
        names = {re.sub(r"\\(.)", r"\1", name) for name in _NAME.findall(bounds["names"])}
        assert names <= {name for name, _ in STATUSES.values()}, "no such status"
        return any(
            item["field"] == "status"
            and item["fromString"] in names
            and bounds["after"] < self._day(history["created"]) < bounds["before"]
            for history in ticket["histories"]
            for item in history["items"]
        )

    def _day(self, timestamp: str) -> str:
        """Return the day of a timestamp as the account that asks sees it."""
        return datetime.fromisoformat(timestamp).astimezone(ZoneInfo(self.zone)).date().isoformat()

    def _shown(self, ticket: Json, body: Json) -> Json:
        """Return the ticket's id alone unless fields are asked for; a history shows its latest part."""
        if not body.get("fields"):
            return {"id": ticket["id"]}
        shown: Json = {"id": ticket["id"], "key": ticket["key"]}
        shown["fields"] = {name: ticket["fields"][name] for name in body["fields"] if name in ticket["fields"]}
        if body.get("expand") == "changelog":
            latest = sorted(ticket["histories"], key=lambda history: str(history["created"]), reverse=True)
            shown["changelog"] = {"histories": latest[: self.history_size], "total": len(latest)}
        return shown

    def _history(self, asked: Asked) -> Reply:
        key = asked.path.split("/")[5]
        histories = next(ticket["histories"] for ticket in self.tickets if ticket["key"] == key)
        start = int(asked.one("startAt"))
        page = histories[start : start + min(int(asked.one("maxResults")), 100)]
        return Reply({"values": page, "total": len(histories), "isLast": start + len(page) >= len(histories)})

    def _users(self, asked: Asked) -> Reply:
        start = int(asked.one("startAt"))
        return Reply(self.users[start : start + int(asked.one("maxResults"))])
