"""Finished work of a GitHub organization: its merged pull requests and closed issues, and what came back."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, TypeVar

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from bot.connectors.finished import ReportedItem, ReportedWork, WorkSource
from bot.connectors.github_api import PROVIDER, GitHubApi
from bot.connectors.github_changes import CHANGES_QUERY, PULL_REQUEST, Change, change_of
from bot.connectors.github_files import with_files
from bot.connectors.github_graphql import GitHubGraphQl
from bot.connectors.github_issues import CLOSED_QUERY, ISSUE, OPEN_QUERY, reopenings_of, ticket_of
from bot.connectors.github_people import people, people_findings
from bot.connectors.github_search import MAY_NOT_SEARCH, GitHubSearch
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

T = TypeVar("T")
_ORGANIZATION_QUERY: Final = """
query($org: String!) { organization(login: $org) { repositories { totalCount } } }
"""
_COMMITS_QUERY: Final = """
query($q: String!) {
  search(query: $q, type: ISSUE, first: 1) {
    issueCount
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest { mergeCommit { messageBody } } }
  }
}
"""


class GitHubWork(WorkSource):
    """Everything that was finished in the repositories of an organization that the token sees.

    A repository is called by its current name. *tz* is whose working hours count for reviews.
    """

    kind = "github"
    name = "company"
    provider = "github"

    def __init__(
        self,
        api: GitHubApi,
        org: str,
        now: Callable[[], datetime],
        tz: tzinfo = UTC,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api, self._org, self._now, self._tz = api, org, now, tz
        self._graphql = GitHubGraphQl(api, now, pause)

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return what was finished from *first* to *last* (UTC), never later than today, and what came back then.

        An issue that was opened again is found by its last update, so open ones are read up to today.
        """
        work = ReportedWork()
        today = self._now().astimezone(UTC).date()
        last = min(last, today)
        if first > last:
            return work
        self._repositories()
        search = GitHubSearch(self._graphql, work)
        self._add_changes(search, _days(first, last), work)
        self._add_tickets(search, _days(first, last), work)
        self._add_reopened(search, _days(first, today), last, work)
        return work

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield the organization's members and whoever its identity provider knows; raises ConnectorError."""
        return people(self._api, self._org)

    def findings(self) -> Iterator[Finding]:
        """Say how many repositories are seen, whether they can be searched, and who is listed."""
        try:
            yield Finding("ok", f"{self._repositories()} repositories of the organization")
            yield self._search_finding()
        except ConnectorError as error:
            yield Finding("to do", str(error))
            return
        yield from people_findings(self._api, self._org)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _repositories(self) -> int:
        """Return how many repositories the token sees: a search would find nothing and not say why."""
        answer = self._graphql.ask(_ORGANIZATION_QUERY, {"org": self._org})
        found = answer.data.organization if answer.data else None
        if found is None or found.repositories is None:
            raise ConnectorError(PROVIDER, MAY_NOT_SEARCH, permanent=True)
        return found.repositories.total_count

    def _search_finding(self) -> Finding:
        day = self._now().astimezone(UTC).date() - timedelta(days=28)
        answer = self._graphql.ask(_COMMITS_QUERY, {"q": f"{self._wanted('is:pr is:merged')} merged:>={day}"})
        if answer.data is None or answer.data.search is None:
            return Finding("to do", f"{PROVIDER}: {MAY_NOT_SEARCH}")
        if answer.errors:
            return Finding("warn", "merged changes, but not who co-authored them: give the token contents: read")
        return Finding("ok", f"merged changes: {answer.data.search.issue_count} in the last four weeks")

    def _wanted(self, state: str) -> str:
        return f"org:{self._org} {state}"

    def _add_changes(self, search: GitHubSearch, days: list[date], work: ReportedWork) -> None:
        changes: dict[str, Change] = {}
        for day in days:
            for node in search.nodes(CHANGES_QUERY, self._wanted("is:pr is:merged"), "merged", day):
                pull = _decoded(PULL_REQUEST, node, work, "a merged change that is not as agreed")
                if pull is not None and self._belongs(pull.place, pull.merged_on == day, work):
                    change = change_of(pull, self._tz)
                    _keep(changes, change.reported.item.reference, change, work)
        for change in changes.values():
            work.reverts += change.reverts
        work.items += with_files(self._graphql, changes.values())

    def _add_tickets(self, search: GitHubSearch, days: list[date], work: ReportedWork) -> None:
        tickets: dict[str, ReportedItem] = {}
        for day in days:
            for node in search.nodes(CLOSED_QUERY, self._wanted("is:issue is:closed"), "closed", day):
                issue = _decoded(ISSUE, node, work, "a closed issue that is not as agreed")
                if issue is None or not self._belongs(issue.repository.name_with_owner, issue.closed_on == day, work):
                    continue
                work.reopenings += reopenings_of(issue, days[0], days[-1])
                ticket = ticket_of(issue)
                if ticket is not None:
                    _keep(tickets, issue.reference, ticket, work)
        work.items += tickets.values()

    def _add_reopened(self, search: GitHubSearch, days: list[date], last: date, work: ReportedWork) -> None:
        for day in days:
            for node in search.nodes(OPEN_QUERY, self._wanted("is:issue is:open"), "updated", day):
                issue = _decoded(ISSUE, node, work, "an open issue that is not as agreed")
                if issue is not None:
                    work.reopenings += reopenings_of(issue, days[0], last)
        work.reopenings = list(dict.fromkeys(work.reopenings))

    def _belongs(self, place: str, on_the_day: bool, work: ReportedWork) -> bool:
        """Return whether an item is of this organization and of the day that was asked for."""
        if place.partition("/")[0].casefold() != self._org.casefold():
            work.flawed("an item that moved to another organization")
        elif not on_the_day:
            work.flawed("an item of another day than the one asked for")
        else:
            return True
        return False


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _decoded(decoder: Decoder[T], node: Raw, work: ReportedWork, flaw: str) -> T | None:
    try:
        return decoder.decode(node)
    except (DecodeError, UnicodeDecodeError):
        work.flawed(flaw)
        return None


def _keep(found: dict[str, T], reference: str, item: T, work: ReportedWork) -> None:
    """Keep an item once, as it came last: it comes again where it is changed while everything is read."""
    if reference in found:
        work.flaws["an item that came twice"] += 1
    found[reference] = item
