"""The log in both databases: appended at once from anywhere, sealed once, provable for good."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, delete, select

from bot.domain.chain import EXPORT, FIGURE, Entry
from storage import access_log
from storage.engine import Database, open_database
from storage.tables import AccessDay, AccessEntry
from tests.cast import T0, TODAY
from tests.threads import at_once

DAY = timedelta(days=1)


def note(database: Database, entry: Entry, back: int = 0) -> None:
    database.writing(lambda session: access_log.note(session, entry, T0 - back * DAY))


def mark(database: Database, day: date = TODAY) -> str:
    with database.reading() as session:
        return access_log.mark_of_day(session, day)


def broken(database: Database) -> tuple[date, str] | None:
    with database.reading() as session:
        return access_log.verify(session)


def seal(database: Database, today: date = TODAY) -> int:
    return database.writing(lambda session: access_log.seal(session, today))


def test_todays_mark_changes_with_every_row_and_is_the_same_once_sealed(database: Database) -> None:
    marks = [mark(database)]
    note(database, Entry(FIGURE, "group/Engineering", "37"), back=3)
    for person in (1, 2):
        note(database, Entry(EXPORT, person_id=person))
        marks.append(mark(database))
    before = mark(database, TODAY - DAY)

    assert seal(database, TODAY + DAY) == 4
    assert seal(database, TODAY + DAY) == 0
    assert len(set(marks)) == 3
    assert mark(database) == marks[-1]
    assert mark(database, TODAY - DAY) == before
    assert broken(database) is None


def test_what_is_noted_late_goes_to_the_first_day_that_is_not_sealed(database: Database) -> None:
    note(database, Entry(EXPORT, person_id=1), back=1)
    seal(database)
    final = mark(database, TODAY - DAY)
    note(database, Entry(EXPORT, person_id=2), back=1)

    with database.reading() as session:
        assert [row.day for row in access_log.entries_about(session, 2)] == [TODAY]
    assert mark(database, TODAY - DAY) == final
    assert broken(database) is None


def test_two_replicas_write_and_seal_at_once_and_the_chain_holds(database: Database, database_url: str) -> None:
    other = open_database(database_url)
    note(database, Entry(EXPORT, person_id=99), back=2)

    def work(number: int) -> int:
        replica = (database, other)[number % 2]
        if number % 4 == 3:
            return seal(replica)
        note(replica, Entry(EXPORT, person_id=number))
        return 0

    try:
        sealed = at_once(12, work)
    finally:
        other.dispose()
    with database.reading() as session:
        rows = session.exec(select(AccessEntry).where(AccessEntry.day == TODAY)).all()

    assert sum(sealed) == 2
    assert {row.person_id for row in rows} == {number for number in range(12) if number % 4 != 3}
    assert broken(database) is None


def test_the_marks_of_days_that_are_over_stay_to_be_compared(database: Database) -> None:
    with database.reading() as session:
        assert access_log.last_sealed(session) is None
    note(database, Entry(EXPORT, person_id=1), back=2)
    seal(database)
    before = [(day, mark(database, day)) for day in (TODAY - DAY, TODAY - 2 * DAY)]
    note(database, Entry(EXPORT, person_id=2))

    with database.reading() as session:
        assert access_log.sealed_marks(session) == before
        assert access_log.last_sealed(session) == before[0]


def test_deleting_keeps_the_hash_and_nothing_else(database: Database) -> None:
    note(database, Entry(EXPORT, person_id=1), back=2)
    note(database, Entry(EXPORT, person_id=2), back=1)
    note(database, Entry(FIGURE, "group/Engineering", "37", readers="x", policy_mark="y"))
    seal(database)
    marks = [mark(database, TODAY - back * DAY) for back in range(3)]

    database.writing(lambda session: access_log.drop_content_about(session, 2))
    database.writing(lambda session: access_log.drop_content_before(session, TODAY - DAY))

    with database.reading() as session:
        emptied = session.exec(select(AccessEntry).where(AccessEntry.salt == b"")).all()
        assert access_log.entries_about(session, 2) == access_log.entries_about(session, 1) == []
        assert len(access_log.entries_of(session, [FIGURE])) == 1
    assert len(emptied) == 2
    assert {(row.kind, row.cell, row.period, row.person_id, row.readers, row.policy_mark) for row in emptied} == {
        ("", "", "", None, "", "")
    }
    assert [mark(database, TODAY - back * DAY) for back in range(3)] == marks
    assert broken(database) is None


@pytest.mark.parametrize("tampering", ["content", "row", "day", "hash"])
def test_whatever_is_tampered_with_is_found_with_its_day(database: Database, tampering: str) -> None:
    for back in (3, 2, 1):
        note(database, Entry(FIGURE, f"group/{back}", "37"), back=back)
    seal(database)
    day = TODAY - 2 * DAY

    def tamper(session: Session) -> None:
        statements = {
            "content": update(AccessEntry).where(col(AccessEntry.day) == day).values(readers="nobody"),
            "row": delete(AccessEntry).where(col(AccessEntry.day) == day),
            "day": delete(AccessDay).where(col(AccessDay.day) == day),
            "hash": update(AccessDay).where(col(AccessDay.day) == day).values(day_hash=bytes(32)),
        }
        session.connection().execute(statements[tampering])

    database.writing(tamper)

    what = {"content": "row", "row": "hash", "day": "missing", "hash": "hash"}[tampering]
    assert broken(database) == (day, what)
