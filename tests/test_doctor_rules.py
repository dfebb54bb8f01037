"""What doctor says of the rules in force, and of a log that somebody has laid hands on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Executable, delete, update
from sqlmodel import col, select

from bot.doctor.rules import log_lines, rules_lines
from bot.domain.chain import EXPORT, Entry
from bot.jobs import ruling, sealing
from bot.policy import Policy, Sharing
from bot.views.doctor import Line
from storage.access_log import note
from storage.engine import Database
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
    (sound,) = log_lines(sqlite_database, TODAY + 2 * DAY)
    sqlite_database.writing(lambda session: session.connection().execute(tamper()))
    (line,) = log_lines(sqlite_database, TODAY + 2 * DAY)

    assert sound.state == "ok"
    assert line.state == "fail"
    assert text in line.text


def test_a_log_whose_content_has_run_its_time_is_sound(sqlite_database: Database) -> None:
    sqlite_database.writing(lambda session: note(session, Entry(EXPORT, person_id=7), T0 - 800 * DAY))
    sealing.run(services_on(sqlite_database))
    (line,) = log_lines(sqlite_database, TODAY)

    with sqlite_database.reading() as session:
        assert [row.person_id for row in session.exec(select(AccessEntry))] == [None]
    assert line.state == "ok"
