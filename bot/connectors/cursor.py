"""Cursor: what a team's members used and were charged, from the events of its Admin API."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import count
from typing import Final

from msgspec import Raw
from msgspec.json import Decoder

from bot.connectors import cursor_team
from bot.connectors.cursor_events import EventsPage, Span, rows_of
from bot.connectors.http import Api
from bot.connectors.pull import Allowance, Finding, ListedAccount, PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.pricing import PriceBook
from bot.errors import ConnectorError

EVENTS_PATH: Final = "/teams/filtered-usage-events"
# What Cursor lets a team ask in a minute: of events, and of anything else.
EVENTS_PER_MINUTE: Final = 60
_PER_MINUTE: Final = 20
_PAGE_SIZE: Final = 1000
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# Events are gathered by the hour; the last two may still grow.
_SETTLES: Final = 2 * _HOUR
_PAGE: Final = Decoder(EventsPage)


def cursor_api(url: str, key: str, pause: Callable[[float], None] = time.sleep, per_minute: int = _PER_MINUTE) -> Api:
    """Return Cursor's Admin API under *key*, which goes as the name of a user without a password."""
    return Api(
        "Cursor",
        url,
        {"Accept": "application/json"},
        setting="CURSOR_ADMIN_KEY",
        auth=(key, ""),
        per_minute=per_minute,
        pause=pause,
    )


class CursorSource(PullSource):
    """A Cursor team; *events* is the same API at the pace that Cursor allows for events."""

    kind = "cursor"
    name = "company"
    provider = "cursor"
    accounts_are_emails = True
    windows = Windows(3, 3, 3)

    def __init__(self, api: Api, prices: PriceBook, now: Callable[[], datetime], events: Api | None = None) -> None:
        self._api, self._prices, self._now = api, prices, now
        self._events = events or api

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days that have an hour to read, to the last full hour that is an hour ago."""
        day = first
        while day <= last:
            now = self._now()
            start = datetime.combine(day, clock_time(), UTC)
            end = min(start + _DAY, (now - _HOUR).replace(minute=0, second=0, microsecond=0))
            if end <= start:
                return
            settled = end == start + _DAY and now - end >= _SETTLES
            reported = ReportedDay(day, (), complete=settled)
            reported.batches = self._batches(reported, _span(start, end))
            yield reported
            day += _DAY

    def _batches(self, reported: ReportedDay, span: Span) -> Iterator[Sequence[ReportedRow]]:
        totals = set()
        for page in self._pages(span):
            totals.add(page.total)
            yield rows_of(page.events, span, reported, self._prices)
        if len(totals) > 1:
            reported.flawed("events that arrived while they were read")

    def _pages(self, span: Span) -> Iterator[EventsPage]:
        before: list[Raw] = []
        for number in count(1):
            page = self._page(span, number, _PAGE_SIZE)
            if number > 1 and page.events == before:
                raise ConnectorError(self._api.provider, f"{EVENTS_PATH} repeats a page", permanent=False)
            yield page
            if not page.pagination.has_next_page:
                return
            before = page.events

    def _page(self, span: Span, number: int, size: int) -> EventsPage:
        asked = {"startDate": span.first_ms, "endDate": span.last_ms, "page": number, "pageSize": size}
        return self._events.post(EVENTS_PATH, _PAGE, asked)

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield the team's members by mail address; raises ConnectorError."""
        return cursor_team.members(self._api)

    def allowances(self) -> Iterator[Allowance]:
        """Yield the members' own limits; raises ConnectorError."""
        return cursor_team.allowances(self._api)

    def findings(self) -> Iterator[Finding]:
        """Ask for one event, the members and one member's limit."""
        for check in (self._events_found, self._members_found, self._limits_found):
            try:
                yield Finding("ok", check())
            except ConnectorError as error:
                yield Finding("to do", str(error))

    def _events_found(self) -> str:
        end = (self._now() - _HOUR).replace(minute=0, second=0, microsecond=0)
        page = self._page(_span(end - _DAY, end), 1, 1)
        told = "not told" if page.total is None else f"{page.total:,}"
        return f"usage and cost; events in the 24 hours to {end:%H:%M} UTC: {told}"

    def _members_found(self) -> str:
        return f"members: {sum(1 for _ in self.accounts()):,}"

    def _limits_found(self) -> str:
        cursor_team.spend_page(self._api, 1, 1)
        return "spend limits of members"

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        if self._events is not self._api:
            self._events.close()


def _span(start: datetime, end: datetime) -> Span:
    """Return what begins with *start* and ends a millisecond before *end*."""
    return Span(int(start.timestamp()) * 1000, int(end.timestamp()) * 1000 - 1)
