"""Fifteen weeks for those newly on: one running back-fill a source, which gathers everybody who waits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple

import structlog

from bot.connectors.pull import PullSource
from bot.errors import WorthwhileError
from bot.jobs.announcing import announce_back_fills
from bot.jobs.finished_work import fill_in_work
from bot.jobs.taking import Asking, take_day
from bot.services import Services, Source
from storage import pulls
from storage.ids import source_id

log = structlog.get_logger()
# Two for each source that there can be: one runs and one waits for it, so that none waits for another source.
_THREADS: Final = 32
Fill = Callable[[], object]


class Filled(NamedTuple):
    """How many days of how many accounts were filled in."""

    days: int
    rows: int
    accounts: int


class Backfiller:
    """Asks the sources soon, each in a thread of its own; what is asked for meanwhile is gathered into one more run."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="backfill")
        self._waiting: dict[str, threading.BoundedSemaphore] = {}
        self._running: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def wake(self, services: Services) -> None:
        """Run soon; one run of a source that waits is enough for everybody who is newly on."""
        fills: dict[str, Fill] = {_name(source): partial(fill_in, services, source) for source in services.sources}
        fills |= {_name(source): partial(fill_in_work, services, source) for source in services.work_sources}
        for name, fill in fills.items():
            with self._lock:
                waiting = self._waiting.setdefault(name, threading.BoundedSemaphore(1))
                running = self._running.setdefault(name, threading.Lock())
            if waiting.acquire(blocking=False):
                self._executor.submit(self._run, services, name, fill, waiting, running)

    def _run(
        self, services: Services, name: str, fill: Fill, waiting: threading.BoundedSemaphore, running: threading.Lock
    ) -> None:
        with running:
            waiting.release()
            try:
                fill()
                announce_back_fills(services)
            except WorthwhileError as error:
                log.warning("backfill_failed", source=name, error=type(error).__name__)
            except Exception:  # the thread's boundary: nobody reads what it would raise
                log.exception("backfill_failed", source=name)

    def close(self) -> None:
        """Finish the runs in hand."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _name(source: Source) -> str:
    return f"{source.kind}/{source.name}"


def fill_in(services: Services, source: PullSource) -> Filled:
    """Take the days that are kept for every account for which *source* has never delivered, together."""
    instance = services.database.writing(partial(source_id, kind=source.kind, name=source.name))
    everybody = Asking(services, source, instance)
    with services.database.reading() as session:
        collected = pulls.collected_accounts(session, everybody.provider, services.marks)
        new = {account.account_id for account in pulls.without_delivery(session, instance, collected)}
    if not new:
        return Filled(0, 0, 0)
    today = services.now().date()
    first = today - timedelta(days=services.policy.retention.daily_days)
    asking = Asking(services, source, instance, only=new)
    days = rows = 0
    complete_to = first
    for reported in source.reported_days(first, today):
        rows += take_day(asking, reported)
        days += 1
        complete_to = reported.day if reported.complete else complete_to
    services.database.writing(
        lambda session: pulls.note_days(session, instance, new, first, complete_to, services.now())
    )
    return Filled(days, rows, len(new))
