"""Closed issues of an organization as finished tickets, and issues that were opened again."""

from datetime import UTC, date
from typing import Final

from msgspec import Struct, field
from msgspec.json import Decoder

from bot.connectors.finished import ReportedItem
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.github_acceptance import ACCEPTANCE, Acceptance, Actor, Actors, Moment
from bot.connectors.github_changes import Number, Repository
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.work import FinishedItem

_REOPENED: Final = "reopened: timelineItems(last: 5, itemTypes: [REOPENED_EVENT]) { nodes { ...Again } }"
_AGAIN: Final = "fragment Again on ReopenedEvent { createdAt }"
_SEARCH: Final = """
query($q: String!, $first: Int!, $after: String) {{
  search(query: $q, type: ISSUE, first: $first, after: $after) {{
    issueCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ ... on Issue {{ number repository {{ nameWithOwner }} {reopened} {more} }} }}
  }}
}}
{fragments}
"""
_CLOSED: Final = """
      title url closedAt stateReason
      assignees(first: 5) { nodes { ...Who } }
      timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent {
        actor { ...Who }
        closer { __typename
          ... on PullRequest { ...Acceptance }
          ... on Commit { commitAuthor: author { user { ...Who } } }
        }
      } } }
"""
CLOSED_QUERY: Final = _SEARCH.format(reopened=_REOPENED, more=_CLOSED, fragments=ACCEPTANCE + _AGAIN)
OPEN_QUERY: Final = _SEARCH.format(reopened=_REOPENED, more="", fragments=_AGAIN)


class _GitActor(Struct, frozen=True):
    user: Actor | None = None


class _Closer(Acceptance, frozen=True, kw_only=True, rename="camel"):
    """What closed it: a merged pull request, a commit, or something that says nothing about people."""

    kind: str = field(default="", name="__typename")
    commit_author: _GitActor | None = None

    @property
    def is_change(self) -> bool:
        return self.kind == "PullRequest"

    @property
    def made_by(self) -> str | None:
        if self.is_change:
            return self.credited
        user = self.commit_author and self.commit_author.user
        return user.human if user else None


class _ClosedEvent(Struct, frozen=True):
    actor: Actor | None = None
    closer: _Closer | None = None


class _ClosedEvents(Struct, frozen=True):
    nodes: list[_ClosedEvent | None] | None = None


class _ReopenedEvent(Struct, frozen=True, gc=False, rename="camel"):
    created_at: Moment


class _ReopenedEvents(Struct, frozen=True):
    nodes: list[_ReopenedEvent | None] | None = None


class Issue(Struct, frozen=True, rename="camel"):
    """An issue: closed, or opened again, or both."""

    number: Number
    repository: Repository
    title: str = ""
    url: str = ""
    closed_at: Moment | None = None
    state_reason: str | None = None
    assignees: Actors | None = None
    closings: _ClosedEvents | None = field(default=None, name="timelineItems")
    reopened: _ReopenedEvents | None = None

    @property
    def reference(self) -> str:
        """Its repository and number."""
        return f"{self.repository.name_with_owner}#{self.number}"

    @property
    def closed_on(self) -> date | None:
        """The day of its last closing, in UTC."""
        return self.closed_at.astimezone(UTC).date() if self.closed_at else None

    @property
    def _closing(self) -> _ClosedEvent:
        events = [event for event in (self.closings and self.closings.nodes) or () if event]
        return events[-1] if events else _ClosedEvent()

    @property
    def credited(self) -> str | None:
        """Whose work it is: the author's of the change that closed it, else the first assignee's."""
        closer = self._closing.closer
        assigned = self.assignees.first_human if self.assignees else None
        return (closer.made_by if closer else None) or assigned

    @property
    def accepted(self) -> bool:
        """Whether somebody else accepted the change that closed it, or closed it; of nobody no one is somebody else."""
        closer, actor = self._closing.closer, self._closing.actor
        if closer is not None and closer.is_change and closer.accepted_by_another(self.credited):
            return True
        return self.credited is not None and actor is not None and actor.human not in (None, self.credited)

    @property
    def by_agent(self) -> bool:
        """Whether an AI agent made the change that closed it."""
        closer = self._closing.closer
        return closer is not None and closer.is_change and closer.by_agent


ISSUE: Final = Decoder(Issue)


def ticket_of(issue: Issue) -> ReportedItem | None:
    """Return a finished ticket; None where it was closed for another reason than that it is done."""
    if issue.state_reason != "COMPLETED" or issue.closed_on is None:
        return None
    item = FinishedItem(
        place=issue.repository.name_with_owner,
        reference=issue.reference,
        kind="ticket",
        finished_on=issue.closed_on,
        accepted=issue.accepted,
        agent_made=issue.by_agent,
        ai_evidence="shown" if issue.by_agent else "none",
    )
    title = kept_title(issue.title, issue.reference)
    return ReportedItem(item, issue.credited, title, kept_link(issue.url))


def reopenings_of(issue: Issue, first: date, last: date) -> list[Reopening]:
    """Return when it was opened again from *first* to *last* (UTC)."""
    events = [event for event in (issue.reopened and issue.reopened.nodes) or () if event]
    days = sorted({event.created_at.astimezone(UTC).date() for event in events})
    return [Reopening(issue.reference, day) for day in days if first <= day <= last]
