"""Asking sources for usage: the last days of everybody who is on, and 15 weeks for those newly on."""

import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple

import structlog
from msgspec.structs import replace
from sqlmodel import Session

from bot.connectors.pull import PullSource, ReportedDay
from bot.domain.tally import Tally, measures
from bot.domain.usage import UsageRow
from bot.errors import ConnectorError, WorthwhileError
from bot.services import Services
from storage import pulls
from storage.ids import source_id
from storage.pulls import Collected

log = structlog.get_logger()
# Providers revise the last days; each run asks for them again.
WINDOW_DAYS: Final = 3


class Synced(NamedTuple):
    """What came of asking one source; *failed* says why it did not answer."""

    source: str
    days: int
    rows: int
    failed: str = ""
    complete_to: date | None = None  # the last day that the source itself calls complete


def _window(services: Services, instance: int, days: int) -> int:
    """Return how many days to ask for: those that are revised, and all since the source last answered."""
    with services.database.reading() as session:
        health = pulls.health_of(session, [instance]).get(instance)
    if health is None or health.last_success_at is None:
        return days
    silent = (services.now().date() - health.last_success_at.date()).days
    return min(days + silent, services.policy.retention.daily_days)


class Backfiller:
    """Asks the sources soon, in a thread of its own; what is asked for meanwhile is gathered into one more run."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="backfill")
        self._waiting = threading.BoundedSemaphore(1)

    def wake(self, services: Services) -> None:
        """Run soon; one run that waits is enough for everybody who is newly on."""
        if self._waiting.acquire(blocking=False):
            self._executor.submit(self._run, services)

    def _run(self, services: Services) -> None:
        self._waiting.release()
        for source in services.sources:
            try:
                fill_in(services, source)
            except WorthwhileError as error:
                log.warning("backfill_failed", source=source.kind, error=type(error).__name__)

    def close(self) -> None:
        """Finish the run in hand."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def fill_in(services: Services, source: PullSource) -> Synced:
    """Take 15 weeks of those for whom *source* has never delivered."""
    return backfill(services, source, services.database.writing(partial(source_id, kind=source.kind, name=source.name)))


def run(services: Services) -> dict[str, int]:
    """Ask every source for its last days, and for 15 weeks of those newly on; one failing stops no other."""
    done = [sync_source(services, source) for source in services.sources]
    return {
        "sources": len(done),
        "days": sum(one.days for one in done),
        "rows": sum(one.rows for one in done),
        "failed": sum(bool(one.failed) for one in done),
    }


def sync_source(services: Services, source: PullSource, days: int = WINDOW_DAYS) -> Synced:
    """Fill in who is newly on, then take the last *days* of everybody who is on."""
    instance = services.database.writing(partial(source_id, kind=source.kind, name=source.name))
    today = services.now().date()
    try:
        filled = backfill(services, source, instance)
        first = today - timedelta(days=_window(services, instance, days))
        taken = _take(services, source, instance, first, today, only=None)
    except ConnectorError as error:
        log.warning("source_failed", source=source.kind, permanent=error.permanent)
        services.database.writing(lambda session: pulls.note_failure(session, instance, services.now()))
        return Synced(source.kind, 0, 0, str(error))
    services.database.writing(lambda session: pulls.note_success(session, instance, services.now()))
    return Synced(source.kind, filled.days + taken.days, filled.rows + taken.rows)


def backfill(services: Services, source: PullSource, instance: int) -> Synced:
    """Take the days that are kept for every account for which the source has never delivered, together."""
    with services.database.reading() as session:
        collected = pulls.collected_accounts(session, source.kind, services.marks)
        new = pulls.without_delivery(session, instance, collected)
    if not new:
        return Synced(source.kind, 0, 0)
    today = services.now().date()
    first = today - timedelta(days=services.policy.retention.daily_days)
    taken = _take(services, source, instance, first, today, only={account.account_id for account in new})
    ids = [account.account_id for account in new]
    services.database.writing(
        lambda session: pulls.note_days(session, instance, ids, first, taken.complete_to or first, services.now())
    )
    return taken


def _take(
    services: Services, source: PullSource, instance: int, first: date, last: date, only: Collection[int] | None
) -> Synced:
    days = rows = 0
    complete_to = None
    for reported in source.reported_days(first, last):
        rows += services.database.writing(
            lambda session, reported=reported: _store(session, services, source, instance, reported, only)  # type: ignore[misc]
        )
        days += 1
        complete_to = reported.day if reported.complete else complete_to
    return Synced(source.kind, days, rows, complete_to=complete_to)


def _store(
    session: Session,
    services: Services,
    source: PullSource,
    instance: int,
    reported: ReportedDay,
    only: Collection[int] | None,
) -> int:
    """Swap one day in: rows of those who are on, and sums over everybody; return how many rows were kept."""
    collected = pulls.collected_accounts(session, source.kind, services.marks)
    taking = [a for a in collected if a.takes(reported.day) and (only is None or a.account_id in only)]
    rows = _rows_of(reported, taking, instance)
    pulls.replace_day(session, instance, reported.day, {account.account_id for account in taking}, rows)
    if only is None:
        pulls.replace_source_day(session, instance, reported.day, _over_everybody(reported))
        if reported.complete:
            held = [account.account_id for account in taking]
            pulls.note_days(session, instance, held, reported.day, reported.day, services.now())
    return len(rows)


def _rows_of(reported: ReportedDay, taking: Sequence[Collected], instance: int) -> list[tuple[int, UsageRow]]:
    by_name = {account.name: account.account_id for account in taking}
    return [
        (by_name[one.account], replace(one.row, source_id=instance))
        for one in reported.rows
        if one.account is not None and one.account in by_name
    ]


def _over_everybody(reported: ReportedDay) -> dict[tuple[str, str], Tally]:
    sums: dict[tuple[str, str], Tally] = {}
    for one in reported.rows:
        key = (one.row.model, one.row.run_kind)
        sums.setdefault(key, Tally()).add(measures(one.row), one.row.list_value_by, one.row.partly_unknown)
    return sums
