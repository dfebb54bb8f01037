"""Bringing the schema up to date: by `worthwhile db upgrade` and at start, by one replica at a time."""

import time
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import BusyError, ConfigError
from storage.engine import Database
from storage.failures import ConflictError, plain_errors

# A claim older than this was left behind by a process that died; a migration takes seconds.
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
        if _claimed(database):
            try:
                _migrate(database)
            finally:
                _release(database)
        elif time.monotonic() > give_up_at:
            raise BusyError("Another process has been migrating the database for too long; is it still alive?")
        else:
            time.sleep(_WAIT_SECONDS)
    return head_revision()


def check(database: Database) -> str:
    """Return the revision; raises ConfigError when it is not the one that this code needs."""
    _refuse_newer(database)
    current, head = current_revision(database), head_revision()
    if current != head:
        raise ConfigError(
            f"The database is at revision {current or 'none'}, this version needs {head}: run `worthwhile db upgrade`."
        )
    return head


def _refuse_newer(database: Database) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    current = current_revision(database)
    if current is not None and current not in known:
        raise ConfigError(
            f"The database is at revision {current}, which this version does not know: it was made by a newer one. "
            "Install that version, or go back to a backup."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _migrate(database: Database) -> None:
    config = _config()
    with plain_errors(), database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _claimed(database: Database) -> bool:
    now = int(time.time())
    _make_claim_table(database)
    try:
        with plain_errors(), database.writer.begin() as connection:
            connection.execute(text("DELETE FROM migration_claim WHERE taken_at < :old"), {"old": now - _CLAIM_SECONDS})
            connection.execute(text("INSERT INTO migration_claim (one, taken_at) VALUES (1, :now)"), {"now": now})
    except (IntegrityError, ConflictError):
        return False
    return True


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


def _release(database: Database) -> None:
    with plain_errors(), database.writer.begin() as connection:
        connection.execute(text("DELETE FROM migration_claim"))
