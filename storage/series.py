"""How far cumulative series of telemetry have counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlmodel import Session

from bot.domain.series import Reached, advanced
from storage.statements import insert_in_parts

_AT_ONCE: Final = 500
_NEW: Final = -1  # in the place of a start: a row that was made to be locked
_INTO: Final = "otel_series (source_id, seen_on, series, started_at, value)"
_BLANK: Final = Reached(_NEW, 0)
_CHANGE: Final = "UPDATE SET started_at = excluded.started_at, value = excluded.value, seen_on = excluded.seen_on"


def advance(session: Session, source_id: int, told: Sequence[tuple[bytes, Reached]], today: date) -> list[int]:
    """Take new values of series in, the earlier first; return what each adds.

    Rivals for the same series wait for each other, so that a value which two bring is added once.
    """
    keys = sorted({series for series, _ in told})
    if session.get_bind().dialect.name != "sqlite":  # there the transaction has the only lock
        _write(session, source_id, dict.fromkeys(keys, _BLANK), today, "NOTHING")
    before = _reached(session, source_id, keys)
    now = {series: reached for series, (reached, _) in before.items()}
    differences = []
    for series, value in told:
        now[series], difference = advanced(now.get(series), value)
        differences.append(difference)
    fresh = {series: reached for series, reached in now.items() if before.get(series) != (reached, today)}
    _write(session, source_id, fresh, today, _CHANGE)
    return differences


def _reached(session: Session, source_id: int, keys: Sequence[bytes]) -> dict[bytes, tuple[Reached, date]]:
    """Return how far series have counted and when that was last seen; lock them where rivals could write."""
    query = "SELECT series, started_at, value, seen_on FROM otel_series WHERE source_id = "
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        found: dict[bytes, tuple[Reached, date]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            rows = connection.exec_driver_sql(f"{query}? AND series IN ({marks})", (source_id, *part))
            found.update((row[0], (Reached(row[1], row[2]), date.fromisoformat(row[3]))) for row in rows)
        return found
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        cursor.execute(f"{query}%s AND series = ANY(%s::bytea[]) ORDER BY series FOR UPDATE", (source_id, list(keys)))
        return {bytes(row[0]): (Reached(row[1], row[2]), row[3]) for row in cursor if row[1] != _NEW}


def _write(session: Session, source_id: int, reached: Mapping[bytes, Reached], today: date, conflict: str) -> None:
    if not reached:
        return
    rows = [(series, reached[series]) for series in sorted(reached)]
    then = f"ON CONFLICT (source_id, series) DO {conflict}"
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        day = today.isoformat()
        told = [(source_id, day, series, state.started_at, state.value) for series, state in rows]
        insert_in_parts(session, _INTO, then, told)
        return
    driver: Any = connection.connection.driver_connection
    starts, values = [state.started_at for _, state in rows], [state.value for _, state in rows]
    with driver.cursor(binary=True) as cursor:
        unnested = "SELECT %s, %s, * FROM unnest(%s::bytea[], %s::bigint[], %s::bigint[])"
        cursor.execute(
            f"INSERT INTO {_INTO} {unnested} {then}", (source_id, today, [series for series, _ in rows], starts, values)
        )
