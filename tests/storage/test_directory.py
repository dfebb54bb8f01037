"""Slack's directory: everybody of the company is known, and nobody is on because of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot.domain.people import Profile, SlackId, Standing, Viewer
from storage import directory, holders, people
from storage.directory import PageTaken
from storage.engine import Database
from storage.erasure import erase
from storage.tables import EmailHolder, Person, SlackUser, Tombstone
from tests.cast import ADA, BOB, EVE, MARKS, ORG, T0, TODAY, switched_on
from tests.threads import at_once


def take(database: Database, *profiles: Profile, days_later: int = 0, guests: bool = False) -> PageTaken:
    now = T0 + timedelta(days=days_later)
    return database.writing(lambda session: directory.take_page(session, profiles, MARKS, now, guests_allowed=guests))


def viewer(database: Database, profile: Profile) -> Viewer | None:
    with database.reading() as session:
        return people.viewer_of(session, profile.slack_id)


def users(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.exec(select(SlackUser.user_id)))


def crowd(size: int) -> Sequence[Profile]:
    return [
        Profile(SlackId(ORG, f"U{number:06}"), f"Person {number}", f"p{number}@example.com", "UTC")
        for number in range(size)
    ]


def test_everybody_in_the_directory_is_known_and_off(database: Database) -> None:
    taken = take(database, ADA, BOB, EVE)
    standings = [found.standing for who in (ADA, BOB, EVE) if (found := viewer(database, who))]

    assert taken == PageTaken(3, 0)
    assert standings == [Standing.OFF] * 3


@pytest.mark.parametrize(
    "profile",
    [
        replace(EVE, is_bot=True),
        replace(EVE, is_stranger=True),
        replace(EVE, is_guest=True),
        replace(EVE, is_deleted=True),
    ],
    ids=["bot", "stranger", "guest", "closed account"],
)
def test_nothing_is_kept_of_whoever_is_no_employee(database: Database, profile: Profile) -> None:
    take(database, ADA, profile)

    assert users(database) == {"U0ADA"}
    with database.reading() as session:
        assert len(session.exec(select(Person)).all()) == len(session.exec(select(EmailHolder)).all()) == 1


def test_guests_are_known_where_the_policy_answers_them(database: Database) -> None:
    take(database, replace(EVE, is_guest=True), guests=True)

    assert users(database) == {"U0EVE"}


def test_a_page_that_comes_again_changes_nothing(database: Database) -> None:
    page = crowd(200)
    take(database, *page)
    with database.reading() as session:
        before = {user.user_id: user.person_id for user in session.exec(select(SlackUser))}
    take(database, *page, days_later=1)
    with database.reading() as session:
        after = {user.user_id: user.person_id for user in session.exec(select(SlackUser))}
        persons = set(session.exec(select(Person.id)))

    assert after == before
    assert persons == set(after.values())


def test_a_page_is_stored_with_few_statements_however_many_are_in_it(database: Database) -> None:
    """Else a directory of 350,000 would take the night."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    take(database, *crowd(200))
    event.remove(database.engine, "before_cursor_execute", note)

    assert len(said) < 12


def test_what_the_directory_says_now_is_taken_over_for_those_who_are_on_too(database: Database) -> None:
    ada = switched_on(database)
    take(database, replace(ADA, name="Ada King", tz="Europe/London", email="king@example.com"), BOB)
    found = viewer(database, ADA)

    assert found is not None
    assert (found.person_id, found.standing) == (ada.person_id, Standing.ON)
    assert (found.name, found.tz) == ("Ada King", "Europe/London")


def test_an_address_that_slack_no_longer_tells_is_kept(database: Database) -> None:
    take(database, ADA)
    take(database, replace(ADA, email=None))

    with database.reading() as session:
        assert directory.email_of(session, ADA.slack_id) == "ada@example.com"


def test_the_first_holder_of_an_address_stays_it(database: Database) -> None:
    take(database, ADA)
    take(database, replace(ADA, email="ada.king@example.com"), replace(EVE, email="Ada@example.com"))

    with database.reading() as session:
        held = session.get_one(EmailHolder, MARKS.of_email("ada@example.com"))
    assert held.slack_mark == MARKS.of_slack(ADA.slack_id)


def test_two_of_one_address_are_nobody_though_only_one_of_them_is_on(database: Database) -> None:
    switched_on(database)
    take(database, ADA, replace(EVE, email=ADA.email))

    with database.reading() as session:
        assert people.by_email(session, "ada@example.com", MARKS) is None
        assert holders.by_email(session, ["ada@example.com"], MARKS) == {}


def test_whoever_is_off_holds_nothing_that_is_pushed(database: Database) -> None:
    take(database, ADA)

    with database.reading() as session:
        assert holders.by_email(session, ["ada@example.com"], MARKS) == {}
        assert holders.by_slack(session, ORG, ["U0ADA"], MARKS) == {}


def test_whoever_switches_on_is_the_person_whom_the_directory_knew(database: Database) -> None:
    take(database, ADA)
    before = viewer(database, ADA)
    after = switched_on(database)

    assert before is not None
    assert (after.person_id, after.standing) == (before.person_id, Standing.ON)


def test_switching_on_while_the_directory_comes_in_makes_one_person(database: Database) -> None:
    def work(number: int) -> None:
        if number % 2:
            switched_on(database)
        else:
            take(database, ADA, BOB)

    at_once(6, work)
    found = viewer(database, ADA)

    assert found is not None
    assert found.standing is Standing.ON
    with database.reading() as session:
        persons, owners = set(session.exec(select(Person.id))), set(session.exec(select(SlackUser.person_id)))
    assert persons == owners


def test_whoever_leaves_is_noted_once_whether_they_were_on_or_not(database: Database) -> None:
    on, off = switched_on(database), BOB
    take(database, off)
    gone = [replace(ADA, is_deleted=True, tz="UTC"), replace(BOB, is_deleted=True)]
    assert take(database, *gone, days_later=1) == PageTaken(2, 2)
    take(database, *gone, days_later=5)
    with database.reading() as session:
        left = {person.left_on for person in session.exec(select(Person))}
        zone = session.get_one(SlackUser, tuple(ADA.slack_id)).tz

    assert left == {TODAY + timedelta(days=1)}
    assert zone == ADA.tz
    assert on.standing is Standing.ON


def test_whoever_erased_everything_is_known_again_after_the_next_night_and_off(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: erase(session, ada.person_id, MARKS, TODAY))
    assert viewer(database, ADA) is None
    take(database, ADA)
    found = viewer(database, ADA)

    assert found is not None
    assert (found.standing, found.person_id == ada.person_id) == (Standing.OFF, False)


def test_a_leaver_who_was_erased_does_not_come_back(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: erase(session, ada.person_id, MARKS, TODAY))
    take(database, replace(ADA, is_deleted=True))

    assert users(database) == set()


def test_erasing_somebody_who_never_switched_on_leaves_no_mark(database: Database) -> None:
    take(database, ADA)
    found = viewer(database, ADA)
    assert found is not None
    database.writing(lambda session: erase(session, found.person_id, MARKS, TODAY))

    with database.reading() as session:
        assert session.exec(select(Tombstone)).all() == []
    assert users(database) == set()


@pytest.mark.parametrize(
    ("said", "news"),
    [
        (ADA, False),
        (replace(ADA, email=None), False),
        (replace(ADA, name="Ada King"), True),
        (replace(ADA, is_deleted=True), True),
        (replace(ADA, email="king@example.com"), True),
        (BOB, True),
        (replace(BOB, is_deleted=True), False),
    ],
)
def test_only_what_is_not_stored_yet_is_news(database: Database, said: Profile, news: bool) -> None:
    take(database, ADA)

    with database.reading() as session:
        assert directory.is_news(session, said) is news
