"""The made-up company's sources, asked like any other: one kind a source, days in UTC, accounts by mail."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from msgspec import structs

from bot.connectors.pull import PullSource, ReportedDay, ReportedRow
from bot.demo.company.usage import KINDS, Company
from bot.domain.usage import MEASURES, UsageRow
from bot.errors import ConnectorError

_PROVIDERS: Final = {
    "anthropic": "Anthropic",
    "cursor": "Cursor",
    "copilot": "Copilot",
    "openai": "OpenAI",
    "meshclaw": "MeshClaw",
}
# Seats are known at once; of the last days GitHub does not yet say the rest, and such a day is not complete.
_LATE_DAYS: Final = {"copilot": 3}
# Running an agent more often makes no more finished work.
_MULTIPLIED: Final = tuple(name for name in MEASURES if name != "runs_with_result")


class _Inflation(NamedTuple):
    times: int
    since: date | None


class DemoSource(PullSource):
    """One source of the made-up company. It serves every day that is over, today not."""

    accounts_are_emails = True

    def __init__(self, company: Company, kind: str, today: Callable[[], date]) -> None:
        self.kind, self.name = kind, "demo"
        self.when_asked: Callable[[], None] = lambda: None  # called before it answers
        self.unplugged: date | None = None  # the last day that it still serves; None while it is plugged in
        self._company, self._today = company, today
        self._inflated: dict[str, _Inflation] = {}

    def inflated(self, email: str, times: int, since: date | None = None) -> None:
        """From now on report what runs on its own for *email* as if it had run *times* as often.

        With *since* only from that day on. Once is as it was.
        """
        if times < 1:
            raise ValueError("an agent cannot run less than it did")
        self._inflated[email] = _Inflation(times, since)

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield every day from *first* to *last* that is over and not older than the company's first.

        Raises ConnectorError at the first day after it was unplugged.
        """
        self.when_asked()
        today = self._today()
        settled = today - timedelta(days=1 + _LATE_DAYS.get(self.kind, 0))
        day = max(first, self._company.first_day)
        while day <= last and day < today:
            if self.unplugged is not None and day > self.unplugged:
                raise ConnectorError(_PROVIDERS[self.kind], "no answer; it is unplugged in the demo", permanent=False)
            yield ReportedDay(day, [self._rows(day)], complete=day <= settled)
            day += timedelta(days=1)

    def _rows(self, day: date) -> Sequence[ReportedRow]:
        rows = self._company.rows(self.kind, day)
        return [self._as_reported(each) for each in rows] if self._inflated else rows

    def _as_reported(self, each: ReportedRow) -> ReportedRow:
        more = self._inflated.get(each.account or "")
        if more is None or not each.row.ran_on_its_own or (more.since is not None and each.row.day < more.since):
            return each
        return each._replace(row=_times(each.row, more.times))


def _times(row: UsageRow, times: int) -> UsageRow:
    known = {name: getattr(row, name) for name in _MULTIPLIED}
    return structs.replace(row, **{name: value * times for name, value in known.items() if value is not None})


def demo_sources(company: Company, today: Callable[[], date]) -> dict[str, DemoSource]:
    """Return the company's sources by kind; *today* is the demo's clock."""
    return {kind: DemoSource(company, kind, today) for kind in KINDS}
