"""When the database itself fails: one clear line, and nothing is stored."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlmodel import Session

from bot.domain.usage import MEASURES
from bot.errors import BusyError, ConfigError
from storage import bulk, choices, hosts, people
from storage.engine import Database, open_database
from storage.ids import table_of
from storage.tables import HostSeen, Setting, UsageDay
from tests.cast import ADA, T0, own_account, row, switched_on
from tests.storage.usage_of_people import deliver, usage

DAYS: Final = table_of(UsageDay)
SOON: Final = 0.2


@contextmanager
def opened(url: str, *pragmas: str, pool_size: int = 64) -> Iterator[Database]:
    database = open_database(url, pool_size=pool_size, busy_seconds=SOON)

    def prepare(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(database.engine, "connect", prepare)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def told(words: str) -> Iterator[None]:
    """Expect to be told so, in one line."""
    with pytest.raises((BusyError, ConfigError), match=words) as caught:
        yield
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


def choose(database: Database, value: str = "weekly") -> None:
    database.writing(lambda session: choices.choose(session, 1, "digest", value, T0))


def chosen(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return choices.settings_of(session, 1)


def test_a_locked_file_is_waited_for_and_then_left(sqlite_url: str) -> None:
    with opened(sqlite_url) as database:
        choose(database, "weekly")
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            with told("locked or away. Nothing was stored; try again"):
                choose(database, "none")
            assert time.monotonic() - began < 10, "the person is told soon"
            assert chosen(database) == {"digest": "weekly"}, "readers go on"
            other.execute("COMMIT")
            choose(database, "none")
        finally:
            other.close()

        assert chosen(database) == {"digest": "none"}


def test_a_row_that_another_writer_holds_is_waited_for_and_then_left(postgresql_url: str) -> None:
    with opened(postgresql_url) as database:
        choose(database, "weekly")
        with database.engine.connect() as other:
            other.execute(text("SELECT * FROM setting FOR UPDATE"))
            began = time.monotonic()
            with told("locked or away. Nothing was stored; try again"):
                choose(database, "none")
            assert time.monotonic() - began < 10, "the person is told soon"

        assert chosen(database) == {"digest": "weekly"}


def test_a_file_that_can_only_be_read_is_named_so(sqlite_url: str) -> None:
    with opened(sqlite_url, "query_only = ON") as database:
        with told("can only be read. Nothing was stored"):
            choose(database)
        assert chosen(database) == {}


def test_a_server_that_can_only_be_read_is_named_so(postgresql_url: str) -> None:
    with opened(f"{postgresql_url}&options=-c%20default_transaction_read_only%3Don") as database:
        with told("can only be read. Nothing was stored"):
            choose(database)
        assert chosen(database) == {}


def test_a_full_disk_is_named_so(sqlite_url: str) -> None:
    # SQLite takes a limit below the pages that there are for just those pages
    with opened(sqlite_url, "max_page_count = 1") as database:
        with told("disk of the database is full. Nothing was stored"):
            database.writing(fill)
        assert chosen(database) == {}


def fill(session: Session) -> None:
    for number in range(500):
        choices.choose(session, number, "note", "x" * 500, T0)


def write_in_bulk(session: Session) -> None:
    bulk.put(session, DAYS, [(1, T0.date(), 2, 3, 4, 5, "", 6, *[None] * len(MEASURES), "", 0)])


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda session: people.viewer_of(session, ADA.slack_id), id="reading"),
        pytest.param(lambda session: choices.take_slot(session, "sync", "10:00", T0), id="writing"),
        pytest.param(write_in_bulk, id="in bulk"),
    ],
)
def test_a_database_without_tables_asks_for_the_upgrade(empty_url: str, work: Callable[[Session], Any]) -> None:
    with opened(empty_url) as database:
        with told("no tables yet, or older ones: run `worthwhile db upgrade`"):
            database.writing(work)
        with told("no tables yet"), database.reading() as session:
            people.viewer_of(session, ADA.slack_id)


def test_a_database_with_older_tables_asks_for_the_upgrade(database: Database) -> None:
    database.writing(lambda session: session.connection().execute(text("ALTER TABLE setting DROP COLUMN value")))

    with told("no tables yet, or older ones"):
        choose(database)
    with told("no tables yet, or older ones"):
        chosen(database)


def test_a_server_that_is_away_is_named_so() -> None:
    with opened("postgresql+psycopg://nobody@127.0.0.1:1/worthwhile") as database:
        with told("locked or away"):
            choose(database)
        with told("locked or away"):
            chosen(database)


def test_a_server_that_goes_away_in_the_middle_stores_nothing_and_is_found_again(postgresql_url: str) -> None:
    with opened(postgresql_url) as database:
        ada = switched_on(database)
        own_account(database, ada)

        def work(session: Session) -> None:
            choices.choose(session, 1, "digest", "weekly", T0)
            with database.engine.connect() as other:
                ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                other.execute(text(ends + "AND datname = current_database()"))
            write_in_bulk(session)

        with told("locked or away. Nothing was stored"):
            database.writing(work)
        assert chosen(database) == {}
        deliver(database, ada, [row(requests=1)])
        assert len(usage(database, ada)) == 1


def test_a_file_that_is_no_database_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk.\n" * 200)

    with opened(f"sqlite:///{path}") as database, told("damaged, or is no SQLite file: check DATABASE_URL"):
        chosen(database)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(ConfigError, match=r"DATABASE_URL: the folder of .*data/worthwhile.db cannot be made"):
        open_database(f"sqlite:///{tmp_path}/data/worthwhile.db")


def test_a_pool_without_a_free_connection_says_so(postgresql_url: str) -> None:
    with (
        opened(postgresql_url, pool_size=1) as database,
        database.reading() as session,
    ):
        people.viewer_of(session, ADA.slack_id)
        with told("locked or away"):
            chosen(database)


def test_a_conflict_in_bulk_writing_is_tried_again(postgresql_database: Database) -> None:
    one = (1, T0.date(), 2, 3, 4, 5, "", 6, *[1] * len(MEASURES), "", 0)
    tries = 0

    def overtaken(session: Session) -> None:
        nonlocal tries
        tries += 1
        session.connection().execute(text("SELECT 1 FROM usage_day"))
        if tries == 1:
            postgresql_database.adding(lambda other: bulk.add(other, DAYS, [one]))
        bulk.add(session, DAYS, [one])

    postgresql_database.writing(overtaken)

    with postgresql_database.reading() as session:
        assert session.connection().execute(text("SELECT requests FROM usage_day")).scalar_one() == 2
    assert tries == 2


def test_a_conflict_while_only_reading_is_told_too(postgresql_database: Database) -> None:
    raising = text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with told("busy with other writers"), postgresql_database.reading() as session:
        session.connection().execute(raising)


def test_a_second_host_is_told_in_one_line(sqlite_database: Database) -> None:
    sqlite_database.writing(lambda session: session.add(HostSeen(host="alpha", seen_at=T0)))

    with pytest.raises(ConfigError, match="in use on alpha"):
        sqlite_database.writing(lambda session: hosts.claim_host(session, "beta", T0))


@pytest.mark.parametrize("name", ["disk is full", "a readonly database", "relation 'x' does not exist"])
def test_a_mistake_of_ours_is_never_taken_for_a_failure_of_the_database(database: Database, name: str) -> None:
    for expected in (None, IntegrityError):
        setting = Setting(person_id=1, name=name, value="", changed_at=T0)
        if expected is None:
            database.writing(lambda session, setting=setting: session.add(setting))  # type: ignore[misc]
            continue
        with pytest.raises(expected):
            database.writing(lambda session, setting=setting: session.add(setting))  # type: ignore[misc]


def test_a_statement_that_nobody_understands_is_a_mistake_of_ours(database: Database) -> None:
    with pytest.raises((OperationalError, ProgrammingError), match="syntax"), database.reading() as session:
        session.connection().execute(text("SELEKT 1"))
