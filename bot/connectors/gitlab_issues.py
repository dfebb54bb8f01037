"""Closed issues of a GitLab group as finished tickets, and issues that were opened again."""

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Decoder

from bot.connectors.finished import ReportedItem, ReportedWork
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.gitlab_api import NOT_SEEN, GitLabApi, decoded
from bot.connectors.gitlab_changes import Moment, Number
from bot.connectors.gitlab_people import User, first_human
from bot.connectors.http import ReplyError
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.work import FinishedItem

_ISSUES: Final = frozenset({"Issue", "WorkItem"})
# A task is a part of an issue, and a test case is never done.
_COUNTED: Final = frozenset({None, "issue", "incident"})
# GitLab keeps no reason for closing, so teams say by a label that nothing was finished.
_NOT_FINISHED: Final = frozenset(
    {
        "cannot reproduce",
        "cant reproduce",
        "declined",
        "duplicate",
        "invalid",
        "no longer relevant",
        "not a bug",
        "not planned",
        "rejected",
        "stale",
        "will not do",
        "will not fix",
        "wont do",
        "wont fix",
        "wontfix",
        "works as intended",
    }
)


class _IssueReferences(Struct, frozen=True, gc=False):
    full: Annotated[str, Meta(pattern=r"^[^\s#]+/[^\s#]+#[0-9]+$", max_length=500)]


class Issue(Struct, frozen=True):
    """An issue under the current path of its project."""

    project_id: Number
    references: _IssueReferences
    title: str = ""
    closed_at: Moment | None = None
    closed_by: User | None = None
    assignees: list[User | None] | None = None
    labels: list[str] | None = None
    issue_type: str | None = None
    moved_to_id: int | None = None
    web_url: str | None = None

    @property
    def place(self) -> str:
        """The path of its project."""
        return self.references.full.rpartition("#")[0]

    @property
    def closed_on(self) -> date | None:
        """The day of its closing, in UTC."""
        return self.closed_at.astimezone(UTC).date() if self.closed_at else None

    @property
    def is_finished(self) -> bool:
        """Whether it is a ticket that was closed because it is done, as far as its labels say."""
        return self.issue_type in _COUNTED and not any(_plain(label) in _NOT_FINISHED for label in self.labels or ())


class _Event(Struct, frozen=True, gc=False):
    created_at: Moment
    target_type: str | None = None
    target_iid: Number | None = None

    @property
    def reopened_on(self) -> date:
        return self.created_at.astimezone(UTC).date()


ISSUE: Final = Decoder(Issue)
_EVENT: Final = Decoder(_Event)


def ticket_of(issue: Issue, day: date, closing: ReportedItem | None) -> ReportedItem:
    """Return the ticket that was finished on *day*; *closing* is the change that closed it, where one did."""
    assigned = first_human(issue.assignees or ())
    author = (closing.author if closing else None) or assigned
    # Of a change that nobody is credited with, the assignee may be the one who accepted it.
    by_change = closing is not None and closing.item.accepted and author == closing.author
    closer = issue.closed_by.human if issue.closed_by else None
    item = FinishedItem(
        place=issue.place,
        reference=issue.references.full,
        kind="ticket",
        finished_on=day,
        accepted=by_change or (author is not None and closer is not None and closer != author),
        agent_made=closing is not None and closing.item.agent_made,
        ai_evidence=closing.item.ai_evidence if closing else "none",
    )
    return ReportedItem(item, author, kept_title(issue.title, issue.references.full), kept_link(issue.web_url))


def add_reopenings(api: GitLabApi, places: Mapping[int, str], first: date, last: date, work: ReportedWork) -> None:
    """Add which issues of the projects *places* (by id) were opened again from *first* to *last* (UTC).

    Raises ConnectorError.
    """
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    # Both ends are left out; and everything is asked for, since an issue may be recorded as a work item.
    asked = {"action": "reopened", "after": str(first - timedelta(days=1)), "before": str(last + timedelta(days=1))}
    for project, place in sorted(places.items()):
        try:
            for node in api.listed(f"/projects/{project}/events", asked):
                event = decoded(_EVENT, node, work, "an event that is not as agreed")
                if event is not None and event.target_type in _ISSUES and event.reopened_on in span:
                    work.reopenings.append(Reopening(f"{place}#{event.target_iid}", event.reopened_on))
        except ReplyError as error:
            if error.status not in NOT_SEEN:
                raise
            work.flawed("a project whose events the token may not read")
    work.reopenings = list(dict.fromkeys(work.reopenings))


def _plain(label: str) -> str:
    """Return a label without its scope, in lower case and without apostrophes and hyphens."""
    return label.rpartition("::")[2].strip().lower().replace("'", "").replace("\u2019", "").replace("-", " ")
