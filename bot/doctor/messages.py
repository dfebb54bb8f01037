"""The messages that the bot sends on its own: what did not go out lately, and what waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.views import doctor_messages as views
from bot.views.doctor import Line
from storage.engine import Database
from storage.undelivered import undelivered_since, waiting_since

_DAYS: Final = 7


def message_lines(database: Database, now: datetime) -> Iterator[Line]:
    """Yield how many messages were skipped or given up in the last week and why, and since when the oldest waits."""
    with database.reading() as session:
        undelivered = undelivered_since(session, now - timedelta(days=_DAYS))
        since = waiting_since(session, now)
    yield from views.undelivered(undelivered, _DAYS)
    if since is not None:
        yield views.waiting(now - since)
