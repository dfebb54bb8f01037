"""Who wants the weekly note: their choices, and everybody's in one read, on both engines."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.domain.export import export_object
from bot.domain.iso_week import IsoWeek
from bot.domain.subscription import MODE, QUIET, SINCE, SNOOZED, Mode, Subscription, Usual
from storage import people
from storage import subscriptions as stored
from storage.choices import choose, settings_of
from storage.engine import Database
from storage.erasure import erase
from storage.export import everything_about
from storage.ids import account_id, source_id
from storage.links import end_links_of, link
from storage.usage import note_delivery
from tests.cast import ADA, BOB, EVE, MARKS, T0, TODAY, switched_on

USUAL = Usual(1, 9)
HOUR = timedelta(hours=1)


def subscribe(database: Database, person_id: int, mode: Mode, at: int = 0) -> None:
    database.writing(lambda session: stored.subscribe(session, person_id, mode, T0 + at * HOUR))


def of(database: Database, person_id: int) -> Subscription:
    with database.reading() as session:
        return stored.subscription_of(session, person_id, USUAL)


def everybody(database: Database, long_ago: datetime = T0) -> dict[int, stored.Subscribers]:
    with database.reading() as session:
        return {person: some for some in stored.subscribers(session, USUAL, long_ago) for person in some.persons}


def test_nothing_is_wanted_before_it_is_chosen(database: Database) -> None:
    ada = switched_on(database).person_id

    assert of(database, ada) == Subscription(None, 1, 9)
    assert everybody(database) == {}


def test_all_that_somebody_chose_is_read_for_one_and_for_all_alike(database: Database) -> None:
    ada, bob = switched_on(database, ADA).person_id, switched_on(database, BOB).person_id
    subscribe(database, ada, "figures")
    subscribe(database, bob, "button")
    for work in (
        lambda session: stored.choose_weekday(session, ada, 4, T0),
        lambda session: stored.choose_hour(session, ada, 16, T0),
        lambda session: stored.snooze(session, ada, T0),
    ):
        database.writing(work)
    found = everybody(database)

    assert found[ada].subscription == Subscription("figures", 4, 16, T0, date(2026, 12, 17)) == of(database, ada)
    assert found[bob].subscription == Subscription("button", 1, 9, T0)
    assert (found[ada].tz, found[bob].tz) == ("Europe/Berlin", "America/New_York")


def test_who_stopped_paused_left_or_erased_is_not_among_them(database: Database) -> None:
    ada, bob, eve = (switched_on(database, who).person_id for who in (ADA, BOB, EVE))
    for who in (ada, bob, eve):
        subscribe(database, who, "button")
    subscribe(database, ada, "none")
    database.writing(lambda session: people.pause(session, bob, T0))
    database.writing(lambda session: erase(session, eve, MARKS, TODAY))

    assert everybody(database) == {}
    database.writing(lambda session: people.resume(session, bob))
    assert set(everybody(database)) == {bob}


def test_it_is_wanted_since_the_last_time_that_it_was_not(database: Database) -> None:
    ada = switched_on(database).person_id
    since = []
    modes: tuple[Mode, ...] = ("button", "figures", "none", "none", "figures", "button")
    for at, mode in enumerate(modes):
        subscribe(database, ada, mode, at)
        since.append(of(database, ada).since)

    assert since == [T0, T0, T0, T0, T0 + 4 * HOUR, T0 + 4 * HOUR]


def test_a_choice_from_before_such_notes_were_sent_counts_from_then(database: Database) -> None:
    ada = switched_on(database).person_id
    database.writing(lambda session: choose(session, ada, MODE, "button", T0))

    assert everybody(database)[ada].subscription.since == T0


def test_for_all_since_when_is_told_only_of_who_has_not_wanted_it_for_long(database: Database) -> None:
    ada, bob, eve = (switched_on(database, who).person_id for who in (ADA, BOB, EVE))
    subscribe(database, ada, "button")
    subscribe(database, bob, "button", at=2)
    database.writing(lambda session: choose(session, eve, MODE, "button", T0))
    found = everybody(database, long_ago=T0 + HOUR)

    assert {person: some.subscription.since for person, some in found.items()} == {
        ada: None, bob: T0 + 2 * HOUR, eve: None,
    }  # fmt: skip


def test_stopping_and_wishing_again_end_a_rest_and_other_changes_do_not(database: Database) -> None:
    ada = switched_on(database).person_id
    subscribe(database, ada, "button")
    rests = []
    modes: tuple[Mode, ...] = ("figures", "none", "button")
    for mode in modes:
        database.writing(lambda session: stored.snooze(session, ada, T0))
        subscribe(database, ada, mode)
        rests.append(of(database, ada).snoozed_until is not None)

    assert rests == [True, False, False]


def test_a_rest_can_be_ended(database: Database) -> None:
    ada = switched_on(database).person_id
    subscribe(database, ada, "button")
    database.writing(lambda session: stored.snooze(session, ada, T0))
    database.writing(lambda session: stored.wake(session, ada))

    assert of(database, ada).snoozed_until is None


def test_quiet_weeks_are_remembered_and_forgotten(database: Database) -> None:
    ada, week = switched_on(database).person_id, IsoWeek(date(2026, 11, 9))
    database.writing(lambda session: stored.note_quiet_weeks(session, ada, week, 3, T0))
    with database.reading() as session:
        assert settings_of(session, ada)[QUIET] == "2026-W46 3"
    database.writing(lambda session: stored.note_quiet_weeks(session, ada, week, 0, T0))
    with database.reading() as session:
        assert QUIET not in settings_of(session, ada)


@pytest.mark.parametrize(
    ("kinds", "reached", "owner", "ended", "behind"),
    [
        (["cursor"], date(2026, 11, 14), 0, False, True),
        (["cursor"], date(2026, 11, 15), 0, False, False),
        (["openai"], date(2026, 11, 14), 0, False, False),
        ([], date(2026, 11, 14), 0, False, False),
        (["cursor"], date(2026, 11, 14), 7, False, False),  # a machine of their own
        (["cursor"], date(2026, 11, 14), 0, True, False),  # an account that is no longer theirs
    ],
)
def test_who_waits_is_whose_own_account_a_company_source_has_not_told_of(
    database: Database, kinds: list[str], reached: date, owner: int, *, ended: bool, behind: bool
) -> None:
    ada = switched_on(database).person_id
    switched_on(database, BOB)

    def told(session: Session) -> None:
        account = account_id(session, "cursor", "ada")
        link(session, account, ada, date(2026, 8, 1), how="test", by="test")
        source = source_id(session, "cursor", "company", owner=owner)
        note_delivery(session, source, {account: (date(2026, 8, 1), reached)}, T0)
        if ended:
            end_links_of(session, "cursor", "ada", date(2026, 11, 1))

    database.writing(told)
    with database.reading() as session:
        found = stored.persons_without(session, kinds, date(2026, 11, 15))

    assert found == ({ada} if behind else set())


def test_the_export_names_the_subscription_and_erasing_leaves_nothing_of_it(database: Database) -> None:
    viewer = switched_on(database)
    ada = viewer.person_id
    subscribe(database, ada, "button")
    database.writing(lambda session: stored.choose_hour(session, ada, 16, T0))
    database.writing(lambda session: stored.snooze(session, ada, T0))
    with database.reading() as session:
        everything = everything_about(session, viewer, MARKS)
    assert everything is not None
    exported = export_object(everything, {})
    database.writing(lambda session: erase(session, ada, MARKS, TODAY))

    assert exported["subscriptions"] == [
        {"what": "weekly digest", "mode": "button", "weekday": None, "hour": 16, "since": T0.isoformat(),
         "snoozed_until": "2026-12-17"}
    ]  # fmt: skip
    with database.reading() as session:
        assert settings_of(session, ada) == {}


def test_without_a_choice_the_export_has_no_subscription(database: Database) -> None:
    viewer = switched_on(database)
    with database.reading() as session:
        everything = everything_about(session, viewer, MARKS)

    assert everything is not None
    assert export_object(everything, {})["subscriptions"] == []


def test_what_is_kept_has_a_name_of_its_own() -> None:
    assert len({MODE, QUIET, SINCE, SNOOZED}) == 4
