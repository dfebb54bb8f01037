"""`/usecase` and `/usecase find WORDS`: cards in the library's order, and what can be asked about one of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.use_cases.entry import Entry, is_readable, shown_author
from bot.domain.use_cases.lending import Known, library_line
from bot.domain.use_cases.rank import in_order
from bot.domain.use_cases.search import shown_order
from bot.domain.use_cases.traces import Report
from bot.services import Services
from bot.views import use_case_cards as views
from bot.views.blocks import Block, Message, Twin
from handlers.changes import change_once
from handlers.recognising import known
from handlers.team_access import is_id, who_asks_now
from handlers.use_case_checks import check_words
from handlers.visit import Visit
from handlers.words import Word
from storage.ids import new_id
from storage.people import by_person_id
from storage.use_case_entries import entry_of, variants_of
from storage.use_case_lending import evidence_about, known_of, to_borrow
from storage.use_case_mail import report_entry
from storage.use_case_search import search
from storage.use_case_standing import offers

PAGE: Final = 5


def find(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the entries with these words, or without any the first of all, in the library's order."""
    return _page(visit, services, visit.argument.strip(), 0)


def more(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the page that a button names."""
    number, _, words = visit.argument.partition(" ")
    return _page(visit, services, words.strip(), int(number) if is_id(number) else 0)


def _page(visit: Visit, services: Services, words: str, number: int) -> Message:
    asker, today = known(visit, services), services.now().date()
    with services.database.reading() as session:
        ids = _ids(session, services, words)
        first = number * PAGE
        found = known_of(session, ids[first : first + PAGE], today)
        cards = cards_of(session, found, asker)
    if cards:
        rest = f"{number + 1} {words}".strip() if len(ids) > first + PAGE else ""
        return views.page(cards, words, rest)
    if number:
        return views.no_more()
    return views.nothing_about(words) if words else views.library_empty()


def _ids(session: Session, services: Services, words: str) -> list[int]:
    """Return all that is meant, in the order in which it is shown; turns of new ones change by the day."""
    today = services.now().date()
    found = search(session, words) if words else []
    among = [each.id for each in found] if words else None
    order = in_order((each.candidate for each in offers(session, today, among)), today, seed=today.isoformat())
    return shown_order(found, order, len(found)) if words else order


def cards_of(session: Session, found: Sequence[Known], asker: Viewer | None) -> list[views.Card]:
    """Return entries as *asker* sees them."""
    return [_card(session, each.entry, asker, each) for each in found]


def _card(session: Session, entry: Entry, asker: Viewer | None, known: Known) -> views.Card:
    author = author_of(session, entry)
    is_own = asker is not None and entry.person_id == asker.person_id
    return views.Card(entry, known.evidence, author.name if author else "", is_own)


def author_of(session: Session, entry: Entry) -> Viewer | None:
    """Return who shared an entry, where they show it and are still here."""
    person, _ = shown_author(entry)
    author = None if person is None else by_person_id(session, person)
    return None if author is None or author.has_left else author


def published(session: Session, argument: str) -> Entry | None:
    """Return the entry that a button names, if everybody may read it."""
    entry = entry_of(session, int(argument)) if is_id(argument) else None
    return entry if entry is not None and entry.state == "published" else None


def asker_of(visit: Visit, services: Services) -> Viewer:
    """Return who asks, known from now on where the directory of last night did not have them."""
    found = known(visit, services)
    if found is not None:
        return found
    profile = services.slack.profile(visit.slack_id.user_id)
    return services.database.writing(lambda session: who_asks_now(session, profile, services))


def open_entry(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the entry that a button names, to whoever may read it."""
    asker, today = known(visit, services), services.now().date()
    with services.database.reading() as session:
        entry = entry_of(session, int(visit.argument)) if is_id(visit.argument) else None
        curates = visit.slack_id.user_id in services.policy.people.curators
        if entry is None or not is_readable(entry, asker.person_id if asker else 0, curates=curates):
            return views.gone()
        found = known_of(session, [entry.id], today)
        if found:
            return views.opened(cards_of(session, found, asker)[0], variants_of(session, entry.id))
        is_own = asker is not None and entry.person_id == asker.person_id
        return views.opened(views.Card(entry, evidence_about(session, entry, today), is_own=is_own))


def _window(fill: Callable[[Session, Entry], dict[str, Any]], visit: Visit, services: Services) -> dict[str, Any]:
    with services.database.reading() as session:
        entry = published(session, visit.argument)
        return fill(session, entry) if entry is not None else views.gone_window()


def show_prompt(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show what an entry says to do as text to be copied."""
    return _window(lambda _, entry: views.prompt_window(entry), visit, services)


def ask_author(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Say who shared an entry, where they show it."""

    def fill(session: Session, entry: Entry) -> dict[str, Any]:
        author = author_of(session, entry)
        if author is None:
            return views.no_author_window()
        return views.ask_author_window(entry, author.name, author.slack_id.user_id)

    return _window(fill, visit, services)


def open_report(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Ask what is wrong with an entry."""
    return _window(lambda _, entry: views.report_form(entry), visit, services)


def check_report(visit: Visit, services: Services) -> Mapping[str, str]:
    """Return what is to be corrected in a report."""
    return check_words(visit, "reason", services)


def send_report(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Keep a report, and tell those who look after the library once."""
    asker, now, people = asker_of(visit, services), services.now(), services.policy.people
    with services.database.reading() as session:
        entry = published(session, visit.argument)
    if entry is None:
        return views.gone()
    said = Report(new_id(), entry.id, asker.person_id, visit.fields.get("reason", "").strip(), now.date())
    change_once(visit, services, lambda session: report_entry(session, said, people.curators, services.operators, now))
    return views.reported()


def in_home(visit: Visit, services: Services) -> list[list[Block | Twin]]:
    """Return what Home offers to borrow, if there is anything."""
    asker, today = known(visit, services), services.now().date()
    if asker is None:
        return []
    with services.database.reading() as session:
        offered = to_borrow(session, asker, today, offered_too=True)
    return [list(views.home_part(library_line(offered)))] if offered else []


WORDS: Final = (
    Word("find", anybody=find, window_title=views.TITLE),
    Word("more", anybody=more, window_title=views.TITLE, typed=False),
    Word("open", anybody=open_entry, window_title=views.TITLE, typed=False),
    Word("prompt", modal_anybody=show_prompt, window_title=views.TITLE, typed=False),
    Word("author", modal_anybody=ask_author, window_title=views.TITLE, typed=False),
    Word(
        "report",
        modal_anybody=open_report,
        submit=send_report,
        check=check_report,
        window_title=views.TITLE,
        typed=False,
    ),
)
