"""What doctor says of the rules in force, and of a log that somebody has laid hands on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, update
from sqlmodel import col, select

from bot.doctor.rules import log_lines, rules_lines
from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import EXPORT, Entry
from bot.domain.released import Released
from bot.jobs import ruling, sealing
from bot.policy import Policy, Sharing
from bot.views.doctor import Line
from storage.access_log import last_sealed, note
from storage.engine import Database
from storage.released import release
from storage.tables import AccessDay, AccessEntry
from tests.cast import T0, TODAY
from tests.promises.answers import services_on

DAY = timedelta(days=1)


def policy(people: int) -> Policy:
    return Policy(sharing=Sharing(min_people=people))


def start(database: Database, file: Policy, days_ago: int) -> None:
    ruling.take_file(replace(services_on(database), policy=file, now=lambda: T0 - days_ago * DAY))


def said(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.state, line.text) for line in lines]


def test_it_says_which_value_waits_until_when(sqlite_database: Database) -> None:
    start(sqlite_database, policy(15), 30)
    start(sqlite_database, policy(12), 4)

    assert said(list(rules_lines(sqlite_database, policy(12), TODAY))) == [
        ("ok", f"in force now: mark {policy(15).mark}"),
        ("warn", "[sharing] min_people is 15 in force; the file's 12 waits until 29 Nov 2026"),
    ]
    assert said(list(rules_lines(sqlite_database, policy(12), TODAY + 10 * DAY))) == [
        ("ok", f"in force now: mark {policy(12).mark}")
    ]


def test_it_says_that_the_bot_has_not_read_the_file_yet(sqlite_database: Database) -> None:
    start(sqlite_database, policy(15), 30)
    lines = list(rules_lines(sqlite_database, policy(12), TODAY))

    assert [line.state for line in lines] == ["warn", "ok", "warn"]
    assert "waits until 3 Dec 2026" in lines[2].text
    assert [state for state, _ in said(list(rules_lines(sqlite_database, policy(15), TODAY)))] == ["ok"]


@pytest.mark.parametrize(
    ("tamper", "text"),
    [
        (lambda: update(AccessEntry).values(person_id=8), "an entry of 18 Nov 2026 is not as it was written"),
        (lambda: delete(AccessEntry), "the entries of 18 Nov 2026 do not give the hash of that day"),
        (lambda: delete(AccessDay).where(col(AccessDay.day) == TODAY), "19 Nov 2026 is missing from the chain"),
        (lambda: update(AccessDay).where(col(AccessDay.day) == TODAY).values(day_hash=bytes(32)), "19 Nov 2026 do not"),
    ],
)
def test_a_log_that_was_tampered_with_fails_with_the_day(
    sqlite_database: Database, tamper: Callable[[], Executable], text: str
) -> None:
    sqlite_database.writing(lambda session: note(session, Entry(EXPORT, person_id=7), T0 - DAY))
    sealing.run(replace(services_on(sqlite_database), now=lambda: T0 + 2 * DAY))
    (sound,) = log_lines(sqlite_database)
    sqlite_database.writing(lambda session: session.connection().execute(tamper()))
    (line,) = log_lines(sqlite_database)

    assert (sound.state, sound.text) == ("ok", "the chain of who could see what is whole up to 20 Nov 2026")
    assert line.state == "fail"
    assert text in line.text


def test_days_that_are_cut_off_the_end_are_noticed_by_the_mark_that_went_out(sqlite_database: Database) -> None:
    """Without it the days would be closed anew, without what was in them, and the chain would be whole."""
    sqlite_database.writing(lambda session: note(session, Entry(EXPORT, person_id=7), T0 - DAY))
    sqlite_database.writing(lambda session: note(session, Entry(EXPORT, person_id=8), T0))
    services = replace(services_on(sqlite_database), now=lambda: T0 + 2 * DAY)
    sealing.run(services)
    with sqlite_database.reading() as session:
        sealed = last_sealed(session)
    figure = Released("group cost X", Block(36), "X", None, "", "", sealed, T0)
    sqlite_database.writing(lambda session: release(session, [figure]))
    (sound,) = log_lines(sqlite_database)
    for row, day in ((AccessDay, AccessDay.day), (AccessEntry, AccessEntry.day)):
        gone = delete(row).where(col(day) >= TODAY)
        sqlite_database.writing(lambda session, gone=gone: session.connection().execute(gone))  # type: ignore[misc]
    sealing.run(services)
    (line,) = log_lines(sqlite_database)

    assert (sound.state, line.state) == ("ok", "fail")
    assert "the mark of 20 Nov 2026 is not the one that went out with a figure" in line.text


def test_it_does_not_say_how_many_entries_there_are(sqlite_database: Database) -> None:
    """With that number, who writes the groups could try whether enough of some people said yes."""
    texts = set()
    for person in (7, 8):
        sqlite_database.writing(lambda session, who=person: note(session, Entry(EXPORT, person_id=who), T0))  # type: ignore[misc]
        texts |= {line.text for line in log_lines(sqlite_database)}

    assert texts == {"the chain of who could see what is whole; no day of it is over yet"}


def test_a_log_whose_content_has_run_its_time_is_sound(sqlite_database: Database) -> None:
    sqlite_database.writing(lambda session: note(session, Entry(EXPORT, person_id=7), T0 - 800 * DAY))
    sealing.run(services_on(sqlite_database))
    (line,) = log_lines(sqlite_database)

    with sqlite_database.reading() as session:
        assert [row.person_id for row in session.exec(select(AccessEntry))] == [None]
    assert line.state == "ok"
