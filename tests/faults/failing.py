"""A database of which one call fails: the so-manieth statement, beginning or commit from now on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from storage.engine import Database


class Calls:
    """Counts calls, and lets one of them fail before it does anything."""

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self.made = self._fatal = 0

    @property
    def came(self) -> bool:
        """Return whether the call that fails was reached."""
        return 0 < self._fatal <= self.made

    def fail(self, number: int) -> None:
        """Let the call with this number fail, counted from now on; none for 0."""
        self.made, self._fatal = 0, number

    def count(self, connection: Connection, *_: Any) -> None:
        """Take note of one more call, and let it fail if it is the one."""
        self.made += 1
        if self.made != self._fatal:
            return
        if not self._is_sqlite:
            driver: Any = connection.connection.driver_connection
            driver.close()  # the call itself finds out
            return
        reason = sqlite3.OperationalError("disk I/O error")
        reason.sqlite_errorname = "SQLITE_IOERR"
        raise OperationalError("a call", None, reason)


@contextmanager
def counted(database: Database) -> Iterator[Calls]:
    """Count the calls of *database*, and let one of them fail when that is asked for."""
    calls = Calls(database)
    for name in ("before_cursor_execute", "commit"):
        event.listen(database.engine, name, calls.count)
    try:
        yield calls
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(database.engine, name, calls.count)
