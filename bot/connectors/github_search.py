"""GitHub's search over a whole organization: by day, split where a day is too large, page by page."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec import Raw

from bot.connectors.finished import ReportedWork
from bot.connectors.github_api import PROVIDER
from bot.connectors.github_graphql import Answer, GitHubGraphQl, SearchPage
from bot.connectors.http import ReplyError
from bot.errors import ConnectorError

SHOWN: Final = 1000  # a search shows no more, however many it counts
MAY_NOT_SEARCH: Final = (
    "the token may not read the organization's work: it needs to read pull requests, issues, metadata and contents "
    "of its repositories, and single sign-on has to be authorized for it"
)
_PAGE_SIZES: Final = (100, 50, 20)  # smaller where GitHub gives up on a page
_GAVE_UP: Final = frozenset({502, 504})
_HOURS: Final = 24
_REFUSED: Final = ("FORBIDDEN", "INSUFFICIENT_SCOPES", "NOT_FOUND")
_NULL: Final = b"null"


class GitHubSearch:
    """Searches for pull requests or issues; what is missing becomes a flaw of the work that it is read for."""

    def __init__(self, graphql: GitHubGraphQl, work: ReportedWork) -> None:
        self._graphql, self._work = graphql, work

    def nodes(self, query: str, wanted: str, qualifier: str, day: date) -> Iterator[Raw]:
        """Yield everything *wanted* whose *qualifier* lies on *day* (UTC); *query* takes $q, $first and $after.

        Raises ConnectorError.
        """
        yield from self._within(query, f"{wanted} {qualifier}:", day, 0, _HOURS)

    def _within(self, query: str, wanted: str, day: date, start: int, end: int) -> Iterator[Raw]:
        text = f"{wanted}{_span(day, start, end)}"
        answer, page = self._asked(query, text, None)
        if page.issue_count > SHOWN and end - start > 1:
            middle = (start + end) // 2
            yield from self._within(query, wanted, day, start, middle)
            yield from self._within(query, wanted, day, middle, end)
        else:
            yield from self._pages(query, text, answer, page)

    def _pages(self, query: str, text: str, answer: Answer, page: SearchPage) -> Iterator[Raw]:
        seen: set[int] = set()
        hidden = 0
        while True:
            nodes = [node for node in page.nodes or () if bytes(node) != _NULL]
            gone = len(page.nodes or ()) - len(nodes)
            hidden += gone
            self._note(gone, answer)
            # One comes twice where a page moves while the next is asked for; then another may never come.
            seen.update(hash(bytes(node)) for node in nodes)
            yield from nodes
            if not page.page_info.has_next_page:
                break
            after = page.page_info.end_cursor
            answer, page = self._asked(query, text, after)
            if after is None or (page.page_info.has_next_page and page.page_info.end_cursor == after):
                raise ConnectorError(PROVIDER, "/graphql repeats a page", permanent=False)
        missing = page.issue_count - len(seen) - hidden
        if missing > 0:
            self._work.flawed("an item that the search counts and does not show", missing)

    def _note(self, gone: int, answer: Answer) -> None:
        """Count what is not there, and what is not there of what is."""
        parts = sum(error.matters for error in answer.errors or ()) - gone
        if gone:
            self._work.flawed("an item that the token may not see, or that was moved", gone)
        if parts > 0:
            self._work.flawed("a part of an item that the token may not see", parts)

    def _asked(self, query: str, text: str, after: str | None) -> tuple[Answer, SearchPage]:
        """Return a page, a smaller one where GitHub gives up on a large one."""
        for size in _PAGE_SIZES:
            try:
                answer = self._graphql.ask(query, {"q": text, "first": size, "after": after})
            except ReplyError as error:
                if error.status not in _GAVE_UP or size == _PAGE_SIZES[-1]:
                    raise
                continue
            if answer.data is not None and answer.data.search is not None:
                return answer, answer.data.search
            if answer.has(*_REFUSED):
                raise ConnectorError(PROVIDER, MAY_NOT_SEARCH, permanent=True)
        raise ConnectorError(PROVIDER, "a search was not answered; the next run asks again", permanent=False)


def _span(day: date, start: int, end: int) -> str:
    """Return the hours from *start* up to *end* of a day as a search takes them: both ends belong to it."""
    if (start, end) == (0, _HOURS):
        return f"{day}..{day}"
    return f"{day}T{start:02}:00:00+00:00..{day}T{end - 1:02}:59:59+00:00"
