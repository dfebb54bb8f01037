"""What pushes leave behind: marks of events that were counted, and sums that are added."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from bot.domain.tally import Tally
from bot.domain.usage import STANDARD_TIER
from storage import bulk
from storage.ids import label_ids, table_of
from storage.statements import insert_in_parts
from storage.tables import EventMark, SourceDay, UsageDay

_AT_ONCE: Final = 500
_INTO: Final = "event_mark (source_id, event, content, seen_on)"
_marks: Final = table_of(EventMark)


class UsageKey(NamedTuple):
    """Where a sum goes."""

    account_id: int
    day: date
    tool: str
    model: str
    run_kind: str
    work: str


class SourceKey(NamedTuple):
    """Where a sum over everybody goes."""

    day: date
    model: str
    run_kind: str


def claim(session: Session, source_id: int, marks: Mapping[bytes, int], today: date) -> dict[bytes, int]:
    """Remember events by their marks; return those that were there already, with their content.

    What is not returned belongs to the caller's transaction alone.
    """
    if not marks:
        return {}
    # in the order of the key, which keeps the pages together and two writers from deadlocking
    ordered = {mark: marks[mark] for mark in sorted(marks)}
    if session.get_bind().dialect.name == "sqlite":
        return _claim_sqlite(session, source_id, ordered, today)
    return _claim_postgresql(session, source_id, ordered, today)


def _claim_sqlite(session: Session, source_id: int, marks: Mapping[bytes, int], today: date) -> dict[bytes, int]:
    # The transaction holds the only write lock, so nobody else can take what is found missing. Mostly
    # nothing is known, and then nothing need be looked up.
    trial = session.begin_nested()
    if _insert_sqlite(session, source_id, marks, today) == len(marks):
        trial.commit()
        return {}
    trial.rollback()
    known: dict[bytes, int] = {}
    events = list(marks)
    for start in range(0, len(events), _AT_ONCE):
        query = select(_marks.c.event, _marks.c.content).where(
            _marks.c.source_id == source_id, _marks.c.event.in_(events[start : start + _AT_ONCE])
        )
        known.update((mark, content) for mark, content in session.connection().execute(query).all())
    _insert_sqlite(session, source_id, {mark: marks[mark] for mark in events if mark not in known}, today)
    return known


def _insert_sqlite(session: Session, source_id: int, marks: Mapping[bytes, int], today: date) -> int:
    """Insert the marks that are not there yet; return how many that were."""
    day = today.isoformat()
    rows = [(source_id, mark, content, day) for mark, content in marks.items()]
    return insert_in_parts(session, _INTO, "ON CONFLICT (source_id, event) DO NOTHING", rows)


def _claim_postgresql(session: Session, source_id: int, marks: Mapping[bytes, int], today: date) -> dict[bytes, int]:
    # a rival that inserts the same mark makes this wait; what the rival committed is not returned
    events, contents = list(marks), list(marks.values())
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        cursor.execute(
            "INSERT INTO event_mark (source_id, event, content, seen_on) "
            "SELECT %s, event, content, %s FROM unnest(%s::bytea[], %s::bigint[]) AS new (event, content) "
            "ON CONFLICT (source_id, event) DO NOTHING RETURNING event",
            (source_id, today, events, contents),
        )
        claimed = {bytes(event) for (event,) in cursor}
        known = [event for event in events if event not in claimed]
        if not known:
            return {}
        cursor.execute(
            "SELECT event, content FROM event_mark WHERE source_id = %s AND event = ANY(%s::bytea[])",
            (source_id, known),
        )
        return {bytes(event): content for event, content in cursor}


def add_usage(session: Session, source_id: int, sums: Mapping[UsageKey, Tally], *, pieces: bool = False) -> None:
    """Add sums of one source to the accounts' days; of *pieces* None says nothing."""
    tools, models, kinds = (
        label_ids(session, kind, {getattr(key, kind) for key in sums}) for kind in ("tool", "model", "run_kind")
    )
    tier = label_ids(session, "tier", {STANDARD_TIER})[STANDARD_TIER]
    rows = [
        (
            key.account_id,
            key.day,
            source_id,
            tools[key.tool],
            models[key.model],
            kinds[key.run_kind],
            key.work,
            tier,
            *total.values,
            total.by,
            total.partly,
        )
        for key, total in sums.items()
    ]
    (bulk.join if pieces else bulk.add)(session, table_of(UsageDay), rows)


def add_over_everybody(
    session: Session, source_id: int, sums: Mapping[SourceKey, Tally], *, pieces: bool = False
) -> None:
    """Add sums of a company's source to its sums over everybody; of *pieces* None says nothing."""
    models, kinds = (label_ids(session, kind, {getattr(key, kind) for key in sums}) for kind in ("model", "run_kind"))
    rows = [
        (source_id, key.day, models[key.model], kinds[key.run_kind], *total.values, total.by, total.partly)
        for key, total in sums.items()
    ]
    (bulk.join if pieces else bulk.add)(session, table_of(SourceDay), rows)
