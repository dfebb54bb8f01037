"""Persons, their Slack users and their accounts."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.people import Link, Profile, SlackId, Standing, Viewer
from storage import directory, people
from storage import links as account_links
from storage.engine import Database
from tests.cast import ADA, BOB, DAILY_DAYS, EVE, MARKS, T0, TODAY, row, switched_on
from tests.storage.usage_of_people import deliver, held, usage
from tests.threads import at_once

DAY = timedelta(days=1)
FIRST_DAY = TODAY - timedelta(days=DAILY_DAYS)


def viewer(database: Database, profile: Profile) -> Viewer | None:
    with database.reading() as session:
        return people.viewer_of(session, profile.slack_id)


def by_email(database: Database, email: str) -> Viewer | None:
    with database.reading() as session:
        return people.by_email(session, email, MARKS)


def links(database: Database, who: Viewer) -> list[Link]:
    with database.reading() as session:
        return account_links.links_of(session, who.person_id)


def refresh(database: Database, profile: Profile, days_later: int = 0) -> None:
    now = T0 + timedelta(days=days_later)
    database.writing(lambda session: directory.take_page(session, [profile], MARKS, now, guests_allowed=False))


def leave(database: Database, profile: Profile, days_later: int = 0) -> None:
    refresh(database, replace(profile, is_deleted=True), days_later)


def link(database: Database, account: int, who: Viewer, from_day: date) -> None:
    database.writing(
        lambda session: account_links.link(session, account, who.person_id, from_day, how="file", by="operator")
    )


def test_nobody_is_known_before_the_directory_or_they_themselves_name_them(database: Database) -> None:
    assert viewer(database, ADA) is None


def test_whoever_switches_on_is_collected_from_that_day(database: Database) -> None:
    switched_on(database)

    found = viewer(database, ADA)
    assert found is not None
    assert (found.slack_id, found.name, found.tz) == (ADA.slack_id, "Ada Lovelace", "Europe/Berlin")
    assert (found.standing, found.on_since, found.paused_since) == (Standing.ON, TODAY, None)


def test_switching_on_links_the_own_account_as_far_back_as_days_are_kept(database: Database) -> None:
    ada = switched_on(database)

    name = people.own_account_name(ADA.slack_id)
    assert links(database, ada) == [Link("own", name, FIRST_DAY, None, "switched on in Slack", "you")]


def test_switching_on_twice_changes_nothing(database: Database) -> None:
    first = switched_on(database)
    again = switched_on(database, now=T0 + timedelta(days=3))

    assert again == first == viewer(database, ADA)
    assert len(links(database, first)) == 1


def test_switching_on_eight_times_at_once_makes_one_person(database: Database) -> None:
    found = at_once(8, lambda _: switched_on(database))

    assert len({each.person_id for each in found}) == 1
    assert len(links(database, found[0])) == 1


def test_two_people_are_two_persons(database: Database) -> None:
    assert switched_on(database, ADA).person_id != switched_on(database, BOB).person_id


def test_the_same_user_id_in_another_organisation_is_somebody_else(database: Database) -> None:
    switched_on(database)

    assert viewer(database, replace(ADA, slack_id=SlackId("E0OTHER", ADA.slack_id.user_id))) is None


def test_a_paused_person_is_paused_until_they_resume(database: Database) -> None:
    ada = switched_on(database)

    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    paused = viewer(database, ADA)
    database.writing(lambda session: people.resume(session, ada.person_id))
    resumed = viewer(database, ADA)

    assert paused is not None
    assert (paused.standing, paused.paused_since) == (Standing.PAUSED, TODAY)
    assert resumed is not None
    assert resumed.standing is Standing.ON


def test_pausing_twice_keeps_the_first_day(database: Database) -> None:
    ada = switched_on(database)
    for days in (0, 5):
        now = T0 + timedelta(days=days)
        database.writing(lambda session, now=now: people.pause(session, ada.person_id, now))  # type: ignore[misc]

    found = viewer(database, ADA)
    assert found is not None
    assert found.paused_since == TODAY


def test_pausing_nobody_does_nothing(database: Database) -> None:
    database.writing(lambda session: people.pause(session, 1, T0))
    database.writing(lambda session: people.resume(session, 1))

    assert viewer(database, ADA) is None


def test_a_person_is_found_by_mail_address_however_it_is_written(database: Database) -> None:
    ada = switched_on(database)

    assert by_email(database, " ADA@Example.com ") == ada
    assert by_email(database, "ada@example.org") is None


def test_a_person_is_found_by_id(database: Database) -> None:
    ada = switched_on(database)

    with database.reading() as session:
        assert people.by_person_id(session, ada.person_id) == ada
        assert people.by_person_id(session, ada.person_id ^ 1) is None


def test_a_person_without_a_mail_address_is_found_by_none(database: Database) -> None:
    switched_on(database, replace(ADA, email=None))

    assert by_email(database, "ada@example.com") is None
    assert by_email(database, "") is None


def test_a_successor_with_the_same_mail_address_inherits_nothing(database: Database) -> None:
    switched_on(database)
    leave(database, ADA)
    switched_on(database, replace(EVE, email=ADA.email))

    assert by_email(database, "ada@example.com") is None


def test_a_mail_address_that_two_people_have_belongs_to_neither(database: Database) -> None:
    switched_on(database)
    switched_on(database, replace(EVE, email=ADA.email))

    assert by_email(database, "ada@example.com") is None


def test_what_the_directory_says_now_is_taken_over(database: Database) -> None:
    switched_on(database)

    refresh(database, replace(ADA, name="Ada King", tz="Europe/London"))

    found = viewer(database, ADA)
    assert found is not None
    assert (found.name, found.tz) == ("Ada King", "Europe/London")


def test_leaving_closes_every_link_on_that_day(database: Database) -> None:
    ada = switched_on(database)
    held(database, (ada, FIRST_DAY, None))

    leave(database, ADA, days_later=2)

    found = viewer(database, ADA)
    assert found is not None
    assert found.standing is Standing.OFF
    assert {each.to_day for each in links(database, ada)} == {TODAY + 2 * DAY}


def test_whoever_left_is_listed_from_the_day_after(database: Database) -> None:
    ada = switched_on(database)
    switched_on(database, BOB)
    leave(database, ADA)

    with database.reading() as session:
        assert people.left_before(session, TODAY) == []
        assert people.left_before(session, TODAY + DAY) == [ada.person_id]


def test_whoever_comes_back_is_asked_again_before_anything_is_collected(database: Database) -> None:
    ada = switched_on(database)
    leave(database, ADA)
    refresh(database, ADA, days_later=5)

    found = viewer(database, ADA)
    assert found is not None
    assert found.standing is Standing.OFF
    assert [each.to_day for each in links(database, ada)] == [TODAY]


def test_whoever_comes_back_and_switches_on_again_sees_each_day_once(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(day=TODAY - DAY, requests=3), row(day=TODAY + DAY, requests=4)])
    leave(database, ADA)
    refresh(database, ADA, days_later=5)
    again = switched_on(database, now=T0 + timedelta(days=5))

    assert (again.person_id, again.standing) == (ada.person_id, Standing.ON)
    assert [(each.day, each.requests) for each in usage(database, ada)] == [(TODAY - DAY, 3), (TODAY + DAY, 4)]


def test_leaving_and_coming_back_twice_in_a_day_leaves_one_open_link(database: Database) -> None:
    ada = switched_on(database)
    for _ in range(2):
        leave(database, ADA)
        refresh(database, ADA)
        switched_on(database)

    assert [(each.from_day, each.to_day) for each in links(database, ada)] == [
        (FIRST_DAY, TODAY),
        (TODAY + DAY, None),
    ]


def test_an_account_that_is_somebody_elses_cannot_be_linked(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(database, (ada, TODAY - 20 * DAY, None))
    link(database, account, bob, TODAY)

    assert "dev-1" not in {each.name for each in links(database, bob)}


def test_the_next_holder_of_an_account_gets_no_day_of_the_one_before(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(database, (ada, TODAY - 20 * DAY, TODAY - 10 * DAY))
    link(database, account, bob, TODAY - 30 * DAY)

    assert [each.from_day for each in links(database, bob) if each.name == "dev-1"] == [TODAY - 9 * DAY]
