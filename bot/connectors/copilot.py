"""GitHub Copilot: who used it, from GitHub's daily reports, and who has a seat."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from itertools import chain
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.copilot_bill import billed_days, may_read_bill
from bot.connectors.copilot_report import batches_of, rows_in
from bot.connectors.copilot_seats import Seat, counted_seats, may_list_seats, seat_batches, seats_of
from bot.connectors.github_api import GitHubApi, SignedLinks
from bot.connectors.github_people import people, people_findings
from bot.connectors.http import ReplyError
from bot.connectors.pull import Finding, ListedAccount, PullSource, ReportedDay, ReportedRow, Windows
from bot.errors import ConnectorError

_DAY: Final = timedelta(days=1)
# GitHub still adds to a report for this long after its day.
_SETTLES: Final = timedelta(days=3)


class _Links(Struct, frozen=True):
    download_links: list[str]


_LINKS: Final = Decoder(_Links)


class CopilotSource(PullSource):
    """Copilot of an enterprise, or else of an organization (one must be named).

    *links* downloads reports without the token. *seat_nano_usd_a_month* is what a seat
    costs; None where that is unknown, and then no seat is listed.
    """

    kind = "copilot"
    name = "company"
    provider = "github"
    accounts_are_emails = False
    windows = Windows(3, 5, 5)
    bill_covers_rows = False  # rows are billed for seats, the bill is of credits beyond them

    def __init__(
        self,
        api: GitHubApi,
        links: SignedLinks,
        org: str,
        enterprise: str,
        seat_nano_usd_a_month: int | None,
        now: Callable[[], datetime],
    ) -> None:
        self._api, self._links, self._org, self._now = api, links, org, now
        self._seat_nano_usd = seat_nano_usd_a_month
        enterprises = [f"/enterprises/{enterprise}"] if enterprise else []
        self._places = [*enterprises, *([f"/orgs/{org}"] if org else [])]

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days that GitHub has a report of; it makes one when a day is over."""
        seats: Mapping[str, Seat] | None = None
        day = first
        while day <= last and day < self._now().date():
            links = self._links_of(day)
            if links is not None:
                seats = self._seats() if seats is None else seats
                reported = ReportedDay(day, (), complete=self._is_settled(day))
                reported.batches = self._batches(links, seats, reported)
                reported.seats = counted_seats(seats, day) if seats else None
                yield reported
            day += _DAY

    def _links_of(self, day: date) -> list[str] | None:
        """Return where a day's report is, None while there is none."""
        path = f"{self._places[0]}/copilot/metrics/reports/users-1-day"
        answer = self._api.get_if_any(path, _LINKS, {"day": day.isoformat()})
        return None if answer is None else answer.download_links

    def _batches(
        self, links: list[str], seats: Mapping[str, Seat], reported: ReportedDay
    ) -> Iterator[Sequence[ReportedRow]]:
        lines = chain.from_iterable(rows_in(self._links.lines(link)) for link in links)
        yield from batches_of(lines, reported)
        yield from seat_batches(seats, reported.day, self._seat_nano_usd or 0)

    def _seats(self) -> Mapping[str, Seat]:
        """Return who has a seat since when: nobody where the price is unknown or the token may not list them."""
        if self._seat_nano_usd is None:
            return {}
        return seats_of(self._api, self._places) or {}

    def _is_settled(self, day: date) -> bool:
        return self._now() - datetime.combine(day + _DAY, clock_time(), UTC) >= _SETTLES

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield the organization's logins with the mail addresses that GitHub knows; raises ConnectorError."""
        return people(self._api, self._org) if self._org else iter(())

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        """Yield what AI credits beyond the seats' were billed, where the organization gets the bill."""
        return billed_days(self._api, self._org, first, min(last, self._now().date())) if self._org else iter(())

    def findings(self) -> Iterator[Finding]:
        """Ask for one report's links, one seat, one day's bill and the first members."""
        for check in (self._report_found, self._seats_found, self._bill_found):
            try:
                yield check()
            except ConnectorError as error:
                yield Finding("to do", str(error))
        if self._org:
            yield from people_findings(self._api, self._org)
        else:
            yield Finding("to do", "no mail addresses of logins: set GITHUB_ORG")

    def _report_found(self) -> Finding:
        day = (self._now() - _SETTLES - _DAY).date()
        try:
            links = self._links_of(day)
        except ReplyError as error:
            hint = "; the policy Copilot usage metrics must be enabled everywhere" if error.status in (403, 404) else ""
            return Finding("to do", f"{error}{hint}")
        if links is None:
            return Finding("warn", f"no usage report of {day} yet")
        return Finding("ok", f"usage reports, {day} is there")

    def _seats_found(self) -> Finding:
        if self._seat_nano_usd is None:
            return Finding("to do", "seats have no price: set copilot under [seats] in the policy")
        if may_list_seats(self._api, self._places):
            return Finding("ok", "seats")
        return Finding("to do", "seats are left out: the token may not list them (manage_billing:copilot)")

    def _bill_found(self) -> Finding:
        day = (self._now() - _SETTLES).date()
        if self._org and may_read_bill(self._api, self._org, day):
            return Finding("ok", "bill of AI credits by day")
        return Finding("warn", "no bill of AI credits: the enterprise is billed, or the token may not read it")

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._links.close()
