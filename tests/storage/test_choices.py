"""What people chose, and what happens only once."""

from datetime import timedelta

import pytest

from storage import choices
from storage.choices import File
from storage.engine import Database
from tests.cast import ADA, BOB, T0, switched_on
from tests.threads import at_once

HOUR = timedelta(hours=1)


def settings(database: Database, person_id: int) -> dict[str, str]:
    with database.reading() as session:
        return choices.settings_of(session, person_id)


def choose(database: Database, person_id: int, name: str, value: str) -> None:
    database.writing(lambda session: choices.choose(session, person_id, name, value, T0))


def test_the_last_choice_counts(database: Database) -> None:
    ada = switched_on(database).person_id
    for value in ("weekly", "none"):
        choose(database, ada, "digest", value)
    choose(database, ada, "budget", "50")

    assert settings(database, ada) == {"digest": "none", "budget": "50"}


def test_a_choice_is_ones_own(database: Database) -> None:
    ada, bob = switched_on(database, ADA).person_id, switched_on(database, BOB).person_id
    choose(database, ada, "digest", "weekly")

    assert settings(database, bob) == {}


def test_a_choice_can_be_forgotten(database: Database) -> None:
    ada, bob = switched_on(database, ADA).person_id, switched_on(database, BOB).person_id
    for who in (ada, bob):
        choose(database, who, "digest", "weekly")
        choose(database, who, "budget", "50")
    for _ in range(2):
        database.writing(lambda session: choices.unchoose(session, ada, "digest"))

    assert settings(database, ada) == {"budget": "50"}
    assert settings(database, bob) == {"digest": "weekly", "budget": "50"}


def test_files_are_listed_the_latest_first_with_what_became_of_them(database: Database) -> None:
    ada, bob = switched_on(database, ADA).person_id, switched_on(database, BOB).person_id
    for hours, name in enumerate(("F1", "F2")):
        at = T0 + hours * HOUR
        database.writing(lambda session, name=name, at=at: choices.note_file(session, ada, name, at))  # type: ignore[misc]
    gone = T0 + 2 * HOUR
    for who in (ada, bob):
        database.writing(lambda session, who=who: choices.note_file_deleted(session, who, "F1", gone))  # type: ignore[misc]

    with database.reading() as session:
        assert choices.files_of(session, ada) == [
            File("F2", T0 + HOUR, None),
            File("F1", T0, T0 + 2 * HOUR),
        ]
        assert choices.files_of(session, bob) == []


def test_a_request_is_taken_once(database: Database) -> None:
    def take(mark: bytes) -> bool:
        return database.writing(lambda session: choices.first_time(session, mark, T0))

    assert [take(b"a" * 16), take(b"a" * 16), take(b"b" * 16)] == [True, False, True]


def test_of_eight_at_once_one_takes_the_request(database: Database) -> None:
    for number in range(5):
        mark = bytes([number]) * 16
        taken = at_once(
            8,
            lambda _, mark=mark: database.writing(lambda session: choices.first_time(session, mark, T0)),  # type: ignore[misc]
        )

        assert sorted(taken) == [False] * 7 + [True]


def test_a_request_whose_change_failed_can_be_taken_again(database: Database) -> None:
    def fail(session: object) -> None:
        raise LookupError

    def work(session: object) -> bool:
        took = choices.first_time(session, b"a" * 16, T0)  # type: ignore[arg-type]
        fail(session)
        return took

    with pytest.raises(LookupError):
        database.writing(work)

    assert database.writing(lambda session: choices.first_time(session, b"a" * 16, T0))


def test_a_tick_is_taken_once_for_each_job(database: Database) -> None:
    def take(job: str, slot: str) -> bool:
        return database.writing(lambda session: choices.take_slot(session, job, slot, T0))

    assert [take("sync", "10:00"), take("sync", "10:00"), take("sync", "10:05"), take("digests", "10:00")] == [
        True,
        False,
        True,
        True,
    ]


def test_of_eight_replicas_one_takes_the_tick(database: Database) -> None:
    taken = at_once(8, lambda _: database.writing(lambda session: choices.take_slot(session, "sync", "10:00", T0)))

    assert sorted(taken) == [False] * 7 + [True]


def test_what_was_taken_long_ago_is_forgotten(database: Database) -> None:
    for hours in (0, 1):
        at = T0 + hours * HOUR
        database.writing(lambda session, at=at: choices.first_time(session, str(at).encode()[:16], at))  # type: ignore[misc]
        database.writing(lambda session, at=at: choices.take_slot(session, "sync", str(at), at))  # type: ignore[misc]
    database.writing(lambda session: choices.drop_seen_before(session, T0 + HOUR, alerts_at=T0))

    def again(hours: int) -> tuple[bool, bool]:
        at = T0 + hours * HOUR
        return (
            database.writing(lambda session: choices.first_time(session, str(at).encode()[:16], at)),
            database.writing(lambda session: choices.take_slot(session, "sync", str(at), at)),
        )

    assert (again(0), again(1)) == ((True, True), (False, False))


def test_what_was_told_is_remembered_longer_than_a_tick(database: Database) -> None:
    def take(job: str, hours: int) -> bool:
        at = T0 + hours * HOUR
        return database.writing(lambda session: choices.take_slot(session, job, str(hours), at))

    for hours in (0, 1):
        assert take(choices.ALERT, hours)
        assert take("sync", hours)
    database.writing(lambda session: choices.drop_seen_before(session, T0 + 2 * HOUR, alerts_at=T0 + HOUR))

    assert [take(choices.ALERT, hours) for hours in (0, 1)] == [True, False]
    assert [take("sync", hours) for hours in (0, 1)] == [True, True]


def test_a_refusal_of_rich_blocks_is_believed_for_a_week(database: Database) -> None:
    database.writing(
        lambda session: choices.note_rich_blocks_refused(session, "E0ACME", "home", T0 - timedelta(days=9))
    )
    database.writing(lambda session: choices.note_rich_blocks_refused(session, "E0ACME", "home", T0))

    with database.reading() as session:
        week = timedelta(days=7)
        assert choices.rich_blocks_refused(session, "E0ACME", "home", T0 + week - HOUR)
        assert not choices.rich_blocks_refused(session, "E0ACME", "home", T0 + week)
        assert not choices.rich_blocks_refused(session, "E0ACME", "message", T0)
        assert not choices.rich_blocks_refused(session, "E0OTHER", "home", T0)
