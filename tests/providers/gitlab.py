"""A stand-in for GitLab: a group with projects, merge requests, approvals, issues, events and members."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tests.providers.standin import Asked, Reply, StandIn

TOKEN = "glpat-made-up"
GROUP = "acme/tools"
PATH = "/api/v4/groups/acme%2Ftools"
PROJECT = 7

Json = dict[str, Any]
_PAGING = {"page", "per_page", "cursor"}
_CHANGES = {"state", "scope", "order_by", "sort", "updated_after", "merged_after", "merged_before"}
_ISSUES = {"state", "scope", "order_by", "sort", "updated_after"}


def user(name: str | None) -> Json | None:
    """Return an account."""
    return None if name is None else {"id": sum(map(ord, name)), "username": name, "name": name.title()}


def merge(iid: int, merged_at: str, *, author: str | None = "ada", merged_by: str | None = "bob", **more: Any) -> Json:
    """Return a merged merge request; *more* replaces fields, *approved_by* names who approved it."""
    place = more.pop("place", "acme/tools/app")
    return {
        "id": 1000 + iid,
        "iid": iid,
        "project_id": PROJECT,
        "title": f"Change {iid}",
        "description": None,
        "state": "merged",
        "created_at": merged_at,
        "updated_at": more.pop("updated_at", merged_at),
        "merged_at": merged_at,
        "author": user(author),
        "merge_user": user(merged_by),
        "merged_by": user(merged_by),
        "assignees": [user(name) for name in more.pop("assignees", ())],
        "source_branch": "main-line",
        "user_notes_count": 0,
        "web_url": f"https://gitlab.example/{place}/-/merge_requests/{iid}",
        "references": {"short": f"!{iid}", "full": f"{place}!{iid}"},
        "approved_by": (),
    } | more


def issue(iid: int, closed_at: str | None, *, closed_by: str | None = "bob", **more: Any) -> Json:
    """Return an issue, open without *closed_at*; *reopened_at* says when it was opened again."""
    place = more.pop("place", "acme/tools/app")
    return {
        "id": 5000 + iid,
        "iid": iid,
        "project_id": PROJECT,
        "title": f"Issue {iid}",
        "state": "closed" if closed_at else "opened",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": more.pop("updated_at", closed_at),
        "closed_at": closed_at,
        "closed_by": user(closed_by) if closed_at else None,
        "assignees": [user(name) for name in more.pop("assignees", ())],
        "labels": [],
        "issue_type": "issue",
        "moved_to_id": None,
        "web_url": f"https://gitlab.example/{place}/-/issues/{iid}",
        "references": {"short": f"#{iid}", "full": f"{place}#{iid}"},
        "reopened_at": (),
    } | more


class GitLab(StandIn):
    """A group of GitLab.

    *page* items are on a page at most. With *links* pages have a Link header, else a number. An old one does not
    know the parameters about merging, and has no *approvals*. *unreadable* paths answer 404.
    """

    def __init__(self) -> None:
        super().__init__()
        self.merges: list[Json] = []
        self.issues: list[Json] = []
        self.members: list[Json] = []
        self.page = 100
        self.links = True
        self.knows_merging = True
        self.counts = True
        self.unreadable: dict[str, int] = {}
        self.routes = {
            ("GET", f"{PATH}/merge_requests"): self._merges,
            ("GET", f"{PATH}/issues"): self._issues,
            ("GET", f"{PATH}/members/all"): lambda asked: self._listed(asked, self.members, set()),
            ("GET", f"{PATH}/projects"): lambda asked: self._listed(asked, [{"id": PROJECT}], {"include_subgroups"}),
            ("GET", "/api/v4/projects/*"): self._project,
        }

    def answer(self, asked: Asked) -> Reply:
        """Return the reply, a refusal without the token or the right."""
        reply = super().answer(asked)
        if asked.headers.get("private-token") != TOKEN:
            return Reply({"message": "401 Unauthorized"}, 401)
        if asked.path in self.unreadable:
            return Reply({"message": "not found"}, self.unreadable[asked.path])
        return reply

    def _merges(self, asked: Asked) -> Reply:
        assert asked.one("state") == "merged"
        found = [each for each in self.merges if each["updated_at"] >= asked.one("updated_after")]
        if self.knows_merging:
            first, end = asked.one("merged_after", ""), asked.one("merged_before", "9")
            found = [each for each in found if first <= each["merged_at"] <= end]
        return self._listed(asked, [self._without(each, "approved_by") for each in found], _CHANGES)

    def _issues(self, asked: Asked) -> Reply:
        since, state = asked.one("updated_after"), asked.one("state")
        found = [each for each in self.issues if each["updated_at"] >= since and each["state"] == state]
        return self._listed(asked, [self._without(each, "reopened_at") for each in found], _ISSUES)

    def _project(self, asked: Asked) -> Reply:
        project, *below = asked.path.removeprefix("/api/v4/projects/").split("/")
        if below == ["events"]:
            return self._events(asked, int(project))
        assert below[::2] == ["merge_requests", "approvals"], asked.path
        (found,) = [each for each in self.merges if (str(each["project_id"]), str(each["iid"])) == (project, below[1])]
        return Reply({"approved": True, "approved_by": [{"user": user(name)} for name in found["approved_by"]]})

    def _events(self, asked: Asked, project: int) -> Reply:
        assert asked.one("action") == "reopened"
        events = [
            {"project_id": project, "target_type": kind, "target_iid": each["iid"], "created_at": at}
            for number, each in enumerate(self.issues)
            for at in each["reopened_at"]
            for kind in ("MergeRequest", ("Issue", "WorkItem")[number % 2])
            if each["project_id"] == project and asked.one("after") < at[:10] < asked.one("before")
        ]
        return self._listed(asked, events, {"action", "after", "before"})

    def _listed(self, asked: Asked, found: Sequence[Json], known: set[str]) -> Reply:
        if unknown := set(asked.query) - known - _PAGING:
            return Reply({"error": f"unknown {unknown}"}, 400)
        size, page = int(asked.one("per_page", "20")), int(asked.one("cursor", asked.one("page", "1")))
        if size > 100:
            return Reply({"error": "per_page"}, 400)
        size = min(size, self.page)
        headers = {"X-Total": str(len(found))} if self.counts else {}
        if page * size < len(found):
            if self.links:
                query = {name: values[0] for name, values in asked.query.items()} | {"cursor": str(page + 1)}
                query.pop("page", None)
                headers["Link"] = f'<{self.url}{asked.path}?{urlencode(query)}>; rel="next", <x>; rel="first"'
            else:
                headers["X-Next-Page"] = str(page + 1)
        return Reply(json.dumps(found[(page - 1) * size : page * size]), headers=headers)

    def _without(self, each: Json, name: str) -> Json:
        return {key: value for key, value in each.items() if key != name}
