"""What curators and operators may do, nobody else can, by whichever word, button or form they ask for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlmodel import Session

from bot.domain.people import Profile, Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.curating import version_of
from bot.domain.use_cases.entry import Draft, Entry
from bot.policy import People
from bot.services import Services
from handlers import team_agreement, use_case_curating, use_case_export
from handlers.commands import COMMANDS
from handlers.visit import Visit
from handlers.words import Word
from storage import use_case_entries
from storage.engine import Database
from tests.cast import ADA, BOB, EVE, ORG, TODAY, switched_on
from tests.e2e.harness import everything_stored
from tests.promises.answers import services_on, strings

DRAFT: Final = Draft(title="canary-title", when="canary-when", how="canary-how", tool="Claude Code")
# Every word of a module that is for curators, and the two of operators.
RESERVED: Final[list[Word]] = [
    *use_case_curating.WORDS,
    *use_case_export.WORDS,
    *(word for word in team_agreement.WORDS if word.name in {"agree", "decline"}),
]


@pytest.fixture
def waiting(sqlite_database: Database) -> Entry:
    """An entry of Ada's that waits for a curator; Bob is one, and an operator; Eve is nobody."""
    ada, _, _ = (switched_on(sqlite_database, each) for each in (ADA, BOB, EVE))

    def put(session: Session) -> Entry:
        entry = steps.sent(
            steps.kept_draft(7, DRAFT, ada.person_id, TODAY), "after_curator", TODAY, team="Payments", model=""
        )
        use_case_entries.put(session, entry)
        return entry

    return sqlite_database.writing(put)


@pytest.fixture
def services(sqlite_database: Database) -> Services:
    base = services_on(sqlite_database)
    for each in (ADA, BOB, EVE):
        base.slack.take_note_of(each)
    bob = BOB.slack_id.user_id
    roles = People(curators=(bob,), operators=(bob,))
    return replace(base, policy=base.policy.model_copy(update={"people": roles}))


def everything_of(word: Word, who: Profile, services: Services, entry: Entry) -> str:
    """Do all that a word can be asked for with what a curator's own button carries; return what is shown."""
    visit = Visit(
        who.slack_id, ORG, word.name, f"{entry.id}.{version_of(entry)}", "", f"{word.name}-1", from_button=True,
        command="usecase", fields={"reason": "It does not work."},
    )  # fmt: skip
    ways: tuple[Callable[[Visit, Viewer | None, Services], Any] | None, ...] = (
        word.anybody, word.modal_anybody, word.submit,
    )  # fmt: skip
    said = [way(visit, None, services) for way in ways if way is not None]
    shown = [each if isinstance(each, Mapping) else {"blocks": each.blocks(rich=False)} for each in said]
    return "\n".join(text for each in shown for text in strings(dict(each)))


@pytest.mark.parametrize("word", RESERVED, ids=lambda word: word.name)
def test_who_is_neither_sees_and_changes_nothing(
    word: Word, waiting: Entry, services: Services, sqlite_database: Database
) -> None:
    before = everything_stored(sqlite_database)
    for somebody in (EVE, ADA):  # the author too
        assert "canary" not in everything_of(word, somebody, services, waiting)

    assert everything_stored(sqlite_database) == before


def test_who_is_one_sees_and_decides(waiting: Entry, services: Services, sqlite_database: Database) -> None:
    """Without this the others could pass on words that do nothing."""
    by_name = {word.name: word for word in use_case_curating.WORDS}
    before = everything_stored(sqlite_database)

    assert "canary-title" in everything_of(by_name["curate"], BOB, services, waiting)
    assert "canary-how" in everything_of(by_name["read"], BOB, services, waiting)
    everything_of(by_name["publish"], BOB, services, waiting)
    assert everything_stored(sqlite_database) != before


def test_all_of_them_can_be_asked_for() -> None:
    known = {id(word) for command in COMMANDS.values() for word in command.words.values()}

    assert {id(word) for word in RESERVED} <= known
