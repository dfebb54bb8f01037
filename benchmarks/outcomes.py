"""Finished work: taken in against the bare bulk write of the same rows, and read again, computed.

Bare is what is left when nothing is decided: ready tuples, straight to `storage.bulk`, in as many
transactions.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any, Final, cast
from unittest.mock import patch

from msgspec.structs import replace
from sqlmodel import Session

from benchmarks.sent import MARKS, NOW, ORG, hire
from benchmarks.table import Row
from bot.connectors.finished import ReportedItem, ReportedWork, WorkSource
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.domain.counting import count_once
from bot.domain.outcomes.person import person_outcomes
from bot.domain.outcomes.place import place_outcomes
from bot.domain.outcomes.reverts import Revert
from bot.domain.outcomes.revised import Asked
from bot.domain.outcomes.work import FinishedItem
from bot.domain.period import Period
from bot.domain.usage import UsageRow
from bot.jobs.taking_work import Piece, WorkAsking, take_work
from bot.policy import load_policy
from bot.services import Services
from storage import bulk, finished, finished_links, migrate, own_marks, usage
from storage.engine import Database, open_database
from storage.finished import Owned
from storage.ids import insert_new, new_id, source_id
from storage.tables import Account, AccountLink
from tests.postgresql import running_postgresql

_CHANGES: Final = 100_000
_PEOPLE: Final = 10_000
_PLACES: Final = 200
_ROUNDS: Final = 5
_TODAY: Final = NOW.date()
_FIRST: Final = _TODAY - timedelta(days=16)
_OWN_A_YEAR: Final = 500
_USAGE_ROWS_A_DAY: Final = 8
_A_YEAR: Final = 50_000

Write = Callable[[Session], None]


class _NoSlack:
    org_id = ORG


class _GitHub(WorkSource):
    kind = "github"
    name = "company"
    provider = "github"


def main() -> list[Row]:
    """Measure both engines and return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _engine(f"sqlite:///{folder}/work.db", "SQLite")
    with running_postgresql() as server, server.empty() as url:
        rows += _engine(url, "PostgreSQL")
    return rows


def _engine(url: str, name: str) -> list[Row]:
    database = open_database(url)
    try:
        migrate.upgrade(database)
        database.writing(partial(hire, people=_PEOPLE))
        services = _services(database)
        return [*_taking_in(services, name), *_reading(services, name)]
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
        slack=cast(Any, _NoSlack()),
        pool=cast(Any, None),
        web_url="",
    )


def _taking_in(services: Services, engine: str) -> list[Row]:
    """Time the whole way and the bare write in turn; the machine's moods then fall on both."""
    database, source = services.database, _GitHub()
    instance = database.writing(lambda session: source_id(session, source.kind, source.name))
    database.writing(partial(_link_everybody, instance=instance))
    asking = WorkAsking(services, source, instance)
    piece = Piece(_FIRST, _TODAY, Asked(_FIRST, _TODAY))
    whole: list[float] = []
    bare: list[float] = []
    again: list[float] = []
    work = _reported()
    for number in range(_ROUNDS + 1):
        _wipe(database)
        with _recorded() as writes:
            took = _seconds(lambda: take_work(asking, work, piece))
        took_again = _seconds(lambda: take_work(asking, work, piece))
        _wipe(database)
        took_bare = _seconds(lambda writes=writes: _replay(database, writes))  # type: ignore[misc]
        if number:  # the first round warms up
            whole.append(_CHANGES / took)
            again.append(_CHANGES / took_again)
            bare.append(_CHANGES / took_bare)
    ratio = median(one / other for one, other in zip(whole, bare, strict=True))
    what = f"{_CHANGES:,} merged changes, {_PEOPLE:,} people on, {engine}"
    return [
        Row(f"{what}: changes a second", f"{median(whole):,.0f}", "-"),
        Row(f"{what}: of the bare write ({median(bare):,.0f})", f"{ratio:.2f}", ">= 0.40"),
        Row(f"{what}: the same again, changes a second", f"{median(again):,.0f}", "-"),
    ]


def _link_everybody(session: Session, instance: int) -> None:
    persons = session.connection().exec_driver_sql("SELECT person_id, user_id FROM slack_user").all()
    accounts = [(new_id(), person, user.lower()) for person, user in persons]
    named = [{"provider": "github", "name": login, "id": id_} for id_, _, login in accounts]
    insert_new(session, Account, named)
    links = [
        {"account_id": id_, "person_id": person, "from_day": date(2025, 1, 1), "how": "", "by": ""}
        for id_, person, _ in accounts
    ]
    insert_new(session, AccountLink, links)
    usage.note_delivery(session, instance, {id_: (_FIRST, _FIRST) for id_, _, _ in accounts}, NOW)


def _reported() -> ReportedWork:
    """Return sixteen days of a company: a third of the changes has no ticket, one in fifty is reverted."""
    chance = random.Random(1)
    work = ReportedWork()
    for number in range(_CHANGES):
        day = _FIRST + timedelta(days=chance.randrange(16))
        place = f"acme/service-{chance.randrange(_PLACES)}"
        item = _item(chance, place, f"{place}#{number}", day)
        files = frozenset(chance.randrange(500) for _ in range(4)) if not item.ticket else frozenset()
        merged = datetime.combine(day, time(chance.randrange(24)), UTC)
        author = f"u{chance.randrange(_PEOPLE):06}"
        work.items.append(ReportedItem(item, author, "Pay refunds out once", f"https://x/{number}", merged, files))
        if number % 50 == 49:
            work.reverts.append(Revert(item.reference, work.items[number - 20].item.reference, _TODAY))
    return work


def _item(chance: random.Random, place: str, reference: str, day: date) -> FinishedItem:
    return FinishedItem(
        place=place,
        reference=reference,
        kind="change",
        finished_on=day,
        accepted=chance.random() < 0.9,
        ticket=f"PAY-{chance.randrange(40_000)}" if chance.random() < 0.67 else "",
        lines=chance.randrange(400),
        minutes_to_first_review=chance.randrange(2_000),
        minutes_open=chance.randrange(9_000),
        reviewed=chance.random() < 0.95,
    )


def _wipe(database: Database) -> None:
    def delete(session: Session) -> None:
        for table in ("change", "outcome"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608

    database.writing(delete)


@contextmanager
def _recorded() -> Iterator[list[list[Write]]]:
    """Note what each transaction writes in bulk, as ready tuples."""
    transactions: list[list[Write]] = []
    put_rows, writing = bulk.put_rows, Database.writing

    def begun(database: Database, work: Callable[[Session], Any]) -> Any:
        transactions.append([])
        return writing(database, work)

    def noted(session: Session, *args: Any) -> None:
        transactions[-1].append(lambda again: put_rows(again, *args))
        put_rows(session, *args)

    with patch.object(Database, "writing", begun), patch.object(bulk, "put_rows", noted):
        yield transactions


def _replay(database: Database, transactions: Sequence[Sequence[Write]]) -> None:
    for writes in transactions:
        database.writing(lambda session, writes=writes: [write(session) for write in writes])  # type: ignore[misc]


def _reading(services: Services, engine: str) -> list[Row]:
    _wipe(services.database)
    person = services.database.writing(_live_a_year)
    own = median(_seconds(lambda: _own(services, person)) for _ in range(21))
    place = median(_seconds(lambda: _place(services)) for _ in range(5))
    what = f"a person's year of {_OWN_A_YEAR} items and 15 weeks of usage, read and computed, {engine}"
    return [
        Row(what, f"{own * 1000:.0f} ms", "< 50 ms"),
        Row(f"a repository of {_A_YEAR:,} changes a year, summarised, {engine}", f"{place:.2f} s", "< 1 s"),
    ]


def _live_a_year(session: Session) -> int:
    """Fill a repository with a year of everybody's changes, and one person's year and usage."""
    chance = random.Random(7)
    source = source_id(session, "github", "company")
    person, account = (
        session.connection()
        .exec_driver_sql("SELECT person_id, account_id FROM account_link ORDER BY from_day, account_id LIMIT 1")
        .one()
    )
    items = [
        replace(
            _item(chance, "acme/big", f"acme/big#{number}", _TODAY - timedelta(days=chance.randrange(365))),
            author=bytes([number % 251]) * 16,
        )
        for number in range(_A_YEAR)
    ]
    finished.put_items(session, source, items)
    own = items[:: _A_YEAR // _OWN_A_YEAR]
    finished.put_owned(session, [Owned(account, item.place, item.reference, "A title", "") for item in own])
    machine = source_id(session, "push", "meshclaw")
    usage.add_rows(session, [(account, row) for row in _usage(chance, machine)])
    return int(person)


def _usage(chance: random.Random, source: int) -> Iterator[UsageRow]:
    for back in range(105):
        for number in range(_USAGE_ROWS_A_DAY):
            yield UsageRow(
                day=_TODAY - timedelta(days=back),
                source="push",
                source_id=source,
                tool=("meshclaw", "claude-code")[number % 2],
                model=f"model-{number}",
                work=("acme/big", "")[number % 2],
                output_tokens=chance.randrange(9_000),
                list_value_nano_usd=chance.randrange(10**9),
                list_value_by="vendor",
            )


def _own(services: Services, person: int) -> None:
    with services.database.reading() as session:
        items = finished.own_items(session, person, _TODAY - timedelta(days=365), _TODAY)
        rows = usage.usage_of(session, person, _TODAY - timedelta(days=105), _TODAY)
        links = finished_links.links_stated_for(session, person, _TODAY - timedelta(days=105), _TODAY)
        marks = own_marks.own_marks(session, person)
    assert len(items) == _OWN_A_YEAR
    assert len(rows) == 105 * _USAGE_ROWS_A_DAY
    counted = count_once(rows, services.overlaps).counted
    period = Period("4w", _TODAY - timedelta(days=28), _TODAY - timedelta(days=1))
    known_from = _TODAY - timedelta(days=365)
    assert person_outcomes(items, counted, links, period, _TODAY, known_from, marks).counts


def _place(services: Services) -> None:
    with services.database.reading() as session:
        items = finished.items_of(session, ["acme/big"], _TODAY - timedelta(days=365), _TODAY)
    assert len(items) == _A_YEAR
    assert place_outcomes(items, _TODAY, _TODAY, _TODAY - timedelta(days=365)).kinds


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<95} {row.figure:>12}   {row.bar}")
