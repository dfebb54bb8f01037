"""What an issue of Linear says about finished work: who asked, who did it, and when it was opened again."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct

from bot.connectors.finished import ReportedItem
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.linear_api import PageInfo
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.work import FinishedItem

OPEN_TYPES: Final = ("triage", "backlog", "unstarted", "started")
COMPLETED: Final = "completed"
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_]+-[0-9]+")


class _User(Struct, frozen=True, gc=False):
    id: str
    app: bool = False


class _Id(Struct, frozen=True, gc=False):
    id: str


class _Team(Struct, frozen=True, gc=False):
    key: str


class _State(Struct, frozen=True, gc=False):
    type: str


class FinishedIssue(Struct, frozen=True, rename="camel"):
    """An issue in a completed state."""

    id: str
    identifier: str
    completed_at: str
    team: _Team
    title: str | None = None
    url: str | None = None
    trashed: bool | None = None
    previous_identifiers: list[str] = []
    assignee: _User | None = None
    delegate: _Id | None = None  # an agent that works for the assignee
    creator: _Id | None = None
    external_user_creator: _Id | None = None


class StateSpan(Struct, frozen=True, rename="camel"):
    """How long an issue was in a state; the last one has no end."""

    ended_at: str | None = None
    state: _State | None = None


class Spans(Struct, frozen=True, rename="camel"):
    """A page of the states that an issue was in."""

    nodes: list[StateSpan]
    page_info: PageInfo = PageInfo()


class OpenIssue(Struct, frozen=True, rename="camel"):
    """An issue that is not finished, with the states it was in."""

    id: str
    identifier: str
    state_history: Spans
    trashed: bool | None = None
    previous_identifiers: list[str] = []


def day_of(text: str) -> date:
    """Return the UTC day of a timestamp; raises ValueError, also where it has no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a timestamp without an offset")
    return at.astimezone(UTC).date()


def is_identifier(text: str) -> bool:
    """Return whether *text* is what people call an issue."""
    return bool(_IDENTIFIER.fullmatch(text))


def item_of(issue: FinishedIssue, finished_on: date) -> ReportedItem:
    """Return the finished issue; where it was moved it counts once with the first identifier that it had."""
    assignee = issue.assignee.id if issue.assignee else None
    asker = issue.creator or issue.external_user_creator
    agent = issue.delegate is not None
    item = FinishedItem(
        place=issue.team.key,
        reference=issue.identifier,
        kind="ticket",
        finished_on=finished_on,
        accepted=assignee is not None and asker is not None and asker.id != assignee,
        ticket=next(iter(_former(issue)), ""),
        agent_made=agent,
        ai_evidence="shown" if agent else "none",
    )
    author = None if issue.assignee and issue.assignee.app else assignee
    return ReportedItem(item, author, kept_title(issue.title, issue.identifier), kept_link(issue.url))


def reopenings(issue: OpenIssue, spans: Iterable[StateSpan], first: date, last: date) -> Iterator[Reopening]:
    """Yield each day from *first* to *last* on which the issue left completion, under all its identifiers."""
    ended = {day_of(span.ended_at) for span in spans if span.ended_at and span.state and span.state.type == COMPLETED}
    for day in sorted(day for day in ended if first <= day <= last):
        yield from (Reopening(name, day) for name in (issue.identifier, *_former(issue)))


def _former(issue: FinishedIssue | OpenIssue) -> list[str]:
    """Return what the issue was called in other teams, the first name first."""
    names = dict.fromkeys(filter(is_identifier, issue.previous_identifiers))
    return [name for name in names if name != issue.identifier]
