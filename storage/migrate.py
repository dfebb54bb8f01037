"""Bringing the schema up to date: by `worthwhile db upgrade` and at start, by one replica at a time."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.errors import BusyError, ConfigError
from storage.engine import Database
from storage.failures import ConflictError, plain_errors

MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Versions up to 0.1 committed their claim. One older than this was left behind by a process that died.
_CLAIM_SECONDS: Final = 600
_WAIT_SECONDS: Final = 0.1


def head_revision() -> str:
    """Return the revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise ConfigError("The migrations are missing from this installation.")
    return head


def current_revision(database: Database) -> str | None:
    """Return the database's revision, None when it has no tables yet."""
    with plain_errors(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, *, wait_seconds: float = 120.0) -> str:
    """Migrate to the newest revision and return it; waits while another replica is migrating.

    Raises BusyError when the other replica takes longer than *wait_seconds*.
    """
    _refuse_newer(database)
    give_up_at = time.monotonic() + wait_seconds
    while current_revision(database) != head_revision():
        with suppress(ConflictError):  # of two who begin, one is turned away where transactions are serializable
            if _migrated(database):
                continue
        if time.monotonic() > give_up_at:
            raise BusyError("Another process has been migrating the database for too long; is it still alive?")
        time.sleep(_WAIT_SECONDS)
    return head_revision()


def check(database: Database) -> str:
    """Return the revision; raises ConfigError when it is not the one that this code needs."""
    _refuse_newer(database)
    return _refuse_older(current_revision(database))


def check_running(database: Database) -> None:
    """Raise ConfigError when a process that already runs cannot work with the schema.

    It can with a newer one: a release takes nothing away that the one before it needs.
    """
    current = current_revision(database)
    if current in _known():
        _refuse_older(current)


def _known() -> set[str | None]:
    return {None, *(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())}


def _refuse_older(current: str | None) -> str:
    head = head_revision()
    if current != head:
        raise ConfigError(
            f"The database is at revision {current or 'none'}, this version needs {head}: run `worthwhile db upgrade`."
        )
    return head


def _refuse_newer(database: Database) -> None:
    current = current_revision(database)
    if current not in _known():
        raise ConfigError(
            f"The database is at revision {current}, which this version does not know: it was made by a newer one. "
            "Install that version, or go back to a backup."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _migrated(database: Database) -> bool:
    """Migrate to the newest revision; False, and nothing done, while another process is at it.

    The claim is part of the same transaction: with a process that dies both are gone at once. Each statement
    sees what was committed before it, so whoever waited for the claim sees what the other made.
    """
    _make_claim_table(database)
    # a change of the schema may take as long as it takes
    engine = database.engine.execution_options(worthwhile_writes=True, worthwhile_patience=None)
    with plain_errors(), engine.connect() as connection:
        if not _claimed(connection):
            return False
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("DELETE FROM migration_claim"))
        connection.commit()
    return True


def _claimed(connection: Connection) -> bool:
    now = int(time.time())
    insert = "INSERT INTO migration_claim (one, taken_at) VALUES (1, :now) ON CONFLICT (one) DO NOTHING"
    try:
        with plain_errors():
            connection.execute(text("DELETE FROM migration_claim WHERE taken_at < :old"), {"old": now - _CLAIM_SECONDS})
            return connection.execute(text(insert), {"now": now}).rowcount == 1
    except BusyError as error:
        if _waited_in_vain(error.__cause__):
            return False
        raise


def _waited_in_vain(error: BaseException | None) -> bool:
    """Whether a statement waited for another process for as long as it may."""
    cause = getattr(error, "orig", None)
    lock_timeout = getattr(cause, "sqlstate", None) == "55P03"
    return lock_timeout or getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def _make_claim_table(database: Database) -> None:
    # Not a migration: it has to be there before the first one.
    table = "migration_claim (one INTEGER PRIMARY KEY, taken_at BIGINT NOT NULL)"
    with plain_errors():
        try:
            with database.writer.begin() as connection:
                connection.execute(text(f"CREATE TABLE IF NOT EXISTS {table}"))
        except DBAPIError:  # of two who make it at once, PostgreSQL may tell one that it exists
            if not inspect(database.engine).has_table("migration_claim"):
                raise
