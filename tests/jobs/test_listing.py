"""Accounts that a provider lists: remembered for good, linked to whose address they name, never taken over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.connectors.pull import ListedAccount, PullSource
from bot.domain.accounts import AssignedAccount
from bot.domain.people import Link, Profile, Viewer
from bot.errors import ConnectorError
from bot.jobs.listing import Listed, take_listing
from bot.services import Services
from storage import assignments, denials, directory, links, listings, people
from storage import tables as stored
from storage.engine import Database
from storage.ids import source_id
from storage.pulls import health_of
from tests.cast import ADA, BOB, DAILY_DAYS, EVE, MARKS, T0, TODAY, switched_on
from tests.promises.answers import services_on

DAY = timedelta(days=1)
FIRST_DAY = TODAY - DAILY_DAYS * DAY
LISTED = "listed for your mail address"


class Stand(PullSource):
    """A provider that lists what it is told to."""

    kind, name, provider = "copilot", "company", "github"

    def __init__(self, *accounts: ListedAccount, fails: bool = False) -> None:
        self.listed, self.fails = accounts, fails

    def accounts(self) -> Iterator[ListedAccount]:
        yield from self.listed
        if self.fails:
            raise ConnectorError("GitHub", "HTTP 500", permanent=False)


ADAS = ListedAccount("ada-l", "Ada@Example.com")


def take(database: Database, *accounts: ListedAccount, days_later: int = 0, source: Stand | None = None) -> Listed:
    services: Services = replace(services_on(database), now=lambda: T0 + days_later * DAY)
    return take_listing(services, source or Stand(*accounts))


def known(database: Database, *profiles: Profile) -> None:
    """Let the directory name *profiles*, who are not on."""
    database.writing(lambda session: directory.take_page(session, profiles, MARKS, T0, guests_allowed=False))


def linked(database: Database, viewer: Viewer) -> list[Link]:
    """Return the person's accounts at providers."""
    with database.reading() as session:
        return [link for link in links.links_of(session, viewer.person_id) if link.provider != people.OWN_PROVIDER]


def names(database: Database, viewer: Viewer) -> list[str]:
    return [link.name for link in linked(database, viewer)]


def give(database: Database, *rows: tuple[str, str | None]) -> None:
    """Load the operator's file: an account's name and whose it is."""
    accounts: Sequence[AssignedAccount] = [AssignedAccount("github", name, email) for name, email in rows]
    database.writing(lambda session: assignments.assign(session, accounts, MARKS, TODAY))


def switch_on_with_listing(database: Database, profile: Profile) -> Viewer:
    viewer = switched_on(database, profile)
    database.writing(lambda session: listings.link_listed(session, viewer, profile, MARKS, FIRST_DAY))
    return viewer


def test_an_account_is_linked_to_whoever_is_on_and_has_its_address(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    take(database, ADAS)

    assert linked(database, ada) == [Link("github", "ada-l", FIRST_DAY, None, LISTED, "github")]
    assert linked(database, bob) == []


def test_whoever_switches_on_later_gets_every_account_that_is_listed_for_them(database: Database) -> None:
    known(database, ADA)
    take(database, ADAS, ListedAccount("ada-key", "ada@example.com", "key"), ListedAccount("bob", BOB.email))
    ada = switch_on_with_listing(database, ADA)

    assert names(database, ada) == ["ada-key", "ada-l"]
    assert {link.from_day for link in linked(database, ada)} == {FIRST_DAY}


def test_of_people_who_are_off_accounts_are_listed_and_not_linked(database: Database) -> None:
    known(database, ADA)
    take(database, ADAS)

    with database.reading() as session:
        assert session.exec(select(stored.ListedAccount.name)).all() == ["ada-l"]
        assert session.exec(select(stored.AccountLink)).all() == []


def test_nobody_who_is_paused_is_linked_until_they_resume(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    take(database, ADAS)
    paused = names(database, ada)
    database.writing(lambda session: people.resume(session, ada.person_id))
    take(database, ADAS)

    assert (paused, names(database, ada)) == ([], ["ada-l"])


def test_a_key_is_its_makers_and_a_service_account_is_nobodys(database: Database) -> None:
    ada = switched_on(database)
    take(database, ListedAccount("key-1", ADA.email, "key"), ListedAccount("bot-1", ADA.email, "service"))
    again = switch_on_with_listing(database, ADA)

    assert names(database, again) == names(database, ada) == ["key-1"]


def test_an_account_that_is_linked_stays_as_it_is(database: Database) -> None:
    ada = switched_on(database)
    take(database, ADAS)
    before = linked(database, ada)
    take(database, ADAS, days_later=9)

    assert linked(database, ada) == before


def test_a_new_account_is_dated_no_further_back_than_days_are_kept(database: Database) -> None:
    ada = switched_on(database)
    take(database, ADAS, days_later=9)

    assert [link.from_day for link in linked(database, ada)] == [FIRST_DAY + 9 * DAY]


def test_a_successor_with_the_address_gets_none_of_the_accounts(database: Database) -> None:
    known(database, ADA)
    take(database, ADAS)
    known(database, replace(ADA, is_deleted=True))
    eve = switch_on_with_listing(database, replace(EVE, email=ADA.email))
    take(database, ADAS)

    assert names(database, eve) == []


def test_whose_an_account_is_does_not_change_silently(database: Database) -> None:
    ada, bob = switched_on(database), switched_on(database, BOB)
    known(database, ADA, BOB)
    take(database, ListedAccount("x", "nobody@example.com"))
    take(database, ListedAccount("x", BOB.email))

    assert (names(database, ada), names(database, bob)) == ([], [])


def test_an_address_that_was_unknown_is_taken_over_and_not_lost_again(database: Database) -> None:
    ada = switched_on(database)
    take(database, ListedAccount("ada-l", None))
    before = names(database, ada)
    take(database, ADAS)
    take(database, ListedAccount("ada-l", None))

    assert (before, names(database, ada)) == ([], ["ada-l"])
    with database.reading() as session:
        mark = session.get_one(stored.ListedAccount, ("github", "ada-l")).email_mark
    assert mark == MARKS.of_email("ada@example.com")


def test_an_account_that_has_left_the_list_stays_remembered(database: Database) -> None:
    take(database, ADAS)
    take(database, ListedAccount("bob", BOB.email), days_later=1)

    with database.reading() as session:
        seen = {row.name: row.seen_on for row in session.exec(select(stored.ListedAccount))}
    assert seen == {"ada-l": TODAY, "bob": TODAY + DAY}


@pytest.mark.parametrize("whose", [None, "bob@example.com"], ids=["shared", "another's"])
def test_what_the_operators_file_gives_others_is_not_linked(database: Database, whose: str | None) -> None:
    ada = switched_on(database)
    give(database, ("key-1", whose), ("ada@example.com", whose))
    take(database, ListedAccount("key-1", ADA.email, "key"))
    again = switch_on_with_listing(database, ADA)
    database.writing(lambda session: links.link_by_email(session, ada, ADA, ["github"], MARKS, FIRST_DAY))

    assert names(database, again) == names(database, ada) == []


def test_what_somebody_denied_is_not_linked_again_by_any_way(database: Database) -> None:
    ada = switched_on(database)
    take(database, ADAS)
    mark = MARKS.of_email("ada@example.com")
    for name in ("ada-l", "ada@example.com"):
        database.writing(lambda session, name=name: denials.deny(session, ada.person_id, mark, "github", name, T0))  # type: ignore[misc]
    take(database, ADAS)
    switch_on_with_listing(database, ADA)
    database.writing(lambda session: links.link_by_email(session, ada, ADA, ["github"], MARKS, FIRST_DAY))

    assert names(database, ada) == []


def test_accounts_of_people_whom_the_directory_does_not_have_are_counted(database: Database) -> None:
    known(database, ADA)
    give(database, ("given", "ada@example.com"), ("several", None))
    unmatched = ListedAccount("who", "who@example.com"), ListedAccount("login", None)
    matched = ADAS, ListedAccount("given", None), ListedAccount("several", None)
    others = ListedAccount("key", "who@example.com", "key"), ListedAccount("bot", None, "service")
    source = Stand(*unmatched, *matched, *others)
    done = take(database, source=source)
    with database.reading() as session:
        health = health_of(session, source_id(session, source.kind, source.name))

    assert done == Listed(7, 2)
    assert health.unmatched_accounts == 2


def test_the_count_is_the_same_whoever_is_on(database: Database) -> None:
    known(database, ADA)
    off = take(database, ADAS, ListedAccount("who", "who@example.com"))
    switched_on(database)

    assert take(database, ADAS, ListedAccount("who", "who@example.com")) == off


def test_many_batches_are_taken_and_one_that_fails_loses_none_before_it(database: Database) -> None:
    crowd = [ListedAccount(f"dev-{number}", f"dev-{number}@example.com") for number in range(1200)]
    with pytest.raises(ConnectorError):
        take(database, source=Stand(*crowd, fails=True))
    with database.reading() as session:
        kept = len(session.exec(select(stored.ListedAccount.name)).all())
        states = session.exec(select(stored.SourceState)).all()

    assert kept == 1000
    assert states == []
    assert take(database, *crowd) == Listed(1200, 1200)


def test_a_source_that_lists_nothing_says_nothing(database: Database) -> None:
    assert take(database) == Listed(0, 0)
    with database.reading() as session:
        assert session.exec(select(stored.SourceState)).all() == []


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "n" * 501])
def test_a_name_that_can_be_none_is_left_out(database: Database, name: str) -> None:
    assert take(database, ListedAccount(name, "x@example.com"), ADAS).accounts == 1


def test_an_account_listed_twice_at_once_is_one(database: Database) -> None:
    ada = switched_on(database)
    take(database, ADAS, ADAS)

    assert names(database, ada) == ["ada-l"]
