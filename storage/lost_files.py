"""A SQLite file that is gone, or is another one than before: said, never taken for an empty database."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from bot.errors import BusyError, ConfigError

# The secret is made once the database is there, and the log of writes goes when the last connection is closed.
_LEFT_BEHIND: Final = (".secret", "-wal")
_REPLACED: Final = "The database's file was replaced under the running bot. Nothing was stored; restart the bot."


def refuse_lost(path: Path) -> None:
    """Raise ConfigError where the file is missing or empty, and what lies beside it says that it was not."""
    if _size(path):
        return
    for beside in _LEFT_BEHIND:
        if _size(path.with_name(path.name + beside)):
            raise ConfigError(
                f"DATABASE_URL: {path} is missing or empty, but {path.name}{beside} is there: put back a backup, "
                f"or delete {path.name}{beside} to begin with nothing."
            )


def notice_replacement(engine: Engine, path: Path) -> None:
    """Let nothing be read or written once the file is another than when it was opened, as after restoring a backup."""
    opened: list[tuple[int, int]] = []

    def remember(*_: Any) -> None:
        if not opened and (identity := _identity(path)):
            opened.append(identity)

    def compare(*_: Any) -> None:
        if opened and _identity(path) != opened[0]:
            raise BusyError(_REPLACED)

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", compare)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
