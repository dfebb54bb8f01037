"""Trying an entry: being asked once what came of it, answering, and adding a line, a reason or a finished item."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, get_args

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import Answer, Result
from bot.domain.use_cases.news import Said
from bot.domain.use_cases.text import normal_line
from bot.services import Services
from bot.views import use_case_trying as views
from bot.views.blocks import Message
from bot.views.use_case_cards import TITLE, first_name, gone, gone_window
from handlers.changes import change_once
from handlers.team_access import is_id
from handlers.use_case_checks import check_words
from handlers.use_case_finding import asker_of, author_of, published
from handlers.visit import Visit
from handlers.words import Word
from storage.finished import held
from storage.ids import new_id
from storage.use_case_answers import add_reason, add_thanks, said_by, say
from storage.use_case_entries import entry_of, link
from storage.use_case_lending import team_name_of
from storage.use_case_tries import settle, try_of, want_to_try

ASKED_AFTER: Final = timedelta(days=7)
# An entry may have been archived since somebody tried it; what they say of it is still theirs to say.
_ANSWERABLE: Final = ("published", "archived")


def _answerable(session: Session, argument: str) -> Entry | None:
    entry = entry_of(session, int(argument)) if is_id(argument) else None
    return entry if entry is not None and entry.state in _ANSWERABLE else None


def will_try(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Remember that somebody wants to try an entry, to ask them once after a week."""
    with services.database.reading() as session:
        entry = published(session, visit.argument)
    if entry is None:
        return gone()
    asker, today = asker_of(visit, services), services.now().date()
    if asker.person_id == entry.person_id:
        return views.your_own()
    due_on = today + ASKED_AFTER
    change_once(visit, services, lambda session: want_to_try(session, asker.person_id, entry.id, today, due_on))
    with services.database.reading() as session:
        tried = try_of(session, asker.person_id, entry.id)
    return views.will_try(entry.title, entry.id, (tried and tried.due_on) or due_on)


def have_tried(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Ask at once whether it worked."""
    with services.database.reading() as session:
        entry = published(session, visit.argument)
    if entry is None:
        return gone()
    is_own = asker_of(visit, services).person_id == entry.person_id
    return views.your_own() if is_own else views.question(entry.title, entry.id)


def _leave(visit: Visit, services: Services) -> None:
    if is_id(visit.argument):
        asker, entry_id = asker_of(visit, services), int(visit.argument)
        change_once(visit, services, lambda session: settle(session, asker.person_id, entry_id, "left"))


def not_after_all(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Ask nothing about what somebody wanted to try."""
    _leave(visit, services)
    return views.not_after_all()


def not_yet(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Take it that somebody did not get to it."""
    _leave(visit, services)
    return views.not_yet()


def answer(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Keep what somebody says after trying an entry, in the place of what they said before; never the author's own."""
    id_, _, word = visit.argument.partition(" ")
    with services.database.reading() as session:
        entry, result = _answerable(session, id_), _result(word)
        author = author_of(session, entry) if entry else None
    if entry is None or result is None:
        return gone()
    asker, today = asker_of(visit, services), services.now().date()
    if asker.person_id == entry.person_id:
        return views.your_own()
    change_once(visit, services, lambda session: _keep(session, asker.person_id, entry.id, result, today))
    name = first_name(author.name) if author else ""
    return views.thanks(result, entry.id, name, is_read=entry.person_id is not None)


def _result(word: str) -> Result | None:
    return next((each for each in get_args(Result) if each == word), None)


def _keep(session: Session, person_id: int, entry_id: int, result: Result, today: date) -> None:
    team = team_name_of(session, person_id)
    say(session, entry_id, Answer(new_id(), person_id, team, result, today))
    settle(session, person_id, entry_id, "answered")


def enough(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Take it that somebody adds nothing."""
    return views.enough()


def _form(fill: Callable[[str, int], dict[str, Any]]) -> Callable[[Visit, Viewer | None, Services], dict[str, Any]]:
    def open_form(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
        with services.database.reading() as session:
            entry = _answerable(session, visit.argument)
        return fill(entry.title, entry.id) if entry else gone_window()

    return open_form


def _added(
    visit: Visit, services: Services, add: Callable[[Session, Said], object], then: Callable[[Entry], Message]
) -> Message:
    """Add something to the asker's own answer and say *then*; who has not answered is asked first."""
    asker = asker_of(visit, services)
    with services.database.reading() as session:
        entry = _answerable(session, visit.argument)
        said = [each for each in said_by(session, asker.person_id) if entry and each.use_case_id == entry.id]
    if entry is None:
        return gone()
    if not said:
        return views.no_answer_yet(entry.title, entry.id)
    change_once(visit, services, lambda session: add(session, said[0]))
    return then(entry)


def send_line(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Keep a line for the author, with the name of who wrote it only where they add it."""
    line, named = normal_line(visit.fields.get("line", "")), visit.fields.get("name") == "yes"

    def add(session: Session, said: Said) -> bool:
        return add_thanks(session, said.answer.id, said.answer.person_id or 0, line, named=named)

    return _added(visit, services, add, lambda _: views.line_kept())


def send_reason(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Keep why an entry did not work, for its author."""
    reason = normal_line(visit.fields.get("reason", ""))

    def add(session: Session, said: Said) -> bool:
        return add_reason(session, said.answer.id, said.answer.person_id or 0, reason, sent=True)

    return _added(visit, services, add, lambda _: views.line_kept())


def send_reference(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Link an entry to a finished item that it helped with, where there is one of that name."""
    reference, today = visit.fields.get("reference", "").strip(), services.now().date()
    with services.database.reading() as session:
        is_known = bool(reference) and bool(held(session, [reference]))

    def add(session: Session, said: Said) -> None:
        if is_known:
            link(session, said.use_case_id, reference, today)

    then = views.linked_to if is_known else views.not_known
    return _added(visit, services, add, lambda entry: then(reference, entry.id))


def _check(name: str) -> Callable[[Visit, Services], Mapping[str, str]]:
    return lambda visit, services: check_words(visit, name, services)


WORDS: Final = (
    Word("try", anybody=will_try, window_title=TITLE, typed=False, changes=True),
    Word("tried", anybody=have_tried, window_title=TITLE, typed=False),
    Word("not-after-all", anybody=not_after_all, window_title=TITLE, typed=False),
    Word("not-yet", anybody=not_yet, window_title=TITLE, typed=False),
    Word("worked", anybody=answer, window_title=TITLE, typed=False, changes=True),
    Word("enough", anybody=enough, window_title=TITLE, typed=False),
    Word(
        "line",
        modal_anybody=_form(views.line_form),
        submit=send_line,
        check=_check("line"),
        window_title=TITLE,
        typed=False,
    ),
    Word(
        "tell-why",
        modal_anybody=_form(views.reason_form),
        submit=send_reason,
        check=_check("reason"),
        window_title=TITLE,
        typed=False,
    ),
    Word("helped", modal_anybody=_form(views.helped_form), submit=send_reference, window_title=TITLE, typed=False),
)
