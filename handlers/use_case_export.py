"""`/usecase export`: the library as two files in a curator's direct messages with the app."""

from collections.abc import Mapping
from typing import Final

from bot.domain.people import Viewer
from bot.domain.use_cases.entry import shown_author
from bot.domain.use_cases.rank import in_order
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import feeds
from bot.views import use_case_export as views
from bot.views.blocks import Message
from bot.views.use_case_help import unknown_word
from handlers.changes import change_once
from handlers.use_case_curating import curates
from handlers.visit import Visit
from handlers.words import Word
from storage.people import by_person_id
from storage.use_case_lending import known_of
from storage.use_case_standing import links_of, offers


def export(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Put the library's files into a curator's direct messages; to everybody else the word means nothing."""
    if not curates(visit, services):
        return unknown_word()
    if not change_once(visit, services, lambda _: None):
        return views.export_started()
    note = views.export_note()
    try:
        for name, content in _files(services).items():
            services.slack.send_file(visit.slack_id.user_id, name, content, note.text, note.blocks(rich=False))
    except ConnectorError as error:
        if "missing_scope" in str(error):
            return feeds.export_impossible(services.policy.people.help)
        raise
    return views.export_started()


def _files(services: Services) -> Mapping[str, bytes]:
    today = services.now().date()
    with services.database.reading() as session:
        order = in_order((each.candidate for each in offers(session, today)), today, seed=today.isoformat())
        known = known_of(session, order, today)
        links = links_of(session, order)
        persons = {person for each in known if (person := shown_author(each.entry)[0]) is not None}
        names = {id_: found.name for id_ in sorted(persons) if (found := by_person_id(session, id_))}
    return views.library_files([(each.entry, each.evidence) for each in known], names, links)


WORDS: Final = (Word("export", anybody=export),)
