"""Which systems of record are connected, and what a person reads who is not known to them."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from bot.connectors.finished import WorkSource
from bot.domain.accounts import AssignedAccount
from bot.domain.people import Viewer
from bot.services import Services
from handlers.usage import show
from handlers.visit import Visit
from storage import assignments, links, people
from storage.engine import Database
from storage.ids import account_id, source_id
from storage.pulls import note_failure
from tests.cast import ADA, MARKS, ORG, T0, TODAY, row
from tests.domain.outcomes.cast import ago, change, own
from tests.finished import plant
from tests.promises.answers import ada_with, services_on, strings

NOT_CONNECTED = "no ticket system or repository is connected"
NOT_KNOWN = "GitHub knows no account of yours"


class GitHub(WorkSource):
    """A connected system of record that is never asked here."""

    kind, name, provider = "github", "company", "github"


@pytest.fixture
def connected(sqlite_database: Database) -> Services:
    return replace(services_on(sqlite_database), work_sources=(GitHub(),))


def answer(services: Services, words: str = "4w") -> str:
    with services.database.reading() as session:
        viewer = people.viewer_of(session, ADA.slack_id)
    assert viewer is not None
    visit = Visit(viewer.slack_id, ORG, "show", words, "", "t")
    return "\n".join(strings(show(visit, viewer, services).blocks(rich=False)))


def ada(services: Services) -> Viewer:
    return ada_with(services.database, [row(day=ago(2), billed_nano_usd=41 * 10**9)])


def link_github(services: Services, viewer: Viewer) -> None:
    def link(session: Session) -> None:
        links.link(session, account_id(session, "github", "ada"), viewer.person_id, ago(100), how="x", by="x")

    services.database.writing(link)


def test_without_a_system_of_record_it_says_so(sqlite_database: Database) -> None:
    services = services_on(sqlite_database)
    ada(services)

    assert NOT_CONNECTED in answer(services)


def test_a_system_that_knows_no_account_of_theirs_is_named_with_whom_to_ask(connected: Services) -> None:
    ada(connected)

    assert f"{NOT_KNOWN}. To have one linked, ask whoever runs this bot." in answer(connected)


def test_while_an_account_there_is_asked_about_the_question_is_enough(connected: Services) -> None:
    ada(connected)
    connected.database.writing(
        lambda session: assignments.assign(session, [AssignedAccount("github", "ada-l", ADA.email)], MARKS, TODAY)
    )
    said = answer(connected)

    assert "*is `ada-l` on GitHub you?*" in said
    assert NOT_KNOWN not in said


def test_a_system_that_knows_them_and_brought_nothing_yet_is_waited_for(connected: Services) -> None:
    link_github(connected, ada(connected))

    assert "*Waiting for GitHub*, so finished work may be missing." in answer(connected)


def test_while_paused_nothing_is_waited_for(connected: Services) -> None:
    viewer = ada(connected)
    link_github(connected, viewer)
    connected.database.writing(lambda session: people.pause(session, viewer.person_id, T0))

    assert "Waiting for GitHub" not in answer(connected)


def test_a_system_that_stopped_is_named_beside_what_it_told_before(connected: Services) -> None:
    viewer = ada(connected)
    plant(connected, viewer, [own(change(1, ago(9)))], last_day=ago(4))
    connected.database.writing(lambda session: note_failure(session, source_id(session, "github", "company"), T0, "no"))
    said = answer(connected)

    assert "*1 change finished*" in said
    assert "*GitHub: nothing new since Sun 15 Nov*, so finished work may be missing." in said
    assert "GitHub to Sun 15 Nov" in said


def test_what_was_finished_before_the_account_was_theirs_is_not(connected: Services) -> None:
    viewer = ada(connected)
    plant(connected, viewer, [own(change(1, ago(200))), own(change(2, ago(9)))])

    assert "*1 change finished*" in answer(connected, "12w")
