"""The last weeks of those newly on: one running back-fill a source, which gathers everybody who waits meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from queue import Queue

from bot.connectors.pull import ReportedDay
from bot.errors import ConnectorError
from bot.jobs.backfill import Backfiller
from storage.engine import Database
from tests.cast import ADA, BOB, EVE, TODAY
from tests.e2e.harness import until
from tests.jobs.test_sync import DAILY_DAYS, DAY, Stand, on, rows_of, with_source

SECONDS = 10.0


@dataclass
class Slow(Stand):
    """A source that says when it is asked, and answers only once it may."""

    began: Queue[int] = field(default_factory=Queue)  # how many are asking at that moment
    may: threading.Event = field(default_factory=threading.Event)
    asking: int = 0
    breaks: bool = False

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        self.asking += 1
        self.began.put(self.asking)
        assert self.may.wait(6 * SECONDS)
        if self.breaks:
            raise ConnectorError("Cursor", "HTTP 500", permanent=False)
        yield from super().reported_days(first, last)
        self.asking -= 1


@contextmanager
def backfiller() -> Iterator[Backfiller]:
    made = Backfiller()
    try:
        yield made
    finally:
        made.close()


def test_who_switches_on_while_a_back_fill_runs_is_gathered_into_one_more(database: Database) -> None:
    slow = Slow(served=(TODAY - 5 * DAY, TODAY - DAY))
    services = with_source(database, slow)
    viewers = [on(database, ADA)]
    with backfiller() as fills:
        fills.wake(services)
        asking = [slow.began.get(timeout=SECONDS)]
        for profile in (BOB, EVE):
            viewers.append(on(database, profile))
            fills.wake(services)
        slow.may.set()
        asking.append(slow.began.get(timeout=SECONDS))

    assert asking == [1, 1]  # never two at once
    assert slow.asked == 2 * [(TODAY - DAILY_DAYS * DAY, TODAY)]
    assert [len(rows_of(database, viewer)) for viewer in viewers] == [5, 5, 5]


def test_a_run_that_nobody_waits_for_asks_nothing(sqlite_database: Database) -> None:
    stand = Stand()
    services = with_source(sqlite_database, stand)
    on(sqlite_database, ADA)
    with backfiller() as fills:
        fills.wake(services)
        assert until(lambda: len(stand.asked) == 1)
    with backfiller() as fills:
        fills.wake(services)

    assert len(stand.asked) == 1


def test_sources_that_are_slow_hold_up_no_other(sqlite_database: Database) -> None:
    slow = [Slow(kind, served=(TODAY - DAY, TODAY - DAY)) for kind in ("anthropic", "openai", "copilot", "litellm")]
    fast = Stand("cursor", served=(TODAY - DAY, TODAY - DAY))
    services = with_source(sqlite_database, *slow, fast)
    for stand in (*slow, fast):
        ada = on(sqlite_database, ADA, stand.kind)
    with backfiller() as fills:
        fills.wake(services)
        for each in slow:
            each.began.get(timeout=SECONDS)
        arrived = until(lambda: bool(rows_of(sqlite_database, ada)))
        for _ in range(3):  # one run of each slow source waits now
            fills.wake(services)
        bob = on(sqlite_database, BOB)
        fills.wake(services)
        arrived_meanwhile = until(lambda: bool(rows_of(sqlite_database, bob)))
        for each in slow:
            each.may.set()

    assert (arrived, arrived_meanwhile) == (True, True)
    assert {row.source for row in rows_of(sqlite_database, bob)} == {"cursor"}


def test_a_source_that_fails_is_asked_again_and_holds_up_no_other(sqlite_database: Database) -> None:
    failing = Slow("anthropic", served=(TODAY - DAY, TODAY - DAY), breaks=True)
    working = Stand("cursor", served=(TODAY - DAY, TODAY - DAY))
    services = with_source(sqlite_database, failing, working)
    for stand in (failing, working):
        ada = on(sqlite_database, ADA, stand.kind)
    failing.may.set()
    with backfiller() as fills:
        fills.wake(services)
        failing.began.get(timeout=SECONDS)
        assert until(lambda: bool(rows_of(sqlite_database, ada)))
        failing.breaks = False
        fills.wake(services)
        assert until(lambda: len(rows_of(sqlite_database, ada)) == 2)

    assert {row.source for row in rows_of(sqlite_database, ada)} == {"anthropic", "cursor"}
