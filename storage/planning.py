"""Planning messages that the bot sends on its own: what is planned already is left as it is."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel import Session

_COLUMNS: Final = (
    "person_id, kind, period, state, owner, attempts, due_at, payload, channel, ts, last_error, created_at, carried_by"
)
# By moment, for many are due at the same one; in the order of the key, so that no two plans wait for each other.
_POSTGRESQL: Final = (
    f"INSERT INTO outbox ({_COLUMNS}) "  # noqa: S608  the names above
    "SELECT person_id, %(kind)s, %(period)s, 'planned', '', 0, to_timestamp(due), %(payload)s, %(channel)s, '', '', "
    "%(now)s, '' FROM unnest(%(due)s::float8[], %(persons)s::text[]) AS these (due, persons), "
    "unnest(these.persons::int8[]) AS one (person_id) "
    "ORDER BY person_id ON CONFLICT (person_id, kind, period) DO NOTHING"
)
_SQLITE: Final = (
    f"INSERT INTO outbox ({_COLUMNS}) "  # noqa: S608
    "SELECT one.value, :kind, :period, 'planned', '', 0, these.key, :payload, :channel, '', '', :now, '' "
    "FROM json_each(:these) AS these, json_each(these.value) AS one WHERE true "
    "ORDER BY one.value ON CONFLICT (person_id, kind, period) DO NOTHING"
)
_AS_ARRAY: Final = str.maketrans("[]", "{}")


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
    by_moment: defaultdict[datetime, list[int]] = defaultdict(list)
    for person, at in due:
        by_moment[at].append(person)
    written = json.dumps(dict(payload or {}), sort_keys=True)
    values: dict[str, Any] = {"kind": kind, "period": period, "payload": written, "channel": channel}
    connection = session.connection()
    if session.get_bind().dialect.name == "sqlite":
        these = json.dumps({_text(at): persons for at, persons in by_moment.items()})
        return connection.exec_driver_sql(_SQLITE, {**values, "these": these, "now": _text(now)}).rowcount
    # as text: the driver takes half a second to write so many numbers one by one
    persons = [json.dumps(each).translate(_AS_ARRAY) for each in by_moment.values()]
    moments = [at.timestamp() for at in by_moment]
    return connection.exec_driver_sql(_POSTGRESQL, {**values, "persons": persons, "due": moments, "now": now}).rowcount


def _text(at: datetime) -> str:
    """Return a moment as SQLAlchemy keeps it in SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
