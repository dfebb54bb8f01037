"""What the tests themselves promise: they stay on this machine and take nobody's settings along."""

import os
import socket
from pathlib import Path

import psycopg
import pytest
from sqlmodel import col, select

from bot.config import load_settings
from storage.engine import open_database
from storage.migrate import head_revision
from storage.tables import Person
from tests.cast import switched_on
from tests.conftest import OutsideError
from tests.postgresql import PostgreSQL


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_test_can_connect_to_another_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outside:
        outside.settimeout(0.1)
        with pytest.raises(OutsideError):
            outside.connect((address, 9))


def test_no_test_can_ask_for_the_address_of_another_machine() -> None:
    with pytest.raises(OutsideError):
        socket.getaddrinfo("worthwhile.example", 443)


def test_a_test_can_talk_to_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as connection,
    ):
        taken, _ = server.accept()
        with taken:
            connection.sendall(b"hello")
            assert taken.recv(5, socket.MSG_WAITALL) == b"hello"


def test_tests_run_in_an_empty_folder_with_the_default_settings() -> None:
    assert list(Path.cwd().iterdir()) == []
    assert not [name for name in os.environ if name.startswith(("SLACK_", "WORTHWHILE_", "DATABASE_"))]
    assert load_settings().transport == "none"


def test_a_database_that_was_used_before_is_like_a_newly_migrated_one(postgresql: PostgreSQL) -> None:
    with postgresql.migrated() as first:
        before = open_database(first)
        switched_on(before)
        left_open = before.engine.connect()  # a test may fail to close what it opened
        with psycopg.connect(_plain(first), autocommit=True) as raw:
            raw.execute("UPDATE alembic_version SET version_num = 'another'")
    with postgresql.migrated() as again:
        database = open_database(again)
        with database.reading() as session:
            stored = session.exec(select(col(Person.id))).all()
            revision = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        database.dispose()
    left_open.invalidate()
    before.dispose()

    assert again == first
    assert (stored, revision) == ([], head_revision())


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE setting",
        "ALTER TABLE setting ADD COLUMN more text",
        "ALTER TABLE setting RENAME COLUMN value TO worth",
        "CREATE INDEX more ON setting (value)",
    ],
)
def test_a_database_in_which_a_table_was_altered_serves_no_other_test(postgresql: PostgreSQL, statement: str) -> None:
    with postgresql.migrated() as first, psycopg.connect(_plain(first), autocommit=True) as raw:
        raw.execute(statement)
    with postgresql.migrated() as again:
        assert again != first


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
