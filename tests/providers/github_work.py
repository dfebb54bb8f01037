"""A stand-in for GitHub's search: repositories with pull requests and issues, found by day, 1,000 at most."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.providers.github import ORG, Downloads, GitHub
from tests.providers.graphql import Query
from tests.providers.standin import Asked, Reply

Json = dict[str, Any]
REPOSITORY = f"{ORG}/app"
SHOWN = 1000


def user(login: str | None, kind: str = "User") -> Json | None:
    """Return an account, None for one that was deleted."""
    return None if login is None else {"__typename": kind, "login": login}


def bot(login: str) -> Json | None:
    """Return an app's account."""
    return user(login, "Bot")


def review(login: str, at: str, state: str = "APPROVED", kind: str = "User") -> Json:
    """Return a review."""
    return {"state": state, "submittedAt": at, "author": user(login, kind)}


def repository(name: str = REPOSITORY) -> Json:
    """Return a repository."""
    return {"nameWithOwner": name}


def pull(number: int, merged_at: str, *, author: Any = "ada", merged_by: Any = "bob", **more: Any) -> Json:
    """Return a merged pull request; *more* replaces fields."""
    place = more.pop("place", REPOSITORY)
    reviews = more.pop("reviews", [])
    return {
        "__typename": "PullRequest",
        "id": f"PR_{place}_{number}",
        "number": number,
        "title": f"Change {number}",
        "url": f"https://github.com/{place}/pull/{number}",
        "createdAt": merged_at,
        "mergedAt": merged_at,
        "additions": 10,
        "deletions": 2,
        "changedFiles": 1,
        "headRefName": "main-line",
        "body": "",
        "repository": repository(place),
        "author": user(author) if isinstance(author, str) else author,
        "mergedBy": user(merged_by) if isinstance(merged_by, str) else merged_by,
        "reviewDecision": None,
        "assignees": {"nodes": [user(login) for login in more.pop("assignees", ())]},
        "reviews": {"totalCount": more.pop("review_count", len(reviews)), "nodes": reviews},
        "closingIssuesReferences": {"nodes": more.pop("closes", [])},
        "mergeCommit": {"messageBody": more.pop("message", "")},
        "files": {"nodes": [{"path": path} for path in more.pop("files", ())]},
    } | more


def issue(number: int, closed_at: str | None, *, actor: Any = "bob", closer: Json | None = None, **more: Any) -> Json:
    """Return an issue; one without *closed_at* is open. *more* replaces fields."""
    place = more.pop("place", REPOSITORY)
    closed = {"actor": user(actor) if isinstance(actor, str) else actor, "closer": closer, "__typename": "ClosedEvent"}
    again = more.pop("reopened_at", ())
    return {
        "__typename": "Issue",
        "number": number,
        "title": f"Issue {number}",
        "url": f"https://github.com/{place}/issues/{number}",
        "closedAt": closed_at,
        "updatedAt": closed_at,
        "stateReason": "COMPLETED" if closed_at else "REOPENED",
        "repository": repository(place),
        "assignees": {"nodes": [user(login) for login in more.pop("assignees", ())]},
        "timelineItems": {"nodes": [closed] if closed_at else []},
        "reopened": {"nodes": [{"__typename": "ReopenedEvent", "createdAt": at} for at in again]},
    } | more


def commit(login: str) -> Json:
    """Return a commit that closes an issue."""
    return {"__typename": "Commit", "commitAuthor": {"user": user(login)}}


class WorkingGitHub(GitHub):
    """An organization with work in it.

    Numbers in *unseen* may not be seen by the token, *lost* are counted and never shown; it answers
    RATE_LIMITED *limited* times, with new points *reset_in* seconds after *now*. *gives_up_above* is the
    page size that it cannot answer, *sees_commits* whether the token may read contents.
    """

    def __init__(self, downloads: Downloads, now: Callable[[], datetime]) -> None:
        super().__init__(downloads)
        self.now = now
        self.pulls: list[Json] = []
        self.issues: list[Json] = []
        self.repositories: int | None = 3
        self.unseen: set[int] = set()
        self.lost = 0
        self.limited = 0
        self.reset_in = 60.0
        self.gives_up_above = 100
        self.sees_commits = True
        self.searches: list[str] = []
        self.routes["GET", "/rate_limit"] = self._rate_limit

    def _graphql(self, asked: Asked) -> Reply:
        text, variables = asked.json["query"], asked.json["variables"]
        if self.limited:
            self.limited -= 1
            return Reply({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
        if "search(" in text:
            return self._search(Query(text), variables)
        if "nodes(ids" in text:
            found = [each for each in self.pulls if each["id"] in variables["ids"]]
            assert len(variables["ids"]) <= 100
            return Reply({"data": Query(text).answer({"nodes": found})})
        if "repositories" in text:
            return self._organization(text, variables)
        return super()._graphql(asked)

    def _organization(self, text: str, variables: Json) -> Reply:
        if variables["org"] != ORG or self.repositories is None:
            error = {"type": "NOT_FOUND", "path": ["organization"]}
            return Reply({"data": {"organization": None}, "errors": [error]})
        held = {"organization": {"repositories": {"totalCount": self.repositories}}}
        return Reply({"data": Query(text).answer(held)})

    def _rate_limit(self, asked: Asked) -> Reply:
        reset = self.now() + timedelta(seconds=self.reset_in)
        return Reply({"resources": {"graphql": {"limit": 5000, "remaining": 0, "reset": int(reset.timestamp())}}})

    def _search(self, query: Query, variables: Json) -> Reply:
        size = variables.get("first", 1)
        assert size <= 100, "a page has 100 at most"
        if size > self.gives_up_above:
            return Reply("<html>502</html>", 502)
        self.searches.append(variables["q"])
        found = self._found(variables["q"])
        start = int(variables.get("after") or 0)
        end = min(start + size, SHOWN)
        shown = found[: max(0, len(found) - self.lost)][start:end]
        errors: list[Json] = []
        nodes = [self._node(query, each, number, errors) for number, each in enumerate(shown)]
        info = {"hasNextPage": end < min(len(found) - self.lost, SHOWN), "endCursor": str(end)}
        page = {"issueCount": len(found), "pageInfo": info, "nodes": nodes}
        return Reply({"data": {"search": page}} | ({"errors": errors} if errors else {}))

    def _node(self, query: Query, each: Json, number: int, errors: list[Json]) -> Json | None:
        path: list[str | int] = ["search", "nodes", number]
        if each["number"] in self.unseen:
            errors.append({"type": "FORBIDDEN", "path": path, "message": "no"})
            return None
        search = query.wanted[0]
        of_nodes = next(part for part in search.wanted if getattr(part, "name", "") == "nodes")
        picked: Json = query.answer(each, of_nodes.wanted)
        if not self.sees_commits and "mergeCommit" in picked:
            errors.append({"type": "FORBIDDEN", "path": [*path, "mergeCommit"], "message": "no"})
            picked["mergeCommit"] = None
        return picked

    def _found(self, text: str) -> Sequence[Json]:
        asked = re.fullmatch(rf"org:{ORG} is:(pr|issue) is:(merged|closed|open) (merged|closed|updated):(\S+?)", text)
        assert asked, f"a search for {text!r}"
        kind, state, qualifier, span = asked.groups()
        first, last = _span(span)
        everything = self.pulls if kind == "pr" else [each for each in self.issues if (state == "open") == _open(each)]
        when = {"merged": "mergedAt", "closed": "closedAt", "updated": "updatedAt"}[qualifier]
        return [each for each in everything if first <= _moment(each[when]) <= last]


def _open(each: Json) -> bool:
    return each["closedAt"] is None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _span(text: str) -> tuple[datetime, datetime]:
    """Return both ends of a range, each of which belongs to it, to the second."""
    if text.startswith(">="):
        return datetime.combine(date.fromisoformat(text[2:]), time.min, UTC), datetime.max.replace(tzinfo=UTC)
    first, last = text.split("..")
    if "T" not in text:
        end = datetime.combine(date.fromisoformat(last), time.max, UTC)
        return datetime.combine(date.fromisoformat(first), time.min, UTC), end
    return datetime.fromisoformat(first), datetime.fromisoformat(last) + timedelta(microseconds=999_999)
