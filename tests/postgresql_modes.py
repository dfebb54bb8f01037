"""PostgreSQL as a distributed one would behave: large tables in shards, or every transaction serializable.

`make test-partitioned` and `make test-serializable` set the switch; without it PostgreSQL is as it comes.
"""

import os
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, event

from tests.statements import owner_of, sharded_tables

SWITCH: Final = "WORTHWHILE_TEST_POSTGRESQL"
# Read once: tests run without the variables of whoever starts them.
MODE: Final = os.environ.get(SWITCH, "")
PARTITIONED: Final = "partitioned"
SERIALIZABLE: Final = "serializable"
SHARDS: Final = 4
# Tests of what is otherwise in a mode, by the beginning of their name.
_OTHERWISE: Final = {
    PARTITIONED: ("test_what_was_backed_up_while_",),  # the shards have a schema of their own, in a restore's way
    SERIALIZABLE: ("test_many_who_add_to_one_row_wait_for_each_other",),  # they start over, and add up all the same
}
_ENGINES: Final = {"postgresql", "postgresql_url", "postgresql_database"}


def settings_of(mode: str) -> str:
    """Return what the server's configuration says in *mode*."""
    return "default_transaction_isolation = serializable\n" if mode == SERIALIZABLE else ""


def split(url: str) -> None:
    """Make every sharded table of the database at *url* anew in partitions by hash; they must be empty.

    The partitions lie in a schema of their own, so that whoever lists tables finds those that there were.
    """
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
        session.execute("CREATE SCHEMA shards")
        for table in sharded_tables():
            with session.transaction():
                _split(session, table)


def _split(session: psycopg.Connection, table: Table) -> None:
    name, key = sql.Identifier(table.name), _constraint(session, table)
    indexes = _indexes(session, table)
    again = sql.Identifier(f"{table.name}_again")
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key)
    owner = sql.Identifier(owner_of(table) or "")
    session.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH ({})").format(
        again, name, owner
    ))  # fmt: skip
    session.execute(sql.SQL("DROP TABLE {}").format(name))
    session.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(again, name))
    session.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({})").format(name, key, columns))
    for index in indexes:
        session.execute(index.encode())  # a unique one without the owner is refused here
    for number in range(SHARDS):
        part = sql.Identifier("shards", f"{table.name}_{number}")
        of = sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES WITH (MODULUS {}, REMAINDER {})")
        session.execute(of.format(part, name, sql.Literal(SHARDS), sql.Literal(number)))


def _constraint(session: psycopg.Connection, table: Table) -> sql.Identifier:
    query = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'"
    ((name,),) = session.execute(query, (table.name,)).fetchall()
    return sql.Identifier(name)


def _indexes(session: psycopg.Connection, table: Table) -> list[str]:
    query = (
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = %s::regclass AND NOT indisprimary ORDER BY indexrelid"
    )
    return [definition for (definition,) in session.execute(query, (table.name,)).fetchall()]


def pytest_configure() -> None:
    """Have every transaction of this process serializable, also those that ask for less."""
    if MODE not in {"", PARTITIONED, SERIALIZABLE}:
        raise pytest.UsageError(f"{SWITCH} is {PARTITIONED} or {SERIALIZABLE}, not {MODE}")
    if MODE == SERIALIZABLE:
        event.listen(Engine, "begin", make_serializable)


def make_serializable(connection: Connection) -> None:
    """Raise the transaction that begins on *connection*, whatever it asked for."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run, with the switch, the tests that use PostgreSQL and no others."""
    if MODE:
        config.hook.pytest_deselected(items=[item for item in items if not _fits(item)])
        items[:] = [item for item in items if _fits(item)]


def _fits(item: Any) -> bool:
    """Whether a test uses PostgreSQL, and is not about what the mode changes."""
    if item.name.startswith(_OTHERWISE.get(MODE, ())):
        return False
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return bool(_ENGINES & set(item.fixturenames)) or "postgresql" in values
