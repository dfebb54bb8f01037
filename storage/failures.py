"""What people are told when the database itself fails: one line, and that nothing was stored."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import BusyError

_AWAY: Final = "The database is locked or away. Nothing was stored; try again in a moment."
_BUSY: Final = "The database is busy with other writers. Nothing was stored; try again in a moment."
_NO_TABLES: Final = "The database has no tables yet, or older ones: run `worthwhile db upgrade`."
_FULL: Final = "The disk of the database is full. Nothing was stored; free some space and try again."
_READ_ONLY: Final = "The database can only be read. Nothing was stored; check the file's owner and the disk."
_NOT_OPEN: Final = "The database's file cannot be opened. Nothing was stored; check the file and its folder."
_DISK: Final = "The disk of the database fails. Nothing was stored; look into the log of the machine."
_DAMAGED: Final = "The database is damaged, or is no SQLite file: check DATABASE_URL, or go back to a backup."

# What each engine calls it: PostgreSQL's SQLSTATE, the first two words of SQLite's error name.
_LINES: Final = {
    "42P01": _NO_TABLES,
    "42703": _NO_TABLES,
    "53100": _FULL,
    "SQLITE_FULL": _FULL,
    "25006": _READ_ONLY,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": _NOT_OPEN,
    "SQLITE_IOERR": _DISK,
    "58030": _DISK,
    "XX001": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
_SQLITE_NO_TABLES: Final = ("no such table", "no such column", "has no column named")
_CONFLICTS: Final = frozenset({"40001", "40P01"})


class ConflictError(BusyError):
    """Another transaction won; a unit of work starts over."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a failure of the database into a BusyError; mistakes of ours stay as they are."""
    try:
        yield
    except _database_errors() as error:
        failure = _failure(error)
        if failure is None:
            raise
        raise failure from error
    except PoolTimeoutError as error:
        raise BusyError(_AWAY) from error


def _database_errors() -> tuple[type[Exception], ...]:
    """Return SQLAlchemy's, and the driver's own: bulk writing uses it directly."""
    return DBAPIError, *_of_the_driver("Error")


def _of_the_driver(name: str) -> tuple[type[Exception], ...]:
    """Return PostgreSQL's errors of that name; with SQLite its driver, some megabytes, is never loaded."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else (getattr(driver, name),)


def _failure(error: Exception) -> BusyError | None:
    cause: BaseException | None = error
    disconnected = False
    if isinstance(error, DBAPIError):
        cause, disconnected = error.orig, error.connection_invalidated
    if getattr(cause, "sqlstate", None) in _CONFLICTS:
        return ConflictError(_BUSY)
    line = _LINES.get(_name(cause))
    if line is None and (disconnected or _is_away(cause)):
        line = _AWAY
    return None if line is None else BusyError(line)


def _name(cause: BaseException | None) -> str:
    if not isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlstate", None) or ""
    name = getattr(cause, "sqlite_errorname", "")
    if name == "SQLITE_ERROR" and any(words in str(cause) for words in _SQLITE_NO_TABLES):
        return "42P01"
    return "_".join(name.split("_")[:2])


def _is_away(cause: BaseException | None) -> bool:
    """Whether the database could not be reached; a statement that it cannot understand is our mistake."""
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorname", "SQLITE_ERROR") != "SQLITE_ERROR"
    return isinstance(cause, _of_the_driver("OperationalError"))
