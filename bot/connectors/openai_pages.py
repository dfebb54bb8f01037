"""Pages of OpenAI's reports: one UTC day's results as they arrive, read one by one."""

from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, Generic, TypeVar

import msgspec

from bot.connectors.http import ReplyError
from bot.connectors.openai_client import NAME, OpenAIApi
from bot.connectors.pull import ReportedDay
from bot.errors import ConnectorError

T = TypeVar("T")

DAY_SECONDS: Final = 86_400
_EXPIRED: Final = 410


class Bucket(msgspec.Struct, frozen=True, gc=False):
    """One day of a report; results are read one by one, so that a bad one does not spoil the page."""

    start_time: int = 0
    results: list[msgspec.Raw] = []


class _Page(msgspec.Struct, frozen=True, gc=False):
    data: list[Bucket]
    has_more: bool | None = None
    next_page: str | None = None

    @property
    def more(self) -> bool:
        return self.next_page is not None if self.has_more is None else self.has_more


_decoder: Final = msgspec.json.Decoder(_Page)


class Neighbours(Generic[T]):
    """Tells whether a row came before, in its page or the one before that."""

    def __init__(self) -> None:
        self._before: dict[Hashable, T] = {}
        self._here: dict[Hashable, T] = {}

    def turn_the_page(self) -> None:
        """Go on to the next page."""
        self._before, self._here = self._here, {}

    def is_new(self, key: Hashable, row: T, reported: ReportedDay) -> bool:
        """Return whether *row* counts; one that came with other content makes the day incomplete."""
        known = self._here.get(key) or self._before.get(key)
        if known is None:
            self._here[key] = row
            return True
        if known == row:
            reported.flaws["a row that came twice"] += 1
        else:
            reported.flawed("a row that came twice with different content")
        return False


def start_of(day: date) -> int:
    """Return when *day* begins in UTC, in Unix seconds."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def one_day(day: date) -> dict[str, Any]:
    """Return the parameters that ask for one UTC day in one bucket."""
    return {"start_time": start_of(day), "end_time": start_of(day) + DAY_SECONDS, "bucket_width": "1d", "limit": 1}


class _Progress:
    """How far one reading of a report has come."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self._asked = {""}
        self._before: list[Bucket] = []
        self.cursor: dict[str, str] = {}
        self.told = False
        self.done = False

    def take(self, page: _Page) -> None:
        """Go on to what *page* names as the next; raises ConnectorError when a page repeats."""
        told = any(bucket.results for bucket in page.data)
        following = page.next_page or ""
        self.done = not page.more
        if (told and page.data == self._before) or (not self.done and following in self._asked):
            raise ConnectorError(NAME, f"{self._resource} repeats a page", permanent=False)
        self.told = self.told or told
        self._before = page.data
        self._asked.add(following)
        self.cursor = {"page": following}


def buckets(api: OpenAIApi, resource: str, params: dict[str, Any]) -> Iterator[list[Bucket]]:
    """Yield the buckets of every page; raises ConnectorError, also when a page repeats.

    A cursor that expired before anything was told starts the report again, once.
    """
    progress, restarted = _Progress(resource), False
    while not progress.done:
        try:
            page = api.get(resource, _decoder, **params, **progress.cursor)
        except ReplyError as error:
            if error.status != _EXPIRED:
                raise
            if progress.told or restarted:
                raise ConnectorError(NAME, f"the page cursor of {resource} has expired", permanent=False) from None
            progress, restarted = _Progress(resource), True
            continue
        progress.take(page)
        yield page.data


def results_of_day(
    api: OpenAIApi, resource: str, group_by: Sequence[str], reported: ReportedDay, decoder: msgspec.json.Decoder[T]
) -> Iterator[list[T]]:
    """Yield the results of each page of one day; raises ConnectorError."""
    start = start_of(reported.day)
    for page in buckets(api, resource, {**one_day(reported.day), "group_by": list(group_by)}):
        results: list[T] = []
        for bucket in page:
            if bucket.start_time != start:
                if bucket.results:
                    reported.flawed("a row of another day than was asked", len(bucket.results))
                continue
            for raw in bucket.results:
                try:
                    results.append(decoder.decode(raw))
                except (msgspec.DecodeError, UnicodeDecodeError):
                    reported.flawed("a row that could not be read")
        yield results
