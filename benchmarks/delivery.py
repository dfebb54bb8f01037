"""Messages that the bot sends on its own: 10,000 through kills, freezes and a failing Slack; planning 350,000."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.table import Row
from bot.domain.due import local_hour, spread
from bot.domain.marks import Marks
from storage.engine import Database, open_database
from storage.ids import new_id
from storage.migrate import upgrade
from storage.planning import plan
from tests.cast import T0, TODAY
from tests.jobs.trial import Outcome, Rules, try_out
from tests.postgresql import running_postgresql

RULES: Final = Rules(messages=10_000, kills=100, freezes=10, a_second=100, freeze_anywhere=True)
_EVERYBODY: Final = 350_000
_ZONES: Final = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London", "Asia/Kolkata")
_MARKS: Final = Marks(b"for benchmarks")


def main() -> list[Row]:
    """Measure and return the rows of the table."""
    rows: list[Row] = []
    with _databases() as urls:
        for engine, (to_send, to_plan) in urls.items():
            rows += _planning(engine, to_plan)
            rows.append(_row(engine, try_out(to_send, RULES)))
    return rows


@contextmanager
def _databases() -> Iterator[dict[str, tuple[str, str]]]:
    """Give two migrated databases on each engine."""
    with (
        tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder,
        running_postgresql() as server,
        server.migrated() as first,
        server.migrated() as second,
    ):
        files = [f"sqlite:///{Path(folder, name)}" for name in ("send.db", "plan.db")]
        for url in files:
            database = open_database(url)
            upgrade(database)
            database.dispose()
        yield {"SQLite": (files[0], files[1]), "PostgreSQL": (first, second)}


def _row(engine: str, outcome: Outcome) -> Row:
    what = (
        f"{engine}: {RULES.messages:,} messages by two senders, {outcome.kills} killed, {outcome.freezes} frozen for "
        "longer than a lease, 4 % of the calls failing"
    )
    figure = (
        f"sent {outcome.sent:,}, doubled {outcome.doubled}, lost {outcome.lost}, skipped {outcome.skipped}, "
        f"looked up {outcome.looked_up}, {outcome.seconds:.0f} s"
    )
    return Row(what, figure, "lost 0, doubled at most one a freeze")


def _planning(engine: str, url: str) -> list[Row]:
    database = open_database(url)
    try:
        people = sorted(new_id() for _ in range(_EVERYBODY))  # as the weekly note plans them
        first, planned = _plan(database, people)
        again, none = _plan(database, people)
    finally:
        database.dispose()
    assert (planned, none) == (_EVERYBODY, 0)
    return [
        Row(f"{engine}: planning {_EVERYBODY:,} messages", f"{first:.1f} s", "<= 5 s"),
        Row(f"{engine}: planning them again, which changes nothing", f"{again:.1f} s", "<= 5 s"),
    ]


def _plan(database: Database, people: list[int]) -> tuple[float, int]:
    """Plan a message to everybody at their own nine o'clock, spread over an hour; return the seconds it took."""
    began = time.monotonic()
    nine = [local_hour(TODAY, 9, tz) for tz in _ZONES]
    due = [
        (person, nine[person % len(nine)] + spread(_MARKS.of_delivery(person, "digest", "2026-W47")))
        for person in people
    ]
    planned = database.adding(lambda session: plan(session, "digest", "2026-W47", due, T0))
    return time.monotonic() - began, planned
