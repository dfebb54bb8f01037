"""Finished work of a GitLab group: its merged merge requests and closed issues, and what came back."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from bot.connectors.finished import ReportedItem, ReportedWork, WorkSource
from bot.connectors.gitlab_api import GitLabApi, decoded, group_path
from bot.connectors.gitlab_approvals import Approvals
from bot.connectors.gitlab_changes import MERGE_REQUEST, change_of, reverts_of
from bot.connectors.gitlab_issues import ISSUE, Issue, add_reopenings, ticket_of
from bot.connectors.gitlab_people import members
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

# An issue closes by itself soon after the change that names it is merged.
_SOON: Final = timedelta(hours=1)
# By creation, which never changes: by their last update items would move to another page while they are read.
_ORDER: Final = {"scope": "all", "order_by": "created_at", "sort": "asc"}


class _Span(NamedTuple):
    first: date
    last: date

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


class GitLabWork(WorkSource):
    """Everything that was finished in the projects of a group and of its subgroups that the token sees.

    A project is called by its current path.
    """

    kind = "gitlab"
    name = "company"
    provider = "gitlab"

    def __init__(self, api: GitLabApi, group: str, now: Callable[[], datetime]) -> None:
        self._api, self._group, self._now = api, group, now

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return what was finished from *first* to *last* (UTC), never later than today, and what came back then."""
        work = ReportedWork()
        span = _Span(first, min(last, self._now().astimezone(UTC).date()))
        if span.first > span.last:
            return work
        closing = self._add_changes(span, work)
        places = self._add_tickets(span, closing, work)
        places |= self._open_places(span, work)
        add_reopenings(self._api, places, span.first, span.last, work)
        return work

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield the members of the group, with mail addresses where the token shows them; raises ConnectorError."""
        return members(self._api, self._group)

    def findings(self) -> Iterator[Finding]:
        """Say how many projects are seen, whether merge requests and issues can be listed, and who is a member."""
        since = {"updated_after": _midnight(self._now().astimezone(UTC).date() - timedelta(days=28)), **_ORDER}
        try:
            yield self._counted("/projects", {"include_subgroups": "true"}, "projects")
            yield self._counted("/merge_requests", {"state": "merged", **since}, "merged changes of four weeks")
            yield self._counted("/issues", {"state": "closed", **since}, "closed issues of four weeks")
            with_mail = any(account.email for account in islice(self.accounts(), 100))
        except ConnectorError as error:
            yield Finding("to do", str(error))
            return
        if with_mail:
            yield Finding("ok", "members with mail addresses")
        else:
            yield Finding("warn", "members without mail addresses: GitLab shows these to owners and administrators")

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _counted(self, below: str, params: Mapping[str, str | int], what: str) -> Finding:
        total = self._api.counted(group_path(self._group, below), params)
        return Finding("ok", f"{'many' if total is None else total} {what}")

    def _add_changes(self, span: _Span, work: ReportedWork) -> dict[str, ReportedItem]:
        """Add what was merged, and return it by the issue that it closed."""
        path = group_path(self._group, "/merge_requests")
        # Installations that do not know the last two leave them aside, so each change is looked at again.
        merged = {"merged_after": _midnight(span.first), "merged_before": _midnight(span.last + timedelta(days=1))}
        asked = {"state": "merged", **_ORDER, "updated_after": _midnight(span.first), **merged}
        approvals = Approvals(self._api, self._api.counted(path, asked))
        items: dict[str, ReportedItem] = {}
        closing: dict[str, ReportedItem] = {}
        for node in self._api.listed(path, asked):
            merge = decoded(MERGE_REQUEST, node, work, "a merged change that is not as agreed")
            if merge is None or not span.has(merge.merged_on) or merge.references.full in items:
                continue
            change = change_of(merge, approvals.by_another(merge))
            items[merge.references.full] = change
            work.reverts += reverts_of(merge)
            closing[merge.closed_issue.casefold()] = change
        work.items += items.values()
        return closing

    def _add_tickets(self, span: _Span, closing: Mapping[str, ReportedItem], work: ReportedWork) -> dict[int, str]:
        """Add what was closed, and return the projects, by id, that it was in."""
        places: dict[int, str] = {}
        tickets: dict[str, ReportedItem] = {}
        for issue in self._issues("closed", span, work):
            places[issue.project_id] = issue.place
            if issue.closed_on is None or not span.has(issue.closed_on) or not issue.is_finished:
                continue
            if issue.moved_to_id is not None:
                work.flaws["an issue that was moved to another project"] += 1
                continue
            change = closing.get(issue.references.full.casefold())
            closer = change if change and _closed_by(issue, change) else None
            tickets[issue.references.full] = ticket_of(issue, issue.closed_on, closer)
        work.items += tickets.values()
        return places

    def _open_places(self, span: _Span, work: ReportedWork) -> dict[int, str]:
        """Return the projects, by id, of issues that are open and changed since: only these may be open again."""
        return {issue.project_id: issue.place for issue in self._issues("opened", span, work)}

    def _issues(self, state: str, span: _Span, work: ReportedWork) -> Iterator[Issue]:
        asked = {"state": state, **_ORDER, "updated_after": _midnight(span.first)}
        for node in self._api.listed(group_path(self._group, "/issues"), asked):
            issue = decoded(ISSUE, node, work, "an issue that is not as agreed")
            if issue is not None:
                yield issue


def _closed_by(issue: Issue, change: ReportedItem) -> bool:
    return (
        issue.closed_at is not None
        and change.merged_at is not None
        and abs(issue.closed_at - change.merged_at) <= _SOON
    )


def _midnight(day: date) -> str:
    return f"{day}T00:00:00Z"
