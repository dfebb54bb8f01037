"""Weekly digests: composing 10,000 from 15 weeks of rows and finished work, and planning 350,000.

Slack takes a message a second, so that 10,000 take 10,000 s; composing them may take a fiftieth of that. A smaller
form: `.venv/bin/python -m benchmarks.digests --size 1000`.
"""

import argparse
import multiprocessing
import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final, cast

from sqlmodel import Session

from benchmarks.sent import MARKS, NOW, ORG, hire
from benchmarks.table import Row
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.domain.iso_week import week_of
from bot.domain.outcomes.work import FinishedItem
from bot.domain.usage import UsageRow
from bot.jobs import digests
from bot.policy import load_policy
from bot.services import Services
from storage import finished, usage
from storage.engine import Database, open_database
from storage.finished import Owned
from storage.ids import insert_new, source_id
from storage.migrate import upgrade
from storage.people import by_person_id
from storage.tables import Setting
from tests.postgresql import running_postgresql

_COMPOSED: Final = 10_000
_PLANNED: Final = 350_000
_WEEK: Final = week_of(NOW.date()).before()
_TODAY: Final = NOW.date()
_DAYS: Final = 105
_AT_ONCE: Final = 500
_SEEN_EVERY: Final = 50
# When most of the notes of a week have come due: Tuesday in the afternoon, UTC.
_TUESDAY: Final = datetime.combine(_TODAY - timedelta(days=2), NOW.timetz()).replace(hour=8)
_TOOLS: Final = (("claude-code", "claude-sonnet-4-5"), ("claude-code", "claude-opus-4-5"), ("cursor", "gpt-5.5"))


def main(size: int = _PLANNED) -> list[Row]:
    """Measure and return the rows of the table; *size* is how many are planned, and bounds how many are composed."""
    return [*_composing(min(size, _COMPOSED)), *_planning(size)]


def _composing(people: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder:
        url = f"sqlite:///{Path(folder, 'digests.db')}"
        _fill(url, people)
        seconds, busy, first, last = _apart(url, people)
    what = f"composing {people:,} digests from 15 weeks of rows and finished work"
    figure = f"{seconds:.1f} s, of which one core worked {busy:.1f} s"
    return [
        Row(what, figure, f"<= {people / 50:.0f} s"),  # a fiftieth of what Slack takes
        Row(f"memory after {people // 10:,} of them and after all", f"{first:.0f} and {last:.0f} MB", "level"),
    ]


def _apart(url: str, people: int) -> tuple[float, float, float, float]:
    """Compose in a process of its own, whose memory holds nothing else."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_compose_all, args=(url, people, theirs))
    process.start()
    try:
        return cast(tuple[float, float, float, float], ours.recv())
    finally:
        process.join()


def _compose_all(url: str, people: int, answer: Connection) -> None:
    """Compose everybody's digest; tell the seconds and how many of them this process worked, and its memory in MB.

    The memory is the most that it held in the first tenth of them, and in all.
    """
    services = _services(open_database(url))
    payload, most = {"week": _WEEK.word}, [0.0, 0.0]
    with services.database.reading() as session:
        persons = [row[0] for row in session.connection().exec_driver_sql("SELECT person_id FROM slack_user")]
    began, worked = perf_counter(), process_time()
    for number, person in enumerate(persons, start=1):
        with services.database.reading() as session:
            viewer = by_person_id(session, person)
        message = digests.compose(services, viewer, payload) if viewer else None
        if message is None or not message.blocks(rich=True):
            raise AssertionError("everybody has something to report")
        if number % _SEEN_EVERY == 0:
            held = _memory_mb()
            most = [max(most[0], held) if number <= people // 10 else most[0], max(most[1], held)]
    answer.send((perf_counter() - began, process_time() - worked, *most))


def _memory_mb() -> float:
    """Return what this process holds by itself: pages of the database's file, which can be dropped, apart."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["RssAnon"].split()[0]) / 1024


def _fill(url: str, people: int) -> None:
    database = open_database(url)
    upgrade(database)
    database.writing(partial(hire, people=people))
    sources = database.writing(_sources)
    with database.reading() as session:
        everybody = session.connection().exec_driver_sql("SELECT person_id, account_id FROM account_link").all()
    for first in range(0, people, _AT_ONCE):
        database.writing(partial(_live, some=everybody[first : first + _AT_ONCE], sources=sources))
    database.dispose()


def _sources(session: Session) -> tuple[int, int, int]:
    return tuple(source_id(session, kind, "company") for kind in ("anthropic", "cursor", "github"))  # type: ignore[return-value]


def _live(session: Session, some: Sequence[Any], sources: tuple[int, int, int]) -> None:
    """Fill in 15 weeks of some people: three rows on each working day, a change or a ticket in most weeks."""
    anthropic, cursor, github = sources
    chance = random.Random(some[0][1])
    first = _TODAY - timedelta(days=_DAYS)
    rows, items, owned = [], [], []
    for person, account in some:
        rows += [(account, row) for row in _usage(chance, anthropic, cursor)]
        mine = list(_work(chance, account))
        items += mine
        owned += [Owned(account, item.place, item.reference, f"Make {item.reference} last", "") for item in mine]
        insert_new(session, Setting, [_setting(person, "digest", "figures")])
    usage.add_rows(session, rows)
    finished.put_items(session, github, items)
    finished.put_owned(session, owned)
    for source in sources:
        usage.note_delivery(session, source, {account: (first, _TODAY) for _, account in some}, NOW)


def _usage(chance: random.Random, anthropic: int, cursor: int) -> Iterator[UsageRow]:
    for back in range(_DAYS):
        day = _TODAY - timedelta(days=back)
        if day.weekday() >= 5:
            continue
        for tool, model in _TOOLS:
            yield UsageRow(
                day=day,
                source="cursor" if tool == "cursor" else "anthropic",
                source_id=cursor if tool == "cursor" else anthropic,
                tool=tool,
                model=model,
                run_kind="person",
                output_tokens=chance.randrange(9_000),
                requests=chance.randrange(90),
                billed_nano_usd=chance.randrange(4 * 10**9),
            )


def _work(chance: random.Random, account: int) -> Iterator[FinishedItem]:
    """Yield what somebody finished: the digest's week always has a change."""
    for back in range(15):
        monday = _WEEK.before(back).monday
        for number in range(1 if back == 0 else chance.randrange(3)):
            place = f"acme/service-{chance.randrange(200)}"
            yield FinishedItem(
                place=place,
                reference=f"{place}#{account % 10**9}{back:02}{number}",
                kind="change",
                finished_on=monday + timedelta(days=chance.randrange(5)),
                accepted=True,
                came_back_on=monday + timedelta(days=9) if chance.random() < 0.1 else None,
            )


def _setting(person: int, name: str, value: str) -> dict[str, Any]:
    return {"person_id": person, "name": name, "value": value, "changed_at": NOW - timedelta(days=90)}


class _NoSlack:
    org_id = ORG


def _services(database: Database, now: datetime = NOW, sources: Sequence[PullSource] = ()) -> Services:
    return Services(
        database=database,
        policy=load_policy(None),
        prices=price_book(None),
        overlaps=load_overlaps(None),
        marks=MARKS,
        now=lambda: now,
        slack=cast(Any, _NoSlack()),
        pool=cast(Any, None),
        web_url="",
        sources=sources,
    )


class _Told(PullSource):
    """A source that has told of everything."""

    kind = "anthropic"
    name = "company"
    provider = "anthropic"


def _planning(people: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder:
        rows = _planned(f"sqlite:///{Path(folder, 'plan.db')}", people, "SQLite")
    with running_postgresql() as server, server.empty() as url:
        return [*rows, *_planned(url, people, "PostgreSQL")]


def _planned(url: str, people: int, engine: str) -> list[Row]:
    database = open_database(url)
    try:
        upgrade(database)
        database.writing(partial(hire, people=people))
        database.writing(_want_notes)
        services = _services(database, now=_TUESDAY, sources=[_Told()])
        first, counts = _timed(services)
        again, none = _timed(services)
    finally:
        database.dispose()
    if (counts["planned"], none["planned"]) != (people, 0):
        raise AssertionError(f"{counts} and {none}")
    return [
        Row(f"{engine}: planning {people:,} digests by the job", first, "<= 5 s"),
        Row(f"{engine}: the same an hour later, which changes nothing", again, "<= 5 s"),
    ]


def _timed(services: Services) -> tuple[str, dict[str, int]]:
    """Run the job; return how long it took and how much of that this process worked, and what it counted."""
    began, worked = perf_counter(), process_time()
    counts = digests.run(services)
    return f"{perf_counter() - began:.1f} s, of which one core worked {process_time() - worked:.1f} s", counts


def _want_notes(session: Session) -> None:
    """Let everybody want the note, and a source have told of everybody up to the week's end."""
    known = session.connection().exec_driver_sql("SELECT person_id, account_id FROM account_link").all()
    since = (NOW - timedelta(days=90)).isoformat()
    for name, value in (("digest", "button"), ("digest_since", since)):
        insert_new(session, Setting, [_setting(person, name, value) for person, _ in known])
    anthropic = source_id(session, "anthropic", "company")
    usage.note_delivery(session, anthropic, {account: (date(2026, 8, 1), _TODAY) for _, account in known}, NOW)


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--size", type=int, default=_PLANNED)
    for row in main(words.parse_args().size):
        print(f"{row.what:<80} {row.figure:>18}   {row.bar}")
