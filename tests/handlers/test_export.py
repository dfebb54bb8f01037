"""A file of one's own data, made while one erases everything: whichever is kept first, nothing stays."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlmodel import Session, select

from bot.domain.chain import EXPORT, Entry
from bot.domain.people import Viewer
from bot.services import Services
from bot.slack import Slack
from handlers import export, switching
from handlers.visit import Visit
from storage import access_log, choices
from storage.engine import Database
from storage.erasure import erase, still_here
from storage.tables import AccessEntry, OwnFile
from tests.cast import ADA, MARKS, ORG, T0, TODAY, switched_on
from tests.promises.answers import services_on
from tests.threads import at_once


class Files(Slack):
    """A workspace that only takes and deletes files, and lets something happen while it takes one."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__(WebClient(token="", retry_handlers=[]), org_id=ORG, team_id=ORG, bot_user_id="UBOT")
        self.files: set[str] = set()
        self.meanwhile = meanwhile

    def send_file(self, *_args: Any) -> str:
        """Take a file, after what happens meanwhile."""
        self.meanwhile()
        self.files.add(name := f"F{len(self.files)}")
        return name

    def delete_file(self, file_id: str) -> None:
        """Delete a file."""
        self.files.discard(file_id)


def visit(word: str) -> Visit:
    return Visit(ADA.slack_id, ORG, word, "", "", word)


def kept(database: Database) -> tuple[int, list[str]]:
    """Return how many files are remembered, and what the log says of persons."""
    with database.reading() as session:
        rows = session.exec(select(AccessEntry).where(AccessEntry.person_id != None)).all()  # noqa: E711
        return len(session.exec(select(OwnFile)).all()), [row.kind for row in rows]


def stage(database: Database) -> tuple[Files, Services, Viewer]:
    files = Files()
    services = replace(services_on(database), slack=files)
    return files, services, switched_on(database)


def test_the_file_is_remembered_and_logged(database: Database) -> None:
    files, services, ada = stage(database)
    export.export(visit("export"), ada, services)
    made = kept(database)
    export.delete_file(visit("delete-file"), ada, services)

    assert made == (1, ["export"])
    assert sorted(kept(database)[1]) == ["export", "export_deleted"]
    assert not files.files


@pytest.mark.parametrize("before", [True, False])
def test_who_erases_everything_while_the_file_is_made_gets_none(database: Database, before: bool) -> None:
    files, services, ada = stage(database)

    def forget() -> object:
        return switching.erase(visit("erase"), ada, services)

    if before:
        forget()
    else:
        files.meanwhile = forget
    answer = export.export(visit("export"), ada, services)

    assert "You erased everything meanwhile" in answer.as_text()
    assert kept(database) == (0, [])
    assert not files.files


def test_who_erases_everything_after_the_file_was_made_loses_it_too(database: Database) -> None:
    files, services, ada = stage(database)
    export.export(visit("export"), ada, services)
    switching.erase(visit("erase"), ada, services)

    assert kept(database) == (0, [])
    assert not files.files
    with database.reading() as session:
        assert access_log.verify(session) is None


def test_of_both_at_the_same_moment_nothing_is_left(database: Database) -> None:
    """Each pair meets in the database at once; what the one has written the other has to see."""
    for number in range(4):
        ada = switched_on(database)

        def note(session: Session, owner: int = ada.person_id, file: str = f"F{number}") -> None:
            if still_here(session, owner):
                choices.note_file(session, owner, file, T0)
                access_log.note(session, Entry(EXPORT, person_id=owner), T0)

        def forget(session: Session, owner: int = ada.person_id) -> None:
            erase(session, owner, MARKS, TODAY)

        at_once(2, lambda which, works=(note, forget): database.writing(works[which]))  # type: ignore[misc]

        assert kept(database) == (0, [])
