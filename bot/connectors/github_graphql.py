"""Asking GitHub by GraphQL: answers with errors beside data, and patience where the hour's points are used up."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Raw, Struct
from msgspec.json import Decoder

from bot.connectors.github_api import PROVIDER, GitHubApi
from bot.connectors.http import ReplyError
from bot.errors import ConnectorError

_LONGEST_WAIT_SECONDS: Final = 90
# Texts of commits and names of files may need one right more than all else; work counts without them.
_OPTIONAL: Final = frozenset({"mergeCommit", "files"})


class GraphQlError(Struct, frozen=True):
    """What was not answered, and where in the answer it is missing."""

    type: str | None = None
    path: list[str | int] | None = None

    @property
    def matters(self) -> bool:
        """Whether more is missing than what work counts without."""
        return _OPTIONAL.isdisjoint(self.path or ())


class _PageInfo(Struct, frozen=True, gc=False, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class SearchPage(Struct, frozen=True, rename="camel"):
    """A page of a search; an item that may not be seen is null."""

    issue_count: int
    page_info: _PageInfo
    nodes: list[Raw] | None = None


class _Count(Struct, frozen=True, gc=False, rename="camel"):
    total_count: int


class Organization(Struct, frozen=True, rename="camel"):
    """How much of an organization the token sees."""

    repositories: _Count | None = None


class Data(Struct, frozen=True):
    """The parts that the queries for finished work ask for, each in its own."""

    search: SearchPage | None = None
    organization: Organization | None = None
    nodes: list[Raw] | None = None


class Answer(Struct, frozen=True):
    """An answer, in which errors may stand beside data."""

    data: Data | None = None
    errors: list[GraphQlError] | None = None

    def has(self, *types: str) -> bool:
        """Return whether an error is of one of *types*."""
        return any(error.type in types for error in self.errors or ())


class _Limit(Struct, frozen=True, gc=False):
    remaining: int
    reset: int


class _Resources(Struct, frozen=True):
    graphql: _Limit


class _Limits(Struct, frozen=True):
    resources: _Resources


_ANSWER: Final = Decoder(Answer)
_LIMITS: Final = Decoder(_Limits)


class GitHubGraphQl:
    """Asks under one token; where its points are used up, it waits if new ones come soon."""

    def __init__(
        self, api: GitHubApi, now: Callable[[], datetime], pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._api, self._now, self._pause = api, now, pause

    def ask(self, query: str, variables: Mapping[str, Any]) -> Answer:
        """Return the answer to *query*; raises ConnectorError."""
        answer = self._api.graphql(query, variables, _ANSWER)
        if answer.has("RATE_LIMITED"):
            self._pause(self._seconds_to_new_points())
            answer = self._api.graphql(query, variables, _ANSWER)
        if answer.has("RATE_LIMITED"):
            raise _too_many()
        return answer

    def _seconds_to_new_points(self) -> float:
        """Return how long to wait for new points (to ask for that costs none); raises ConnectorError if too long."""
        try:
            limit = self._api.get("/rate_limit", _LIMITS).resources.graphql
        except ReplyError:
            raise _too_many() from None
        seconds = limit.reset - self._now().timestamp()
        if limit.remaining > 0 or seconds > _LONGEST_WAIT_SECONDS:  # points are left: another limit was meant
            raise _too_many()
        return max(0.0, seconds) + 1


def _too_many() -> ConnectorError:
    return ConnectorError(PROVIDER, "too many requests to /graphql; the next run goes on", permanent=False)
