"""The database misbehaves: the person reads one plain sentence, the operator one line, and nothing is half done."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url

from bot.playground.local_slack import LocalSlack
from storage.engine import Database
from tests.e2e.figures import days_back
from tests.e2e.harness import Log, Stage, Transport, staged, texts

SORRY = "I can't reach my figures right now; nothing is lost. Try again in a few minutes."


@pytest.fixture(scope="module", params=["http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """How requests arrive does not matter here."""
    each: Transport = request.param
    return each


@contextmanager
def each_connection_says(database: Database, pragma: str) -> Iterator[None]:
    """Let every connection that is taken out of the pool say a pragma first; afterwards all are new."""

    def say(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(database.engine, "checkout", say)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", say)
        database.engine.dispose()


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Let another writer hold the file."""
    path = make_url(str(database.engine.url)).database
    with each_connection_says(database, "busy_timeout=100"):
        other = sqlite3.connect(str(path), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()


@contextmanager
def not_migrated(database: Database) -> Iterator[None]:
    """Let a table be missing, as in a file of an older version."""
    with database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE setting RENAME TO setting_of_old")
        connection.exec_driver_sql("ALTER TABLE slack_user RENAME TO slack_user_of_old")
    try:
        yield
    finally:
        with database.writer.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE setting_of_old RENAME TO setting")
            connection.exec_driver_sql("ALTER TABLE slack_user_of_old RENAME TO slack_user")


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Let nothing be written."""
    with each_connection_says(database, "query_only=ON"):
        yield


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """Let the file not grow; what is free in it is taken first."""
    with each_connection_says(database, "max_page_count=1"):
        yield


WRITING_FAILS = {"locked": locked, "read-only": read_only, "not migrated": not_migrated}
REASONS = {
    "locked": "The database is locked or away.",
    "read-only": "The database can only be read.",
    "not migrated": "run `worthwhile db upgrade`",
}


@pytest.mark.parametrize("kind", WRITING_FAILS)
def test_what_cannot_be_written_is_said_and_changes_nothing(stage: Stage, log: Log, kind: str) -> None:
    user, on = stage.newcomer(), stage.someone_on()
    first, asked = stage.ask(user), stage.ask(on, "forget")
    with WRITING_FAILS[kind](stage.services.database):
        answers = [stage.ask(on, "budget $5"), stage.press(user, first, "Switch it on"), stage.ask(on, "pause")]
        answers.append(stage.press(on, asked, "Erase everything"))
    said = log.events("warning")

    assert [SORRY in texts(answer) for answer in answers] == [True] * 4
    assert [event["event"] for event in said] == ["database_away"] * 4
    assert all(REASONS[kind] in event["reason"] for event in said)
    assert len([line for line in log.text.splitlines() if line.strip()]) == 4
    assert stage.viewer(user) is None
    assert "*No budget set.*" in texts(stage.ask(on, "budget"))
    assert "*Collecting*\non" in texts(stage.ask(on, "privacy"))


@pytest.mark.parametrize("kind", ["locked", "read-only"])
def test_reading_goes_on_where_only_writing_fails(stage: Stage, kind: str) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))
    with WRITING_FAILS[kind](stage.services.database):
        answer = stage.ask(user)

    assert "*$37.80 at list price*" in texts(answer)


@pytest.mark.parametrize("kind", WRITING_FAILS)
def test_a_file_that_cannot_be_stored_is_to_be_sent_again(stage: Stage, log: Log, kind: str) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    with WRITING_FAILS[kind](stage.services.database):
        failed = stage.send_ccusage(token, days_back(1, 28))
    nothing = texts(stage.ask(user))

    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "5")
    assert "Nothing was stored" in failed.text or "db upgrade" in failed.text
    assert "Connected to nothing yet." in nothing
    assert stage.send_ccusage(token, days_back(1, 28)).status_code == 200
    assert "*$37.80 at list price*" in texts(stage.ask(user))
    assert "Traceback" not in log.text


def test_on_a_full_disk_nothing_is_half_stored_and_people_are_told(stage: Stage, log: Log) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    with full_disk(stage.services.database):
        failed = stage.send_ccusage(token, days_back(1, 100))
        people = [stage.newcomer() for _ in range(100)]
        answers = [stage.press(person, stage.ask(person), "Switch it on") for person in people]
    refused = [person for person, answer in zip(people, answers, strict=True) if SORRY in texts(answer)]

    assert failed.status_code == 503
    assert "The disk of the database is full." in failed.text
    assert refused
    assert not [person for person in refused if stage.viewer(person)]
    assert "Connected to nothing yet." in texts(stage.ask(user))
    assert "Traceback" not in log.text
    assert "It's on." in texts(stage.press(refused[0], stage.ask(refused[0]), "Switch it on"))


def test_a_database_that_is_damaged_is_said_too(new_database: Callable[[], str], log: Log) -> None:
    url = new_database()
    with staged(LocalSlack(), url, "http") as stage:
        user = stage.someone_on()
        stage.services.database.dispose()
        path = Path(str(make_url(url).database))
        for part in path.parent.glob(f"{path.name}*"):
            part.write_bytes(b"no database at all " * 4096)
        answer = stage.ask(user, "budget $5")
        stage.services.database.dispose()

    assert SORRY in texts(answer)
    assert "Traceback" not in log.text


@contextmanager
def away(url: str) -> Iterator[None]:
    """Take a PostgreSQL database away, as a restart does: everybody is thrown out, nobody gets in."""
    name = sql.Identifier(str(make_url(url).database))
    admin_url = make_url(url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (make_url(url).database,)
        )
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def test_while_postgresql_is_away_people_read_a_sentence_and_afterwards_their_figures(
    postgresql_url: str, log: Log
) -> None:
    with staged(LocalSlack(), postgresql_url, "socket") as stage:
        user = stage.someone_on()
        token = stage.token_of(user)
        stage.send_ccusage(token, days_back(1, 28))
        with away(postgresql_url):
            answers = [stage.ask(user), stage.ask(user, "budget $5")]
            failed = stage.send_ccusage(token, days_back(1, 2))
            ready = httpx2.get(f"{stage.services.web_url}/readyz", timeout=20)
        again = stage.ask(user)

        assert [SORRY in texts(answer) for answer in answers] == [True, True]
        assert [event["event"] for event in log.events("warning")] == ["database_away"] * 2
        assert failed.status_code == 503
        assert "*$37.80 at list price*" in texts(again)
        assert "*No budget set.*" in texts(stage.ask(user, "budget"))
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert "Traceback" not in log.text
