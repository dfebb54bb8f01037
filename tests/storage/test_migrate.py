"""Migrations: every replica may run them, one does; from every released schema, with rows in it; killed or not."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlmodel import SQLModel

from bot.errors import BusyError, ConfigError
from storage import migrate
from storage.engine import Database, open_database
from tests.postgresql import PostgreSQL
from tests.storage.filled import ROWS, Rows, bring_to, fill, kept, rows_by_table
from tests.threads import at_once

ROOT: Final = Path(__file__).parents[2]
UPGRADE: Final = """
import sys
from storage import migrate
from storage.engine import open_database

database = open_database(sys.argv[1])
sys.stdin.readline()
print(migrate.upgrade(database))
database.dispose()
"""
# Dies at the statement with this number, counted from the first that changes what is defined.
KILLED: Final = """
import os, re, signal, sys
from itertools import count
from sqlalchemy import event
from storage import migrate
from storage.engine import open_database

database, numbers, last = open_database(sys.argv[1]), count(1), int(sys.argv[2])

@event.listens_for(database.engine, "after_cursor_execute")
def look(_connection, _cursor, statement, *_rest):
    defines = re.match(r"\\s*(CREATE|ALTER|DROP|UPDATE alembic_version)", statement)
    if defines and "migration_claim" not in statement and next(numbers) == last:
        os.kill(os.getpid(), signal.SIGKILL)

migrate.upgrade(database)
"""
HALF_WAY: Final = "12"
RELEASED: Final = [script.revision for script in reversed(list(ScriptDirectory(migrate.MIGRATIONS).walk_revisions()))]


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    with opened(empty_url) as database:
        yield database


def claims(database: Database) -> int | None:
    with database.engine.connect() as connection:
        count: int | None = connection.execute(text("SELECT count(*) FROM migration_claim")).scalar()
        return count


def claim(database: Database, taken_at: float) -> None:
    with database.writer.begin() as connection:
        connection.execute(text("CREATE TABLE migration_claim (one INTEGER PRIMARY KEY, taken_at BIGINT NOT NULL)"))
        connection.execute(text("INSERT INTO migration_claim VALUES (1, :at)"), {"at": int(taken_at)})


def test_an_empty_database_is_brought_to_the_newest_revision(empty: Database) -> None:
    assert migrate.current_revision(empty) is None
    assert migrate.upgrade(empty) == migrate.head_revision() == migrate.current_revision(empty)
    assert migrate.check(empty) == migrate.head_revision()
    assert claims(empty) == 0


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    before = inspect(empty.engine).get_table_names()

    assert migrate.upgrade(empty) == migrate.head_revision()
    assert inspect(empty.engine).get_table_names() == before


def test_a_database_that_was_not_upgraded_is_named_with_what_to_do(empty: Database) -> None:
    with pytest.raises(ConfigError, match=r"at revision none, this version needs .*: run `worthwhile db upgrade`"):
        migrate.check(empty)


def test_a_database_of_a_newer_version_is_left_alone_and_named(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))

    for refused in (migrate.upgrade, migrate.check):
        with pytest.raises(ConfigError, match="at revision r9999, which this version does not know"):
            refused(empty)


def test_four_threads_that_migrate_at_once_all_end_at_the_newest(empty_url: str) -> None:
    def upgrade(_: int) -> str:
        with opened(empty_url) as database:
            return migrate.upgrade(database)

    assert at_once(4, upgrade) == [migrate.head_revision()] * 4
    with opened(empty_url) as database:
        assert migrate.check(database)
        assert claims(database) == 0


def test_whoever_makes_the_table_of_claims_a_moment_later_goes_on(postgresql: PostgreSQL) -> None:
    with postgresql.empty() as url, opened(url) as first, opened(url) as second, ThreadPoolExecutor(1) as pool:
        with first.engine.begin() as connection:
            connection.execute(text("CREATE TABLE migration_claim (one INTEGER PRIMARY KEY, taken_at BIGINT NOT NULL)"))
            upgraded = pool.submit(migrate.upgrade, second)
            time.sleep(0.3)  # by now it waits for our table
        assert upgraded.result(timeout=30) == migrate.head_revision()


def test_from_every_released_schema_each_row_comes_along_and_can_be_read(empty: Database) -> None:
    """Each table is filled at the revision that made it, and taken through every later one."""
    before: Rows = {}
    for revision in RELEASED:
        bring_to(empty, revision)
        before |= fill(empty)
    migrate.upgrade(empty)

    assert kept(before, rows_by_table(empty)) == before
    with empty.reading() as session:
        for name, table in SQLModel.metadata.tables.items():
            assert len(session.connection().execute(select(table)).all()) == ROWS, name


def test_a_migration_that_is_killed_leaves_what_was_there_and_the_next_one_succeeds_at_once(
    empty: Database, empty_url: str
) -> None:
    bring_to(empty, RELEASED[3])
    fill(empty)
    before = rows_by_table(empty)
    empty.dispose()

    killed = subprocess.run([sys.executable, "-c", KILLED, empty_url, HALF_WAY], cwd=ROOT, capture_output=True)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert migrate.current_revision(empty) == RELEASED[3]
    assert rows_by_table(empty) == before
    assert migrate.upgrade(empty, wait_seconds=5) == migrate.head_revision()
    assert kept(before, rows_by_table(empty)) == before


def test_two_processes_that_migrate_at_once_both_end_at_the_newest(empty_url: str) -> None:
    with opened(empty_url) as database:
        bring_to(database, RELEASED[4])
        fill(database)
        before = rows_by_table(database)
    command = [sys.executable, "-c", UPGRADE, empty_url]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        ends = [process.communicate(timeout=60) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()

    assert ends == [(f"{migrate.head_revision()}\n", "")] * 2
    with opened(empty_url) as database:
        assert migrate.check(database)
        assert kept(before, rows_by_table(database)) == before


def test_a_claim_of_a_process_that_died_is_taken_over(empty: Database) -> None:
    claim(empty, time.time() - 3_600)

    assert migrate.upgrade(empty, wait_seconds=0.3) == migrate.head_revision()


def test_another_process_that_takes_too_long_is_told(empty: Database) -> None:
    claim(empty, time.time())

    with pytest.raises(BusyError, match="migrating the database for too long"):
        migrate.upgrade(empty, wait_seconds=0.3)
    assert claims(empty) == 1, "the claim of the other stays"


def test_a_migration_that_fails_leaves_no_claim_and_no_tables(empty: Database) -> None:
    with empty.writer.begin() as connection:
        connection.execute(text("CREATE TABLE usage_day (x INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(empty)

    assert claims(empty) == 0
    assert migrate.current_revision(empty) is None
    assert set(inspect(empty.engine).get_table_names()) == {"usage_day", "migration_claim"}
