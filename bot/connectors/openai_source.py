"""OpenAI's organization as a source: usage and costs of its API by person, and whose accounts they are."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import msgspec

from bot.connectors.http import ReplyError
from bot.connectors.openai_client import PROVIDER, OpenAIApi
from bot.connectors.openai_costs import BY_PERSON, RESOURCE, billed_days, cost_batches
from bot.connectors.openai_pages import Bucket, one_day, start_of
from bot.connectors.openai_people import listed_accounts
from bot.connectors.openai_usage import usage_batches
from bot.connectors.pull import Finding, ListedAccount, PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.pricing import PriceBook
from bot.errors import ConnectorError

_REFUSED: Final = 400
# Costs follow usage by about a day.
_SETTLES: Final = timedelta(days=1)
_LOOK_BACK_DAYS: Final = 7


class _Buckets(msgspec.Struct, frozen=True):
    data: list[Bucket]


_buckets_decoder: Final = msgspec.json.Decoder(_Buckets)
_any_decoder: Final = msgspec.json.Decoder(msgspec.Raw)


class OpenAISource(PullSource):
    """Asks day by day; costs come as pieces of the rows that usage begins."""

    kind = PROVIDER
    name = "company"
    provider = PROVIDER
    windows = Windows(3, 7, 7)

    def __init__(self, api: OpenAIApi, prices: PriceBook, now: Callable[[], datetime]) -> None:
        self._api, self._prices, self._now = api, prices, now

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days from *first* to *last* that have begun in UTC; raises ConnectorError."""
        refused: list[date] = []  # the day on which costs by person were refused: the run goes on without
        while first <= min(last, self._now().date()):
            over = datetime.combine(first + timedelta(days=1), time(), UTC)
            reported = ReportedDay(first, (), complete=self._now() >= over + _SETTLES, pieces=True)
            reported.batches = self._batches(reported, refused)
            yield reported
            first += timedelta(days=1)

    def _batches(self, reported: ReportedDay, refused: list[date]) -> Iterator[Sequence[ReportedRow]]:
        yield from usage_batches(self._api, self._prices, reported)
        if refused:
            return
        told = False
        try:
            for batch in cost_batches(self._api, reported):
                told = told or bool(batch)
                yield batch
        except ReplyError as error:
            # Some organizations cannot group costs by person; half a day's costs would be worse than none.
            if error.status != _REFUSED or told:
                raise
            refused.append(reported.day)

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield members, service accounts and keys; raises ConnectorError."""
        return listed_accounts(self._api)

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        """Yield what each day was billed in nano-USD, whoever it was; raises ConnectorError."""
        return billed_days(self._api, first, min(last, self._now().date()))

    def findings(self) -> Iterator[Finding]:
        """Ask each endpoint for little, and say what the key may read."""
        yield _finding(self._usage)
        yield _finding(self._costs)
        yield _finding(lambda: self._list("users.list", "the members' mail addresses"))
        yield _finding(lambda: self._list("projects.list", "projects and their keys"))

    def _usage(self) -> Finding:
        today = self._now().date()
        first = today - timedelta(days=_LOOK_BACK_DAYS - 1)
        asked = {**one_day(today), "start_time": start_of(first), "limit": _LOOK_BACK_DAYS}
        page = self._api.get("usage.completions", _buckets_decoder, **asked)
        latest = max((bucket.start_time for bucket in page.data if bucket.results), default=None)
        if latest is None:
            return Finding("warn", f"usage can be read; there is none in the last {_LOOK_BACK_DAYS} days")
        day = datetime.fromtimestamp(latest, UTC).date()
        return Finding("ok", f"usage, data to {'today' if day == today else day}")

    def _costs(self) -> Finding:
        asked: dict[str, Any] = {**one_day(self._now().date() - timedelta(days=2)), "group_by": list(BY_PERSON)}
        try:
            self._api.get(RESOURCE, _any_decoder, **asked)
        except ReplyError as error:
            if error.status != _REFUSED:
                raise
            return Finding("warn", "costs cannot be read by person here (400): what people are billed stays unknown")
        return Finding("ok", "costs by person")

    def _list(self, resource: str, what: str) -> Finding:
        self._api.get(resource, _any_decoder, limit=1)
        return Finding("ok", what)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


def _finding(ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except ConnectorError as error:
        return Finding("to do" if error.permanent else "warn", str(error))
