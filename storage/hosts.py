"""One host for one SQLite file: write-ahead logs do not work across machines."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, delete, select

from bot.errors import ConfigError
from storage.ids import upsert
from storage.tables import HostSeen

_FRESH: Final = timedelta(minutes=3)


def claim_host(session: Session, host: str, now: datetime) -> None:
    """Note that *host* uses the file; raises ConfigError when another host did within three minutes."""
    query = select(HostSeen).where(HostSeen.host != host, col(HostSeen.seen_at) > now - _FRESH)
    other = session.exec(query).first()
    if other is not None:
        raise ConfigError(
            f"DATABASE_URL: this SQLite file is in use on {other.host}. SQLite works on one host only; "
            "stop the other one, or use PostgreSQL."
        )
    upsert(session, HostSeen, [{"host": host, "seen_at": now}], lambda _, new: {"seen_at": new.seen_at})


def release_host(session: Session, host: str) -> None:
    """Forget that *host* uses the file, so that another may at once."""
    session.exec(delete(HostSeen).where(col(HostSeen.host) == host))
