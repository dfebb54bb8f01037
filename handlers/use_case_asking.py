"""`/usecase ask WORDS`: what people look for; what is there already is offered first."""

from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.search import asked_words
from bot.domain.use_cases.text import normal_line
from bot.domain.use_cases.traces import Wanted
from bot.services import Services
from bot.views import use_case_asking as views
from bot.views.blocks import Message
from bot.views.use_case_cards import TITLE
from handlers.changes import change_once
from handlers.team_access import is_id
from handlers.use_case_checks import wrong_with
from handlers.use_case_finding import asker_of
from handlers.visit import Visit
from handlers.words import Word
from storage.ids import new_id
from storage.use_case_asking import ask as put_wanted
from storage.use_case_asking import ask_no_more, ask_too, wanted_alike, wanted_by, wanted_now, wanted_one
from storage.use_case_entries import entries
from storage.use_case_search import search

_LONGEST: Final = 200
_OFFERED: Final = 3


def ask(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Offer what is there already, or what others look for in the same words; else look for it from now on."""
    return _ask(visit, services, offers_what_is_there=not visit.from_button)


def ask_anyway(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Look for it although something like it is there."""
    return _ask(visit, services, offers_what_is_there=False)


def _ask(visit: Visit, services: Services, *, offers_what_is_there: bool) -> Message:
    words = normal_line(visit.argument)[:_LONGEST]
    with services.database.reading() as session:
        if not asked_words(words):
            return views.looked_for(wanted_now(session))
        alike = wanted_alike(session, words)
        there = _there(session, words) if offers_what_is_there else []
    if there:
        return views.perhaps(words, there)
    asker = asker_of(visit, services)
    if alike is not None:
        with services.database.reading() as session:
            own = {each.id for each in wanted_by(session, asker.person_id)}
        return views.noted(alike) if alike.id in own else views.is_wanted_already(alike)
    if wrong := wrong_with(words, services):
        return views.refused(wrong)
    return _put(visit, services, asker, words)


def _put(visit: Visit, services: Services, asker: Viewer, words: str) -> Message:
    today, id_ = services.now().date(), new_id()
    change_once(visit, services, lambda session: put_wanted(session, id_, words, asker.person_id, today))
    with services.database.reading() as session:
        wanted = wanted_one(session, id_) or wanted_alike(session, words)
    return views.noted(wanted) if wanted else views.no_longer_open()


def _there(session: Session, words: str) -> list[Entry]:
    """Return the entries that have every one of the words."""
    asked = len(asked_words(words))
    ids = [each.id for each in search(session, words) if each.words == asked][:_OFFERED]
    found = entries(session, ids)
    return [found[id_] for id_ in ids if id_ in found]


def _open(session: Session, argument: str) -> Wanted | None:
    wanted = wanted_one(session, int(argument)) if is_id(argument) else None
    return wanted if wanted is not None and wanted.state == "open" else None


def want_too(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Count somebody among those who look for it."""
    with services.database.reading() as session:
        wanted = _open(session, visit.argument)
    if wanted is None:
        return views.no_longer_open()
    asker, today = asker_of(visit, services), services.now().date()
    change_once(visit, services, lambda session: ask_too(session, wanted.id, asker.person_id, today))
    return views.noted(wanted)


def not_wanted(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Forget that somebody looks for it."""
    if is_id(visit.argument):
        asker, id_ = asker_of(visit, services), int(visit.argument)
        change_once(visit, services, lambda session: ask_no_more(session, id_, asker.person_id))
    return views.not_wanted()


WORDS: Final = (
    Word("ask", anybody=ask, window_title=TITLE),
    Word("ask-anyway", anybody=ask_anyway, window_title=TITLE, typed=False),
    Word("want-too", anybody=want_too, window_title=TITLE, typed=False),
    Word("not-wanted", anybody=not_wanted, window_title=TITLE, typed=False),
)
