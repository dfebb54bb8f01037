"""A person's own data as a file in their direct messages with the app."""

from typing import Final

from sqlmodel import Session

from bot.domain.export import export_object
from bot.domain.people import Viewer
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import feeds as views
from bot.views.blocks import Message
from bot.views.export import export_zip
from handlers.changes import change_once
from handlers.visit import Visit
from handlers.words import Word
from storage import choices
from storage.export import everything_about


def export(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Make the file and put it into the app's direct messages; nobody else is in that conversation."""
    if not change_once(visit, services, lambda _: None):
        return views.export_started()
    with services.database.reading() as session:
        stored = everything_about(session, viewer)
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
    services.database.writing(lambda session: choices.note_file(session, viewer.person_id, file_id, services.now()))
    return views.export_started()


def delete_file(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Delete the person's files; those of others are out of reach, whatever a request says."""
    with services.database.reading() as session:
        files = [file for file in choices.files_of(session, viewer.person_id) if file.deleted_at is None]
    for file in files:
        services.slack.delete_file(file.file_id)
    now = services.now()

    def note(session: Session) -> None:
        for file in files:
            choices.note_file_deleted(session, viewer.person_id, file.file_id, now)

    services.database.writing(note)
    return views.file_deleted(len(files))


WORDS: Final = (
    Word("export", answer=export),
    Word("delete-file", answer=delete_file, typed=False),
)
