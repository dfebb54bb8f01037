"""The operator's file: an account counts for somebody from its day on, if they say so, and moves no row."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.accounts import FROM_FILE, AssignedAccount, Denied, Question
from bot.domain.people import Link, Profile, Viewer
from storage import assignments, denials, directory, links, retention
from storage.engine import Database
from storage.ids import account_id
from storage.listings import Listing, take_listed
from storage.tables import Assignment
from tests.cast import ADA, BOB, EVE, MARKS, T0, TODAY, row, switched_on
from tests.storage.usage_of_people import deliver, usage

DAY = timedelta(days=1)
ADAS, BOBS = "ada@example.com", "bob@example.com"


def give(database: Database, *rows: tuple[str, str | None], on: date = TODAY) -> None:
    accounts = [AssignedAccount("openai", name, email) for name, email in rows]
    database.writing(lambda session: assignments.assign(session, accounts, MARKS, on))


def asked(database: Database, viewer: Viewer) -> list[Question]:
    with database.reading() as session:
        return assignments.open_questions(session, viewer, MARKS)


def say(database: Database, viewer: Viewer, question: Question, *, yes: bool = True) -> None:
    database.writing(lambda session: assignments.answer(session, viewer, question, yes=yes))


def linked(database: Database, viewer: Viewer) -> list[Link]:
    with database.reading() as session:
        return [link for link in links.links_of(session, viewer.person_id) if link.provider == "openai"]


def listed(database: Database, name: str, email: str, kind: str = "person") -> None:
    database.writing(
        lambda session: take_listed(session, "openai", [Listing(name, email, kind)], MARKS, TODAY, TODAY - 9 * DAY)
    )


def wrong(database: Database, *rows: tuple[str, str | None]) -> list[int]:
    accounts = [AssignedAccount("openai", name, email) for name, email in rows]
    with database.reading() as session:
        return assignments.contradictions(session, accounts, MARKS)


def known(database: Database, *profiles: Profile) -> None:
    database.writing(lambda session: directory.take_page(session, profiles, MARKS, T0, guests_allowed=False))


def deny(database: Database, viewer: Viewer, name: str, email: str = ADAS) -> None:
    mark = MARKS.of_email(email)
    database.writing(lambda session: denials.deny(session, viewer.person_id, mark, "openai", name, T0))


def take_back(database: Database, viewer: Viewer, name: str, email: str = ADAS) -> None:
    mark = MARKS.of_email(email)
    database.writing(lambda session: denials.take_back(session, viewer.person_id, mark, "openai", name))


def account_of(database: Database, name: str) -> int:
    return database.writing(lambda session: account_id(session, "openai", name))


def test_only_the_person_named_is_asked(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    give(database, ("key-1", ADAS))

    assert asked(database, ada) == [Question("openai", "key-1", TODAY)]
    assert asked(database, bob) == []


def test_with_a_yes_the_account_is_theirs_from_the_day_of_the_file(database: Database) -> None:
    ada = switched_on(database)
    give(database, ("key-1", ADAS), on=TODAY - 3 * DAY)
    say(database, ada, asked(database, ada)[0])

    assert linked(database, ada) == [Link("openai", "key-1", TODAY - 3 * DAY, None, FROM_FILE, "you")]
    assert asked(database, ada) == []


def test_with_a_no_nothing_is_linked_and_they_are_not_asked_again(database: Database) -> None:
    ada = switched_on(database)
    give(database, ("key-1", ADAS))
    say(database, ada, asked(database, ada)[0], yes=False)
    give(database, ("key-1", ADAS), on=TODAY + DAY)

    assert (linked(database, ada), asked(database, ada)) == ([], [])


def test_loading_the_same_file_again_changes_nothing(database: Database) -> None:
    ada = switched_on(database)
    rows = (("key-1", ADAS), ("ci", None))
    give(database, *rows, on=TODAY - 5 * DAY)
    say(database, ada, asked(database, ada)[0])
    before = linked(database, ada)
    give(database, *rows)
    with database.reading() as session:
        days = {session.get_one(Assignment, ("openai", name)).from_day for name, _ in rows}

    assert linked(database, ada) == before
    assert days == {TODAY - 5 * DAY}


def test_shared_ends_every_open_link_the_day_before(database: Database) -> None:
    ada = switched_on(database)
    listed(database, "ci", ADAS)
    give(database, ("ci", None))

    assert [link.to_day for link in linked(database, ada)] == [TODAY - DAY]


def test_a_link_that_begins_today_is_gone_when_the_account_is_shared(database: Database) -> None:
    ada = switched_on(database)
    give(database, ("ci", ADAS))
    say(database, ada, asked(database, ada)[0])
    give(database, ("ci", None))

    assert linked(database, ada) == []


def test_a_changed_row_begins_anew_and_asks_the_one_named_now(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    give(database, ("key-1", ADAS), on=TODAY - 9 * DAY)
    say(database, ada, asked(database, ada)[0])
    give(database, ("key-1", BOBS))
    say(database, bob, asked(database, bob)[0])

    assert [(link.from_day, link.to_day) for link in linked(database, ada)] == [(TODAY - 9 * DAY, TODAY - DAY)]
    assert [(link.from_day, link.to_day) for link in linked(database, bob)] == [(TODAY, None)]


def test_the_days_before_the_change_stay_whose_they_were(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    give(database, ("key-1", ADAS), on=TODAY - 9 * DAY)
    say(database, ada, asked(database, ada)[0])
    account = account_of(database, "key-1")
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in range(1, 9)], account=account)
    give(database, ("key-1", BOBS))
    say(database, bob, asked(database, bob)[0])

    assert len(usage(database, ada)) == 8
    assert usage(database, bob) == []


def test_nobody_is_asked_about_an_account_that_is_somebodys(database: Database) -> None:
    """A key is its maker's until they say that it is not."""
    ada, bob = switched_on(database), switched_on(database, BOB)
    listed(database, "key-1", ADAS, "key")
    give(database, ("key-1", BOBS))
    before = asked(database, bob)
    deny(database, ada, "key-1")

    assert before == []
    assert asked(database, bob) == [Question("openai", "key-1", TODAY)]


def test_a_successor_with_the_address_is_not_asked(database: Database) -> None:
    known(database, ADA)
    known(database, replace(ADA, is_deleted=True))
    eve = switched_on(database, replace(EVE, email=ADAS))
    give(database, ("key-1", ADAS))

    assert asked(database, eve) == []


def test_a_row_that_contradicts_the_listing_is_found_whoever_is_on(database: Database) -> None:
    known(database, ADA, BOB)
    listed(database, "ada-l", ADAS)
    rows = (("ada-l", BOBS), ("ada-l", ADAS), ("ada-l", "who@example.com"), ("ada-l", None), ("other", BOBS))
    off = wrong(database, *rows)
    switched_on(database)

    assert off == wrong(database, *rows) == [0, 2]


def test_an_account_that_is_an_address_is_nobody_elses_either(database: Database) -> None:
    known(database, ADA, BOB)

    assert wrong(database, (ADAS, BOBS), (ADAS, ADAS), ("old@example.com", BOBS)) == [0]


def test_an_old_address_of_the_same_person_is_no_contradiction(database: Database) -> None:
    known(database, ADA)
    known(database, replace(ADA, email="king@example.com"))
    listed(database, "ada-l", ADAS)

    assert wrong(database, ("ada-l", "king@example.com"), (ADAS, "king@example.com")) == []


def test_a_listing_for_an_address_that_nobody_has_contradicts_nothing(database: Database) -> None:
    known(database, BOB)
    listed(database, "x", "gone@example.com")

    assert wrong(database, ("x", BOBS)) == []


def test_a_keys_maker_is_not_its_user(database: Database) -> None:
    known(database, ADA, BOB)
    listed(database, "key-1", ADAS, "key")

    assert wrong(database, ("key-1", BOBS)) == []


def test_nobody_is_asked_about_an_account_that_is_listed_for_another_meanwhile(database: Database) -> None:
    bob = switched_on(database, BOB)
    known(database, ADA)
    give(database, ("ada-l", BOBS))
    before = asked(database, bob)
    listed(database, "ada-l", ADAS)

    assert (len(before), asked(database, bob)) == (1, [])


def test_many_rows_are_stored_in_one_go(database: Database) -> None:
    ada = switched_on(database)
    give(database, *((f"key-{number}", ADAS) for number in range(1100)))

    assert len(asked(database, ada)) == 1100


def test_what_is_denied_is_off_the_person_with_every_day_and_comes_back_as_it_was(database: Database) -> None:
    ada = switched_on(database)
    listed(database, "ada-l", ADAS)
    deliver(database, ada, [row(day=TODAY - DAY, requests=3)], account=account_of(database, "ada-l"))
    links_before, rows_before = linked(database, ada), usage(database, ada)
    deny(database, ada, "ada-l")
    with database.reading() as session:
        denied = denials.denied_of(session, ada.person_id)
    without = linked(database, ada), usage(database, ada)
    take_back(database, ada, "ada-l")

    assert denied == [Denied("openai", "ada-l", TODAY)]
    assert without == ([], [])
    assert (linked(database, ada), usage(database, ada)) == (links_before, rows_before)


def test_after_a_no_it_can_still_be_said_to_be_theirs(database: Database) -> None:
    ada = switched_on(database)
    give(database, ("key-1", ADAS))
    deny(database, ada, "key-1")
    none_asked = asked(database, ada)
    take_back(database, ada, "key-1")

    assert none_asked == []
    assert linked(database, ada) == [Link("openai", "key-1", TODAY, None, FROM_FILE, "you")]


@pytest.mark.parametrize("whose", [None, BOBS], ids=["shared", "another's"])
def test_what_is_given_to_others_meanwhile_is_not_taken_back(database: Database, whose: str | None) -> None:
    ada = switched_on(database)
    listed(database, "key-1", ADAS, "key")
    deny(database, ada, "key-1")
    give(database, ("key-1", whose))
    take_back(database, ada, "key-1")

    assert linked(database, ada) == []


def test_what_is_somebody_elses_meanwhile_is_not_taken_back(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    listed(database, "key-1", ADAS, "key")
    deny(database, ada, "key-1")
    give(database, ("key-1", BOBS))
    say(database, bob, asked(database, bob)[0])
    take_back(database, ada, "key-1")

    assert linked(database, ada) == []
    assert [link.to_day for link in linked(database, bob)] == [None]


def test_days_that_are_somebody_elses_meanwhile_are_not_taken_back(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    listed(database, "login", ADAS)
    account = account_of(database, "login")
    deny(database, ada, "login")
    database.writing(lambda session: links.link(session, account, bob.person_id, TODAY - DAY, how="x", by="y"))
    take_back(database, ada, "login")

    assert linked(database, ada) == []


def test_days_of_an_account_that_was_denied_are_kept_no_longer_than_others(database: Database) -> None:
    ada = switched_on(database)
    listed(database, "ada-l", ADAS)
    account = account_of(database, "ada-l")
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in (1, 5)], account=account)
    deny(database, ada, "ada-l")
    database.writing(lambda session: retention.drop_unlinked_before(session, TODAY - 3 * DAY))
    take_back(database, ada, "ada-l")

    assert [each.requests for each in usage(database, ada)] == [1]
