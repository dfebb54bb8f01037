"""Taking usage in, end to end (decode, validate, count, write), against the bare bulk write of the same rows.

Bare is what is left when nothing is decided: ready tuples, straight to `storage.bulk`, in as many
transactions.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final, cast
from unittest.mock import patch

from sqlmodel import Session

from benchmarks.sent import MARKS, NOW, ORG, PEOPLE, ccusage_files, event_lines, hire, requests
from benchmarks.table import Row
from bot import intake
from bot.connectors import push
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.domain.people import SlackId
from bot.policy import load_policy
from bot.services import Services
from bot.slack import Slack
from storage import bulk, migrate, people, pushes, usage
from storage.engine import Database, open_database
from storage.ids import table_of
from storage.tables import EventMark
from storage.tokens import Bearer
from tests.postgresql import running_postgresql

_ROUNDS: Final = 5
_BODIES: Final = 4
_EVENTS: Final = 10_000
_FILES: Final = 20
_MEASURED: Final = ("event_mark", "usage_day", "source_day", "feed_scope")
_MEMORY_GB: Final = 1.0
_PLATFORM: Final = Bearer("meshclaw", None)

Write = Callable[[Session], None]
# what to send in, and how many rows that is
Work = tuple[Callable[[], None], int]


class _NoSlack:
    org_id = ORG


def main() -> list[Row]:
    """Measure both engines and return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _engine(f"sqlite:///{folder}/speed.db", "SQLite", "50,000")
        rows.append(_memory(Path(folder)))
    with running_postgresql() as server, server.empty() as url:
        rows += _engine(url, "PostgreSQL", "-")
    return rows


def _engine(url: str, name: str, bar: str) -> list[Row]:
    database = open_database(url)
    try:
        migrate.upgrade(database)
        database.writing(hire)
        services = _services(database)
        return [
            *_compare(services, f"push, {name}", "events", bar, lambda seed: _push(services, seed)),
            *_compare(services, f"ccusage, {name}", "rows", bar, lambda seed: _ccusage(services, seed)),
        ]
    finally:
        database.dispose()


def _services(database: Database) -> Services:
    return Services(
        database=database,
        policy=load_policy(None),
        prices=price_book(None),
        overlaps=load_overlaps(None),
        marks=MARKS,
        now=lambda: NOW,
        slack=cast(Slack, _NoSlack()),
        pool=cast(Any, None),
        web_url="",
    )


def _push(services: Services, seed: int) -> Work:
    """Requests of 10,000 events each."""
    bodies = requests(seed, _BODIES, _EVENTS)

    def send() -> None:
        for body in bodies:
            intake.take_push(services, push.parse(body, NOW), _PLATFORM)

    return send, _BODIES * _EVENTS


def _ccusage(services: Services, seed: int) -> Work:
    """Files of 100 days with two agents and four models each, of as many people."""
    days, agents = 100, 2
    files = ccusage_files(seed, _FILES, days, agents)
    with services.database.reading() as session:
        viewers = [people.viewer_of(session, SlackId(ORG, f"U{n:06}")) for n in range(0, PEOPLE, PEOPLE // _FILES)]

    def send() -> None:
        for content, viewer in zip(files, viewers, strict=True):
            intake.take_ccusage(services, content, "laptop", viewer, own=True)

    return send, _FILES * days * agents * 4


def _compare(services: Services, what: str, unit: str, bar: str, work_of: Callable[[int], Work]) -> list[Row]:
    """Time the whole way and the bare write in turn; the machine's moods then fall on both."""
    database = services.database
    whole: list[float] = []
    bare: list[float] = []
    for seed in range(_ROUNDS + 1):
        send, count = work_of(seed)
        _wipe(database)
        with _recorded() as writes:
            took = _seconds(send)
        _wipe(database)
        took_bare = _seconds(lambda writes=writes: _replay(database, writes))  # type: ignore[misc]
        if seed:  # the first round warms up
            whole.append(count / took)
            bare.append(count / took_bare)
    ratio = median(one / other for one, other in zip(whole, bare, strict=True))
    return [
        Row(f"{what}: {unit} a second", f"{median(whole):,.0f}", bar if bar == "-" else f">= {bar}"),
        Row(f"{what}: of the bare write ({median(bare):,.0f})", f"{ratio:.2f}", ">= 0.40"),
    ]


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _wipe(database: Database) -> None:
    def delete(session: Session) -> None:
        for table in _MEASURED:
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608

    database.writing(delete)


@contextmanager
def _recorded() -> Iterator[list[list[Write]]]:
    """Note what each transaction writes in bulk, as ready tuples."""
    transactions: list[list[Write]] = []
    add, put, claim, note_delivery = bulk.add, bulk.put, pushes.claim, usage.note_delivery

    def begin(transaction: Callable[..., Any]) -> Callable[..., Any]:
        def begun(database: Database, work: Callable[[Session], Any]) -> Any:
            transactions.append([])
            return transaction(database, work)

        return begun

    def note(write: Callable[..., None]) -> Callable[..., None]:
        def noted(session: Session, *args: Any) -> None:
            transactions[-1].append(lambda again: write(again, *args))
            write(session, *args)

        return noted

    def note_claim(session: Session, source: int, marks: dict[bytes, int], today: date) -> dict[bytes, int]:
        rows = [(source, mark, content, today) for mark, content in marks.items()]
        names = ("source_id", "event", "content", "seen_on")
        transactions[-1].append(lambda again: bulk.insert_new_rows(again, table_of(EventMark), names, rows))
        return claim(session, source, marks, today)

    with (
        patch.object(Database, "writing", begin(Database.writing)),
        patch.object(Database, "adding", begin(Database.adding)),
        patch.object(bulk, "add", note(add)),
        patch.object(bulk, "put", note(put)),
        patch.object(pushes, "claim", note_claim),
        patch.object(usage, "note_delivery", note(note_delivery)),
    ):
        yield transactions


def _replay(database: Database, transactions: Sequence[Sequence[Write]]) -> None:
    for writes in transactions:
        database.adding(lambda session, writes=writes: [write(session) for write in writes])  # type: ignore[misc]


def _memory(folder: Path) -> Row:
    """Take a file of a gigabyte in, in a process of its own, and watch what that holds."""
    path = folder / "events.ndjson"
    lines = event_lines(1)
    with path.open("wb") as file:
        while file.tell() < _MEMORY_GB * 2**30:
            file.write(b"".join(islice(lines, _EVENTS)))
    command = [sys.executable, "-m", "benchmarks.ingest", "memory", str(folder)]
    grown, events, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    path.unlink()
    what = f"a file of {_MEMORY_GB:g} GiB ({int(events):,} events, {float(seconds):.0f} s): memory grows by"
    return Row(what, f"{float(grown):.0f} MiB", "< 64 MiB")


def _watched(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'memory.db'}")
    migrate.upgrade(database)
    database.writing(hire)
    services = _services(database)
    first = b"".join(islice(event_lines(2), 1_000))
    intake.take_push(services, push.parse(first, NOW), _PLATFORM)  # the price list is loaded once
    before, peak, done = resident_mib(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], resident_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    taken = intake.take_push_file(services, folder / "events.ndjson", _PLATFORM)
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    print(peak[0] - before, taken.read, seconds)


def resident_mib() -> float:
    """Return what the process itself holds; pages of the database's file belong to the system's cache."""
    status = Path("/proc/self/status").read_text()
    anonymous = next(line for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(anonymous.split()[1]) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        _watched(Path(sys.argv[2]))
    else:
        for row in main():
            print(f"{row.what:<75} {row.figure:>12}   {row.bar}")
