"""Anthropic: one company's usage, cost, users and keys, from the best report that its keys may read."""

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from bot.connectors import anthropic_analytics, anthropic_findings, anthropic_people, anthropic_spending
from bot.connectors.anthropic_analytics import Analytics
from bot.connectors.anthropic_format import KIND
from bot.connectors.anthropic_reports import AdminReports
from bot.connectors.anthropic_spending import NOT_OFFERED
from bot.connectors.http import Api, Params, ReplyError
from bot.connectors.pull import Allowance, Finding, ListedAccount, PullSource, ReportedDay, Windows
from bot.domain.pricing import PriceBook
from bot.errors import ConnectorError

_VERSION: Final = "2023-06-01"
_DAY: Final = timedelta(days=1)
# The analytics have every day by then: a refusal is about the key and not about the day.
_PROBED_DAYS_BACK: Final = timedelta(days=3)


def anthropic_api(url: str, key: str, setting: str, pause: Callable[[float], None] = time.sleep) -> Api:
    """Return Anthropic's Admin API at *url* under *key*, which is in the environment variable *setting*."""
    headers = {"x-api-key": key, "anthropic-version": _VERSION}
    return Api("Anthropic", url, headers, setting=setting, pause=pause)


class _Choice(NamedTuple):
    """The analytics that are read, None where the admin key's reports are, and when that was found out."""

    analytics: Analytics | None
    made_at: datetime


class AnthropicSource(PullSource):
    """An organisation at Anthropic, seen with an admin key, an analytics key, or both."""

    kind = KIND
    name = "company"
    provider = KIND
    accounts_are_emails = True
    windows = Windows(3, 7, 31)

    def __init__(
        self, admin: Api | None, analytics: Api | None, prices: PriceBook, now: Callable[[], datetime]
    ) -> None:
        self._admin, self._analytics, self._prices, self._now = admin, analytics, prices, now
        self._choice: _Choice | None = None

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days up to today, from the analytics or else from the reports; raises ConnectorError."""
        now = self._now()
        today, day = now.date(), first
        reader: Analytics | AdminReports
        analytics = self._chosen(now)
        if analytics is not None:
            reader, day = analytics, max(first, anthropic_analytics.first_served(today))
        else:
            reader = self._reports()
        while day <= min(last, today):
            yield reader.report(day, now)
            day += _DAY

    def _chosen(self, now: datetime) -> Analytics | None:
        """Return the analytics where a key may read them, asked anew once a day."""
        if self._choice is None or not self._choice.made_at <= now < self._choice.made_at + _DAY:
            self._choice = _Choice(self._offered(now.date()), now)
        return self._choice.analytics

    def _offered(self, today: date) -> Analytics | None:
        asked = anthropic_analytics.asked_for(today - _PROBED_DAYS_BACK, 1)
        for api in (self._analytics, self._admin):
            if api is not None and _answers(api, anthropic_analytics.USAGE.ask, asked):
                return Analytics(api, self._prices, with_cost=_answers(api, anthropic_analytics.COST.ask, asked))
        return None

    def _reports(self) -> AdminReports:
        if self._admin is None:
            problem = "no key may read usage. Give the analytics key its scope, or set ANTHROPIC_ADMIN_KEY"
            raise ConnectorError("Anthropic", problem, permanent=True)
        return AdminReports(self._admin, self._prices)

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield users and keys, where there is an admin key; raises ConnectorError."""
        return iter(()) if self._admin is None else anthropic_people.listed(self._admin)

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        """Yield the cost report's days, where there is an admin key; raises ConnectorError."""
        if self._admin is None:
            return iter(())
        return anthropic_spending.billed(self._admin, first, min(last, self._now().date()))

    def allowances(self) -> Iterator[Allowance]:
        """Yield members' own limits of this month, where the plan has them; raises ConnectorError."""
        return iter(()) if self._admin is None else anthropic_spending.allowances(self._admin, self._now().date())

    def findings(self) -> Iterator[Finding]:
        """Ask each endpoint once."""
        return anthropic_findings.findings(self._admin, self._analytics, self._now())

    def close(self) -> None:
        """Close the connections."""
        for api in (self._admin, self._analytics):
            if api is not None:
                api.close()


def _answers(api: Api, ask: Callable[[Api, Params], object], asked: Params) -> bool:
    """Return whether *ask* is offered to the key; raises ConnectorError where that is not the question."""
    try:
        ask(api, asked)
    except ReplyError as error:
        if error.status in NOT_OFFERED:
            return False
        raise
    return True
