"""Jira Cloud: tickets that were finished, and those that were opened again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import DecodeError
from msgspec.json import Decoder

from bot.connectors.finished import ReportedWork, WorkSource
from bot.connectors.http import ReplyError
from bot.connectors.jira_api import JiraApi, check_signed_in, done_statuses, found, whole_history
from bot.connectors.jira_issue import (
    FIELDS,
    Issue,
    Moment,
    finished_at,
    former_keys,
    in_order,
    is_key,
    item_of,
    reopened_at,
    reopenings,
)
from bot.connectors.jira_people import findings, people
from bot.connectors.pull import Finding, ListedAccount

_ISSUE: Final = Decoder(Issue)
_DAY: Final = timedelta(days=1)


class JiraWork(WorkSource):
    """The tickets of every project that the token's account may browse.

    A ticket is finished when it is done with a resolution that is no refusal. Who asked for it accepts it:
    it counts as accepted by someone else than its author when its reporter is not its assignee. Who closed
    it says little, since people close their own tickets in Jira.
    """

    kind = "jira"
    name = "company"
    provider = "jira"

    def __init__(self, api: JiraApi, now: Callable[[], datetime]) -> None:
        self._api, self._now = api, now

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return tickets finished from *first* to *last*, and reopenings of those days; raises ConnectorError."""
        work, last = ReportedWork(), min(last, self._now().date())
        if first > last:
            return work
        check_signed_in(self._api)
        done = done_statuses(self._api)
        reading = _Reading(self._api, work, first, last, frozenset(status.id for status in done))
        reading.read(_resolved(first, last))
        try:
            if done:
                reading.read(_left(sorted({status.name for status in done}), first, last))
        except ReplyError as error:
            if error.status != 400:
                raise
            # A status that cannot be searched for must not cost what was finished.
            work.flawed("Jira refuses to search for tickets that were opened again")
        return work

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield everybody with an Atlassian account, with their mail address where they show it."""
        check_signed_in(self._api)
        yield from people(self._api)

    def findings(self) -> Iterator[Finding]:
        """Ask which projects and whose mail addresses the token may read; raises nothing of Jira's."""
        return findings(self._api)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


class _Reading:
    """What searches found, each ticket once."""

    def __init__(self, api: JiraApi, work: ReportedWork, first: date, last: date, done: frozenset[str]) -> None:
        self._api, self._work, self._done = api, work, done
        self._first, self._last = first, last
        self._taken: set[str] = set()

    def read(self, jql: str) -> None:
        """Add what the tickets that *jql* finds say of the days that are asked for; raises ConnectorError."""
        seen: dict[str, int] = {}
        for raw in found(self._api, jql, FIELDS):
            try:
                issue = _ISSUE.decode(raw)
                if not is_key(issue.key):
                    raise ValueError("no key")
                if self._is_new(issue.id, hash(bytes(raw)), seen):
                    self._add(issue)
            except (DecodeError, ValueError):
                self._work.flawed("a ticket that cannot be read")

    def _is_new(self, issue_id: str, content: int, seen: dict[str, int]) -> bool:
        """Return whether no search found the ticket yet; the same one should not find it twice."""
        if issue_id not in seen:
            seen[issue_id] = content
            new = issue_id not in self._taken
            self._taken.add(issue_id)
            return new
        if seen[issue_id] == content:
            self._work.flaws["a ticket that came twice"] += 1
        else:
            self._work.flawed("a ticket that came twice, and not the same")
        return False

    def _add(self, issue: Issue) -> None:
        moments = self._moments(issue)
        finished, former = finished_at(issue), former_keys(moments)
        if finished and self._first <= finished.date() <= self._last:
            self._work.items.append(item_of(issue, finished, former, self._api.site))
        reopened = [at for at in reopened_at(moments, self._done) if self._first <= at.date() <= self._last]
        self._work.reopenings.extend(reopenings(dict.fromkeys([issue.key, *former]), reopened, finished))

    def _moments(self, issue: Issue) -> list[Moment]:
        """Return the ticket's history, all of it where the latest part does not reach back to the first day."""
        histories = issue.changelog.histories
        moments = in_order(histories)
        if len(histories) >= issue.changelog.total or (moments and moments[0].at.date() < self._first):
            return moments
        whole = whole_history(self._api, issue.key)
        if whole is None:
            self._work.flawed("a ticket with a history too long to read")
            return moments
        return in_order(whole)


# Jira reads dates in the time zone of the account that asks, so both ask for some more days.
def _resolved(first: date, last: date) -> str:
    return f'resolved >= "{first - _DAY}" AND resolved < "{last + 2 * _DAY}" ORDER BY created ASC'


def _left(done_names: list[str], first: date, last: date) -> str:
    names = ", ".join(map(_quoted, done_names))
    days = f'AFTER "{first - 2 * _DAY}" BEFORE "{last + 2 * _DAY}"'
    return f"status CHANGED FROM ({names}) {days} ORDER BY created ASC"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
