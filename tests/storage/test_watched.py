"""How queue, sources and alerts stand, on both engines."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from storage import pulls, watched
from storage.choices import ALERT, take_slot
from storage.engine import Database
from storage.ids import new_id, source_id
from storage.planning import plan
from storage.tables import Outbox
from tests.cast import T0

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ended(number: int, state: str, days_ago: int, **more: Any) -> Outbox:
    at = T0 - days_ago * DAY
    row = {"payload": "{}", "attempts": 1, "last_error": "invalid_blocks", **more}
    return Outbox(person_id=number, kind="digest", period="p", state=state, due_at=at, created_at=at, **row)


def test_the_queue_is_what_is_due_and_what_ended_badly_within_a_week(database: Database) -> None:
    def fill(session: Session) -> None:
        plan(session, "digest", "2026-W47", [(1, T0 - HOUR), (2, T0 - 2 * HOUR), (3, T0 + HOUR)], T0)
        session.add_all([ended(4, "dead", 1), ended(5, "dead", 8), ended(6, "skipped", 2), ended(7, "sent", 1)])

    database.writing(fill)
    with database.reading() as session:
        watched.be_quick(session)
        found = watched.queue(session, T0)

    assert found == watched.Queue(2, T0 - 2 * HOUR, {"digest": 1}, {"digest": 1})


def test_of_sources_the_companys_are_told_and_no_machine_of_anybodys(database: Database) -> None:
    def fill(session: Session) -> None:
        ours = source_id(session, "cursor", "company")
        pulls.note_success(session, ours, T0 - DAY)
        pulls.note_failure(session, ours, T0, "Cursor: HTTP 401")
        pulls.note_success(session, source_id(session, "ccusage", "laptop", owner=new_id()), T0)

    database.writing(fill)
    with database.reading() as session:
        found = watched.sources(session)

    assert found == [watched.SourceStands("cursor", "company", T0 - DAY, T0, None, None)]


def test_alerts_are_open_until_their_end_was_told(database: Database) -> None:
    slots = [
        *("look disk 2026-11-17", "look disk 2026-11-18", "over disk 2026-11-17", "look outbox 2026-11-18"),
        *("over outbox 2026-11-18", "look source cursor/a b 2026-11-16", "bill cursor/company 2026-10"),
    ]

    def fill(session: Session) -> None:
        for slot in slots:
            take_slot(session, ALERT, slot, T0)
        take_slot(session, "sync", "look jobs 2026-11-18", T0)

    database.writing(fill)
    with database.reading() as session:
        told = watched.told_of(session, "look", "over")

    assert told == {"disk": date(2026, 11, 18), "source cursor/a b": date(2026, 11, 16)}
