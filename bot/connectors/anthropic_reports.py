"""Anthropic's older reports for an admin key: Claude Code, then what else went through the API."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.connectors import anthropic_claude_code, anthropic_messages
from bot.connectors.anthropic_claude_code import ApiCustomers
from bot.connectors.anthropic_format import end_of
from bot.connectors.anthropic_people import Names
from bot.connectors.http import Api
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.pricing import PriceBook

# Claude Code's report leaves out the last hour, and takes about as long to be made.
_SETTLES: Final = timedelta(hours=2)


class AdminReports:
    """Both reports under one admin key, and the names they use, as they are now."""

    def __init__(self, api: Api, prices: PriceBook) -> None:
        self._api, self._prices = api, prices
        self._names = Names(api)

    def report(self, day: date, now: datetime) -> ReportedDay:
        """Return what is said of *day*; reading it raises ConnectorError."""
        reported = ReportedDay(day, (), complete=now >= end_of(day) + _SETTLES)
        reported.batches = self._batches(reported)
        return reported

    def _batches(self, reported: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
        customers = ApiCustomers()
        yield from anthropic_claude_code.batches(self._api, reported, self._names.key_named, customers)
        self._names.look_up(customers)

        def counted(user: str | None, key: str | None, model: str) -> bool:
            return customers.has(self._names.email_of(user), model) or customers.has(key, model)

        yield from anthropic_messages.batches(self._api, reported, self._prices, counted)
