"""How the database is opened, read and written: one place for both engines' habits."""

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import Session

from bot.errors import ConfigError
from storage.failures import ConflictError, plain_errors
from storage.lost_files import notice_replacement, refuse_lost

T = TypeVar("T")

# How long a statement waits for another writer before the person is asked to try again.
BUSY_SECONDS: Final = 5.0
_SQLITE: Final = "sqlite"
# At most, before a unit of work that lost against another transaction starts over.
_PAUSES_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5, 0.5)


class Database:
    """Reads and writes through one engine; safe to share between threads.

    A write is a unit of work that may be run again: after a deadlock or a serialization failure it
    starts over, so it must do nothing but write to the database.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # PostgreSQL's default loses updates silently: of two who read, then write, the second wins.
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self.writer = engine.execution_options(worthwhile_writes=True, **level)
        self._adder = engine.execution_options(worthwhile_writes=True)

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
        return _in_one_transaction(self.writer, work)

    def adding(self, work: Callable[[Session], T]) -> T:
        """Run *work* as `writing` does, where it changes rows only by inserting and adding to them.

        What it writes must not hang on what it read before. Then rivals for the same rows wait for
        each other instead of starting over, which pays where many add to the same sums.
        """
        return _in_one_transaction(self._adder, work)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _in_one_transaction(engine: Engine, work: Callable[[Session], T]) -> T:
    for pause in _PAUSES_SECONDS:
        try:
            return _write(engine, work)
        except ConflictError:
            time.sleep(pause * random.random())  # noqa: S311  # so that two do not meet again
    return _write(engine, work)


def _write(engine: Engine, work: Callable[[Session], T]) -> T:
    with plain_errors(), Session(engine) as session:
        result = work(session)
        session.commit()
        return result


def open_database(url: str, *, pool_size: int = 64, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open the database at *url*; raises ConfigError when the URL is not one of SQLite or PostgreSQL.

    A statement waits up to *busy_seconds* for another writer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError("DATABASE_URL is not a database URL: sqlite:///FILE or postgresql+psycopg://...") from None
    if parsed.get_backend_name() == _SQLITE and parsed.database in {None, "", ":memory:"}:
        raise ConfigError("DATABASE_URL names no file: sqlite:///data/worthwhile.db, for example.")
    if parsed.get_backend_name() == _SQLITE:
        return Database(_open_sqlite(url, parsed.database, busy_seconds))
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        return Database(_open_postgresql(url, pool_size, busy_seconds))
    raise ConfigError(
        f"DATABASE_URL: {parsed.drivername} is not supported; use sqlite:///FILE or postgresql+psycopg://..."
    )


def _open_postgresql(url: str, pool_size: int, busy_seconds: float) -> Engine:
    from storage.postgresql import give_up_silence  # loads the driver, some megabytes that SQLite needs not

    try:
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=busy_seconds,
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, int(busy_seconds))},  # below 2 it is not kept to
        )
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"DATABASE_URL cannot be used: {error}") from None

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(busy_seconds * 1000)}")
        connection.commit()

    give_up_silence(engine, busy_seconds)
    event.listen(engine, "connect", prepare)
    return engine


def _make_private(path: Path) -> None:
    """Make the file, and a folder that is missing, for the bot's own user alone; SQLite's other files follow."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATABASE_URL: the folder of {path} cannot be made: {error.strerror}") from None
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise ConfigError(f"DATABASE_URL: the file {path} cannot be made: {error.strerror}") from None


def _open_sqlite(url: str, path: str | None, busy_seconds: float) -> Engine:
    if path:
        refuse_lost(Path(path))
        _make_private(Path(path))
    engine = create_engine(
        url,
        pool_size=70,
        max_overflow=0,
        pool_timeout=busy_seconds,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )
    event.listen(engine, "connect", partial(_prepare_sqlite, busy_seconds))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _leave_nothing_open)
    if path:
        notice_replacement(engine, Path(path))
    return engine


def _prepare_sqlite(busy_seconds: float, connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN loses updates silently
    _switch_to_wal(connection, time.monotonic() + busy_seconds)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "mmap_size=268435456"):
        connection.execute(f"PRAGMA {pragma}")


def _leave_nothing_open(connection: sqlite3.Connection | None, _record: Any) -> None:
    # A commit that failed may leave its transaction open, which SQLAlchemy takes for closed: it would lock the file.
    if connection is not None and connection.in_transaction:
        connection.rollback()


def _switch_to_wal(connection: sqlite3.Connection, give_up_at: float) -> None:
    # A new file is switched once. SQLite does not wait when two processes do that at the same moment.
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the lock at once: upgrading a read transaction fails without waiting. A reader
    # needs no transaction, one statement is one snapshot.
    if connection.get_execution_options().get("worthwhile_writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
