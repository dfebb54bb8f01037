"""A stand-in for Linear: issues with the states they were in, people and teams, by GraphQL."""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from tests.providers.standin import Asked, Reply, StandIn

KEY = "lin_api_made-up"
_MAX_POINTS: Final = 10_000
_POINTS: Final = 4  # about what a node of a list costs
_FIELD: Final = re.compile(r"\b[a-z][A-Za-z]+\b")
_FIRST: Final = re.compile(r"first: (\d+)")

Json = dict[str, Any]


def issue(
    name: str, completed: str | None, /, *, asked: str | None = "rui", made: str | None = "ana", **more: Any
) -> Json:
    """Return an issue that is completed since *completed*, else in progress; *more* replaces fields."""
    return {
        "id": f"uuid-{name}",
        "identifier": name,
        "previousIdentifiers": [],
        "title": f"Title of {name}",
        "description": "the whole story, which nobody reads",
        "url": f"https://linear.app/acme/issue/{name}/title",
        "completedAt": completed,
        "updatedAt": completed or "2026-11-10T10:00:00.000Z",
        "archivedAt": None,
        "trashed": None,
        "state": {"type": "completed" if completed else "started"},
        "team": {"key": name.partition("-")[0]},
        "assignee": made and {"id": made, "app": False},
        "delegate": None,
        "creator": asked and {"id": asked},
        "externalUserCreator": None,
        "states": [],
    } | more


def span(kind: str, ended: str | None) -> Json:
    """Return how long an issue was in a state of that type."""
    return {"endedAt": ended, "state": {"type": kind}}


def user(id_: str, email: str, *, active: bool = True, app: bool = False) -> Json:
    """Return somebody of the workspace."""
    return {"id": id_, "email": email, "active": active, "app": app}


def error(code: str) -> Json:
    """Return an answer that is an error of GraphQL."""
    return {"errors": [{"message": "no", "extensions": {"code": code, "userPresentableMessage": "No."}}]}


class Linear(StandIn):
    """A workspace; *page* is how many issues or people it gives at once, *states_page* how many states."""

    def __init__(self) -> None:
        super().__init__()
        self.issues: list[Json] = []
        self.users: list[Json] = []
        self.teams = 2
        self.page = 2
        self.states_page = 20
        self.routes = {("POST", "/graphql"): self._graphql}

    def answer(self, asked: Asked) -> Reply:
        """Return the reply, a refusal without the bare key, or where a question is too large."""
        reply = super().answer(asked)
        if asked.headers.get("authorization") != KEY:
            return Reply(error("AUTHENTICATION_ERROR"), 401)
        too_large = _POINTS * math.prod(map(int, _FIRST.findall(asked.json["query"]))) > _MAX_POINTS
        return Reply(error("GRAPHQL_VALIDATION_FAILED"), 400) if too_large else reply

    def _graphql(self, asked: Asked) -> Reply:
        query, variables = asked.json["query"], asked.json["variables"]
        declared = set(re.findall(r"\$([a-z]+):", query))
        if declared - {"after"} - set(variables) or set(variables) - declared:
            return Reply(error("GRAPHQL_VALIDATION_FAILED"), 400)
        if "teams(" in query:
            teams = {"nodes": [{"id": str(number)} for number in range(self.teams)], "pageInfo": {"hasNextPage": False}}
            return Reply(
                {"data": {"teams": teams, "users": {"nodes": [{"id": user["id"]} for user in self.users[:1]]}}}
            )
        if "users(" in query:
            known = [user for user in self.users if user["active"] or "includeDisabled: true" in query]
            return Reply({"data": {"users": self._connection(known, variables["after"], self.page)}})
        if "issue(" in query:
            [one] = [issue for issue in self.issues if issue["id"] == variables["id"]]
            states = self._connection(one["states"], variables["after"], 100)
            return Reply({"data": {"issue": {"stateHistory": states}}})
        known = [issue for issue in self.issues if not issue["archivedAt"] or "includeArchived: true" in query]
        found = [issue for issue in known if self._fits(issue, query, variables)]
        shown = [self._shown(issue, query) for issue in found]
        return Reply({"data": {"issues": self._connection(shown, variables["after"], self.page)}})

    def _fits(self, issue: Json, query: str, variables: Json) -> bool:
        if "completedAt: { gte: $from, lt: $to }" in query:
            assert 'state: { type: { eq: "completed" } }' in query
            done_at = issue["completedAt"] and _at(issue["completedAt"])
            is_completed = issue["state"]["type"] == "completed"
            return bool(is_completed and done_at and _at(variables["from"]) <= done_at < _at(variables["to"]))
        assert "updatedAt: { gte: $from }" in query
        return _at(issue["updatedAt"]) >= _at(variables["from"]) and issue["state"]["type"] in variables["types"]

    def _shown(self, issue: Json, query: str) -> Json:
        """Return the fields that the query names."""
        nodes = query[query.index("nodes {") :]
        shown = {name: value for name, value in issue.items() if name in _FIELD.findall(nodes)}
        if "stateHistory(" in nodes:
            shown["stateHistory"] = self._connection(issue["states"], None, self.states_page)
        return shown

    def _connection(self, everything: Sequence[Json], after: str | None, size: int) -> Json:
        start = int(after or 0)
        end = start + size
        return {
            "nodes": everything[start:end],
            "pageInfo": {"hasNextPage": end < len(everything), "endCursor": str(end)},
        }


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
