"""LiteLLM's proxy as a source: what went through it, by user, key and model, valued by the proxy."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

import msgspec

from bot.connectors.http import Api, Params, ReplyError
from bot.connectors.litellm_format import (
    DayPart,
    day_decoder,
    page_decoder,
    part_decoder,
    readable,
    user_decoder,
    users_decoder,
)
from bot.connectors.litellm_rows import NAME, NOBODY, SOURCE, rows_of
from bot.connectors.pull import Finding, ListedAccount, PullSource, ReportedDay, ReportedRow, Windows
from bot.errors import ConnectorError

_ACTIVITY: Final = "/user/daily/activity"
_USERS: Final = "/user/list"
_PAGE_SIZE: Final = 1000
_USERS_A_PAGE: Final = 100
# The proxy writes its table in batches, within minutes.
_SETTLES: Final = timedelta(hours=1)
_LOOK_BACK_DAYS: Final = 7


def litellm_api(url: str, key: str, pause: Callable[[float], None] = time.sleep) -> Api:
    """Return the proxy's API at *url* under an administrator's *key*."""
    return Api(NAME, url, {"Authorization": f"Bearer {key}"}, setting="LITELLM_KEY", pause=pause)


class LiteLLMSource(PullSource):
    """Asks day by day; a day that is cut into pages comes as rows that are added up."""

    kind = SOURCE
    name = "company"
    provider = SOURCE
    windows = Windows(2, 2, 2)

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api, self._now = api, now

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days from *first* to *last* that have begun in UTC; raises ConnectorError."""
        while first <= min(last, self._now().date()):
            over = datetime.combine(first + timedelta(days=1), clock_time(), UTC)
            reported = ReportedDay(first, (), complete=self._now() >= over + _SETTLES)
            reported.batches = self._batches(reported)
            yield reported
            first += timedelta(days=1)

    def _batches(self, reported: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
        for results in self._pages(reported.day):
            yield [row for part in _parts_of_day(results, reported) for row in rows_of(part.breakdown, reported)]

    def _pages(self, day: date) -> Iterator[list[msgspec.Raw]]:
        """Yield the results of each page of *day*; raises ConnectorError, also when a page repeats."""
        number, before = 1, None
        while True:
            page = self._api.get(_ACTIVITY, page_decoder, self._asked(day, day, number, _PAGE_SIZE))
            paging = page.metadata
            more = paging.has_more if paging.has_more is not None else number < (paging.total_pages or 1)
            if paging.page not in (None, number) or ((page.results or more) and page.results == before):
                raise ConnectorError(NAME, f"{_ACTIVITY} repeats a page", permanent=False)
            yield page.results
            if not more:
                return
            number, before = number + 1, page.results

    def _asked(self, first: date, last: date, page: int, page_size: int) -> Params:
        asked: dict[str, str | int | list[str]] = {
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "page": page,
            "page_size": page_size,
        }
        return {**asked, "include_current_utc_day": "true"} if last == self._now().date() else asked

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield every user of the proxy; raises ConnectorError."""
        number, before = 1, None
        while True:
            page = self._api.get(_USERS, users_decoder, {"page": number, "page_size": _USERS_A_PAGE})
            if page.users and page.users == before:
                raise ConnectorError(NAME, f"{_USERS} repeats a page", permanent=False)
            for raw in page.users:
                try:
                    user = user_decoder.decode(raw)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue  # somebody who cannot be read is not known by mail address, and nothing else
                if user.user_id not in NOBODY:
                    yield ListedAccount(user.user_id, user.user_email or None)
            if number >= (page.total_pages or 1):
                return
            number, before = number + 1, page.users

    def findings(self) -> Iterator[Finding]:
        """Ask for one row of the last days and for one user, and say what the key may read."""
        try:
            yield from self._usage()
        except ConnectorError as error:
            yield _failed(error)
        try:
            self._api.get(_USERS, users_decoder, {"page": 1, "page_size": 1})
            yield Finding("ok", "the users' mail addresses")
        except ConnectorError as error:
            yield _failed(error)

    def _usage(self) -> Iterator[Finding]:
        today = self._now().date()
        first = today - timedelta(days=_LOOK_BACK_DAYS - 1)
        page = self._api.get(_ACTIVITY, page_decoder, self._asked(first, today, 1, 1))
        reported = ReportedDay(today, ())
        latest = next(iter(_parts(page.results, reported)), None)
        if latest is None:
            yield Finding("warn", f"usage can be read; there is none in the last {_LOOK_BACK_DAYS} days")
            return
        yield Finding("ok", f"usage, data to {'today' if latest.date == today else latest.date}")
        models = readable(part_decoder, latest.breakdown.models, reported)
        if models and not any(part.api_key_breakdown for part in models.values()):
            yield Finding("warn", "this proxy does not say who used which model; update it to see use by model")

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


def _parts(results: Sequence[msgspec.Raw], reported: ReportedDay) -> list[DayPart]:
    return list(readable(day_decoder, {str(place): raw for place, raw in enumerate(results)}, reported).values())


def _parts_of_day(results: Sequence[msgspec.Raw], reported: ReportedDay) -> Iterator[DayPart]:
    """Yield what a page says of the day, which it says once."""
    known = None
    for part in _parts(results, reported):
        if part.date != reported.day:
            reported.flawed("a row of another day than was asked")
        elif known is None:
            known = part
            yield part
        elif part == known:
            reported.flaws["a row that came twice"] += 1
        else:
            reported.flawed("a row that came twice with different content")


def _failed(error: ConnectorError) -> Finding:
    line = str(error)
    if isinstance(error, ReplyError) and error.status in (401, 403):
        line += ". It needs the key of a proxy administrator: another tells of its own user at most"
    return Finding("to do" if error.permanent else "warn", line)
