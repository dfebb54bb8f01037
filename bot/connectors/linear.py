"""Linear: issues that were completed, and those that were opened again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from bot.connectors.finished import ReportedWork, WorkSource
from bot.connectors.linear_api import PROVIDER, LinearApi
from bot.connectors.linear_issue import (
    OPEN_TYPES,
    FinishedIssue,
    OpenIssue,
    Spans,
    StateSpan,
    day_of,
    is_identifier,
    item_of,
    reopenings,
)
from bot.connectors.linear_people import findings, people
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

# Archived ones too: Linear archives by itself what was completed some months ago.
_FINISHED_QUERY: Final = """
query($from: DateTimeOrDuration!, $to: DateTimeOrDuration!, $after: String) {
  issues(
    first: 50, after: $after, includeArchived: true
    filter: { completedAt: { gte: $from, lt: $to }, state: { type: { eq: "completed" } } }
  ) {
    nodes {
      id identifier previousIdentifiers title url completedAt trashed
      team { key } assignee { id app } delegate { id } creator { id } externalUserCreator { id }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_OPEN_QUERY: Final = """
query($from: DateTimeOrDuration!, $types: [String!]!, $after: String) {
  issues(
    first: 50, after: $after, includeArchived: true
    filter: { updatedAt: { gte: $from }, state: { type: { in: $types } } }
  ) {
    nodes {
      id identifier previousIdentifiers trashed
      stateHistory(first: 20) { nodes { endedAt state { type } } pageInfo { hasNextPage endCursor } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_STATES_QUERY: Final = """
query($id: String!, $after: String) {
  issue(id: $id) {
    stateHistory(first: 100, after: $after) {
      nodes { endedAt state { type } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
_MAX_STATE_PAGES: Final = 10
_DAY: Final = timedelta(days=1)


class _OneIssue(Struct, frozen=True, rename="camel"):
    state_history: Spans


class _OneData(Struct, frozen=True):
    issue: _OneIssue


class _One(Struct, frozen=True):
    data: _OneData


_FINISHED: Final = Decoder(FinishedIssue)
_OPEN: Final = Decoder(OpenIssue)
_ONE: Final = Decoder(_One)


class LinearWork(WorkSource):
    """The issues of every team that the key may read.

    An issue is finished when it is completed; canceled ones and duplicates are not. Who asked for it
    accepts it: it counts as accepted by someone else than its author when its creator is not its assignee.
    """

    kind = "linear"
    name = "company"
    provider = "linear"

    def __init__(self, api: LinearApi, now: Callable[[], datetime]) -> None:
        self._api, self._now = api, now

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return issues completed from *first* to *last*, and reopenings of those days; raises ConnectorError."""
        work, last = ReportedWork(), min(last, self._now().date())
        if first > last:
            return work
        reading = _Reading(self._api, work, first, last)
        start, end = f"{first}T00:00:00.000Z", f"{last + _DAY}T00:00:00.000Z"
        for raw in self._api.listed("issues", _FINISHED_QUERY, {"from": start, "to": end}):
            reading.take(raw, reading.add_finished)
        for raw in self._api.listed("issues", _OPEN_QUERY, {"from": start, "types": OPEN_TYPES}):
            reading.take(raw, reading.add_reopened)
        return work

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield everybody with their mail address; raises ConnectorError."""
        return people(self._api)

    def findings(self) -> Iterator[Finding]:
        """Ask which teams and people the key may read; raises nothing of Linear's."""
        return findings(self._api)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


class _Reading:
    """What was listed, each issue once."""

    def __init__(self, api: LinearApi, work: ReportedWork, first: date, last: date) -> None:
        self._api, self._work = api, work
        self._first, self._last = first, last
        self._seen: dict[str, int] = {}

    def take(self, raw: Raw, add: Callable[[Raw], None]) -> None:
        """Add what an issue says, unless it cannot be read."""
        try:
            add(raw)
        except (DecodeError, ValueError):
            self._work.flawed("an issue that cannot be read")

    def add_finished(self, raw: Raw) -> None:
        """Add an issue that was completed; raises ValueError where something in it is wrong."""
        issue = _FINISHED.decode(raw)
        finished_on = day_of(issue.completed_at)
        if not is_identifier(issue.identifier) or not self._first <= finished_on <= self._last:
            raise ValueError("an identifier or a day that was not asked for")
        if not issue.trashed and self._is_new(issue.id, raw):
            self._work.items.append(item_of(issue, finished_on))

    def add_reopened(self, raw: Raw) -> None:
        """Add the days on which an open issue left completion; raises ValueError as `add_finished`."""
        issue = _OPEN.decode(raw)
        if not is_identifier(issue.identifier):
            raise ValueError("no identifier")
        if not issue.trashed and self._is_new(issue.id, raw):
            self._work.reopenings.extend(reopenings(issue, self._spans(issue), self._first, self._last))

    def _is_new(self, issue_id: str, raw: Raw) -> bool:
        content = hash(bytes(raw))
        if issue_id not in self._seen:
            self._seen[issue_id] = content
            return True
        if self._seen[issue_id] == content:
            self._work.flaws["an issue that came twice"] += 1
        else:
            self._work.flawed("an issue that came twice, and not the same")
        return False

    def _spans(self, issue: OpenIssue) -> list[StateSpan]:
        """Return the states that the issue was in, at most a thousand or so: more is a flaw."""
        page = issue.state_history
        spans, after = list(page.nodes), None
        for _ in range(_MAX_STATE_PAGES):
            if not page.page_info.has_next_page:
                return spans
            if page.page_info.end_cursor is None or page.page_info.end_cursor == after:
                raise ConnectorError(PROVIDER, "the states of an issue repeat a page", permanent=False)
            after = page.page_info.end_cursor
            page = self._api.ask(_STATES_QUERY, {"id": issue.id, "after": after}, _ONE).data.issue.state_history
            spans += page.nodes
        self._work.flawed("an issue with too many changes of state to read")
        return spans
