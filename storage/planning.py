"""Planning messages that the bot sends on its own: what is planned already is left as it is."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlmodel import Session

_COLUMNS: Final = (
    "person_id, kind, period, state, owner, attempts, due_at, payload, channel, ts, last_error, created_at, carried_by"
)
_POSTGRESQL: Final = (
    f"INSERT INTO outbox ({_COLUMNS}) "  # noqa: S608  the names above
    "SELECT person_id, %(kind)s, %(period)s, 'planned', '', 0, to_timestamp(due), %(payload)s, %(channel)s, '', '', "
    "%(now)s, '' FROM unnest(%(persons)s::int8[], %(due)s::float8[]) AS these (person_id, due) "
    "ON CONFLICT (person_id, kind, period) DO NOTHING"
)
_SQLITE: Final = (
    f"INSERT INTO outbox ({_COLUMNS}) "  # noqa: S608
    "SELECT value ->> 0, :kind, :period, 'planned', '', 0, value ->> 1, :payload, :channel, '', '', :now, '' "
    "FROM json_each(:these) WHERE true ON CONFLICT (person_id, kind, period) DO NOTHING"
)


def plan(
    session: Session,
    kind: str,
    period: str,
    due: Sequence[tuple[int, datetime]],
    now: datetime,
    *,
    payload: Mapping[str, str] | None = None,
    channel: str = "",
) -> int:
    """Plan a message to each person at their moment; return how many were not planned before.

    *payload* says which message to compose, the same for all, and never holds a figure. A message to a
    channel has person 0. The key makes it one message: a kind and period that was sent is not sent again.
    """
    if not due:
        return 0
    ordered = sorted(due)
    written = json.dumps(dict(payload or {}), sort_keys=True)
    values: dict[str, Any] = {"kind": kind, "period": period, "payload": written, "channel": channel}
    connection = session.connection()
    if session.get_bind().dialect.name == "sqlite":
        text = lru_cache(maxsize=None)(_text)  # of many, thousands are due in the same second
        these = json.dumps([(person, text(at)) for person, at in ordered])
        return connection.exec_driver_sql(_SQLITE, {**values, "these": these, "now": _text(now)}).rowcount
    persons, moments = [person for person, _ in ordered], [at.timestamp() for _, at in ordered]
    return connection.exec_driver_sql(_POSTGRESQL, {**values, "persons": persons, "due": moments, "now": now}).rowcount


def _text(at: datetime) -> str:
    """Return a moment as SQLAlchemy keeps it in SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
