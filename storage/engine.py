"""How the database is opened, read and written: one place for both engines' habits."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from bot.errors import BusyError, ConfigError

T = TypeVar("T")

# How long a statement waits for another writer before the person is asked to try again.
BUSY_SECONDS: Final = 5.0
_SQLITE: Final = "sqlite"
_RETRY_SQLSTATES: Final = frozenset({"40001", "40P01"})
_ATTEMPTS: Final = 6
_AWAY: Final = "The database is locked or away. Nothing was stored; try again in a moment."


class Database:
    """Reads and writes through one engine; safe to share between threads.

    A write is a unit of work that may be run again: after a deadlock or a serialization failure it
    starts over, so it must do nothing but write to the database.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.writer = engine.execution_options(worthwhile_writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the engine is SQLite."""
        return self.engine.dialect.name == _SQLITE

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads."""
        with plain_errors(), Session(self.engine, autoflush=False) as session:
            yield session

    def writing(self, work: Callable[[Session], T]) -> T:
        """Run *work* in one transaction and return what it returns; all of it is kept or none.

        Raises BusyError when the database is locked or away.
        """
        for attempt in range(_ATTEMPTS):
            try:
                with plain_errors(), Session(self.writer) as session:
                    result = work(session)
                    session.commit()
                    return result
            except _ConflictError:
                time.sleep(0.01 * 2**attempt)
        raise BusyError("The database is busy with other writers. Nothing was stored; try again.")

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class _ConflictError(Exception):
    """Another transaction won; the unit of work starts over."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the driver's errors into ours: what happened, and that nothing was stored."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _RETRY_SQLSTATES:
            raise _ConflictError from error
        message = _operator_line(error)
        if message is None:
            raise
        raise BusyError(message) from error
    except PoolTimeoutError as error:
        raise BusyError(_AWAY) from error


def _operator_line(error: DBAPIError) -> str | None:
    """Return one line for a failure of the database itself, None for a mistake of ours."""
    text = str(error.orig).lower()
    if "no such table" in text or ('relation "' in text and "does not exist" in text):
        return "The database has no tables yet, or older ones: run `worthwhile db upgrade`."
    if "full" in text or "no space" in text or getattr(error.orig, "sqlstate", None) == "53100":
        return "The disk of the database is full. Nothing was stored; free some space and try again."
    if "readonly" in text or "read-only" in text:
        return "The database can only be read. Nothing was stored; check the file's owner and the disk."
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return _AWAY
    return None


def open_database(url: str, *, pool_size: int = 64) -> Database:
    """Open the database at *url*; raises ConfigError when the URL is not one of SQLite or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            "DATABASE_URL is not a database URL: sqlite:///FILE or postgresql+psycopg://..."
        ) from None
    if parsed.get_backend_name() == _SQLITE:
        return Database(_open_sqlite(url, parsed.database))
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return Database(_open_postgresql(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size))
    raise ConfigError(
        f"DATABASE_URL: {parsed.drivername} is not supported; use sqlite:///FILE or postgresql+psycopg://..."
    )


def _open_postgresql(url: str, pool_size: int) -> Engine:
    try:
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            connect_args={"connect_timeout": int(BUSY_SECONDS)},
        )
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"DATABASE_URL cannot be used: {error}") from None


def _open_sqlite(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"DATABASE_URL: the folder of {path} cannot be made: {error.strerror}"
            ) from None
    engine = create_engine(
        url, pool_size=70, max_overflow=0, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN loses updates silently
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the lock at once: upgrading a read transaction fails without waiting. A reader
    # needs no transaction, one statement is one snapshot.
    if connection.get_execution_options().get("worthwhile_writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
