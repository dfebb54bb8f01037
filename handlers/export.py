"""A person's own data as a file in their direct messages with the app."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.chain import EXPORT, EXPORT_DELETED, Entry
from bot.domain.export import export_object
from bot.domain.people import Viewer
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import feeds as views
from bot.views.blocks import Message
from bot.views.export import export_zip
from bot.views.switching import first_screen
from handlers.changes import change_once
from handlers.recognising import known
from handlers.visit import Visit
from handlers.words import Word
from storage import choices
from storage.access_log import note
from storage.erasure import still_here
from storage.export import everything_about


def export(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Make the file and put it into the app's direct messages; nobody else is in that conversation.

    Of somebody who is not on it has what is known about everybody. Who erases everything while it is made
    gets none: whichever of the two is kept first, no file stays.
    """
    viewer = viewer or known(visit, services)
    if viewer is None:
        return first_screen(services.slack.profile(visit.slack_id.user_id).name)
    if not change_once(visit, services, lambda _: None):
        return views.export_started()
    with services.database.reading() as session:
        stored = everything_about(session, viewer, services.marks)
    if stored is None:
        return views.export_overtaken()
    content = export_zip(export_object(stored, services.overlaps))
    note = views.export_file_note()
    try:
        file_id = services.slack.send_file(
            viewer.slack_id.user_id, "my-data.zip", content, note.text, note.blocks(rich=False)
        )
    except ConnectorError as error:
        if "missing_scope" in str(error):
            return views.export_impossible(services.policy.people.help)
        raise
    owner, now = viewer.person_id, services.now()
    if not services.database.writing(lambda session: _note_file(session, owner, file_id, now)):
        services.slack.delete_file(file_id)
        return views.export_overtaken()
    return views.export_started()


def _note_file(session: Session, owner: int, file_id: str, now: datetime) -> bool:
    """Remember the file, unless its owner has erased everything while it was made; return whether they have not."""
    if not still_here(session, owner):
        return False
    choices.note_file(session, owner, file_id, now)
    note(session, Entry(EXPORT, person_id=owner), now)
    return True


def delete_file(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Delete the person's files; those of others are out of reach, whatever a request says."""
    viewer = viewer or known(visit, services)
    if viewer is None:
        return views.file_deleted(0)
    owner = viewer.person_id
    with services.database.reading() as session:
        files = [file for file in choices.files_of(session, owner) if file.deleted_at is None]
    for file in files:
        services.slack.delete_file(file.file_id)
    now = services.now()

    def note_deleted(session: Session) -> None:
        for file in files:
            choices.note_file_deleted(session, owner, file.file_id, now)
        if files and still_here(session, owner):
            note(session, Entry(EXPORT_DELETED, person_id=owner), now)

    services.database.writing(note_deleted)
    return views.file_deleted(len(files))


WORDS: Final = (
    Word("export", anybody=export),
    Word("delete-file", anybody=delete_file, typed=False),
)
