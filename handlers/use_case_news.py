"""What an author does about their own entries: a warning from others' answers, telling a team, still right or not."""

from collections.abc import Callable
from typing import Any, Final

from sqlmodel import Session

from bot.domain.iso_week import parse_iso_week
from bot.domain.people import Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Entry, may_change, problems_of
from bot.domain.use_cases.news import news_of
from bot.services import Services
from bot.views import use_case_news as views
from bot.views.blocks import Message
from bot.views.use_case_cards import TITLE, gone_window
from handlers.changes import change_once
from handlers.recognising import known
from handlers.team_access import is_id
from handlers.use_case_checks import wrong_with
from handlers.use_case_finding import published
from handlers.visit import Visit
from handlers.words import Word
from storage.use_case_answers import said_to
from storage.use_case_curating import decisions_about
from storage.use_case_entries import entry_of, put
from storage.use_case_lending import known_of


def _own(visit: Visit, argument: str, services: Services) -> Entry | None:
    """Return the entry that a button names, if its author asks."""
    asker = known(visit, services)
    with services.database.reading() as session:
        entry = entry_of(session, int(argument)) if is_id(argument) else None
    return entry if asker and entry and may_change(entry, asker.person_id) else None


def add_warning(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Add what somebody said to what to watch out for, as the author agrees."""
    id_, _, which = visit.argument.partition(" ")
    entry = _own(visit, id_, services)
    if entry is None:
        return views.not_yours()
    with services.database.reading() as session:
        reason = _reason(session, entry, which)
    if not reason or entry.state != "published":
        return views.nothing_to_add()
    if reason in entry.watch_out:
        return views.warning_added(entry)
    changed = steps.with_warning(entry, reason, services.now().date())
    if problems_of(changed) or wrong_with(reason, services):
        return views.warning_not_added(entry)
    change_once(visit, services, lambda session: put(session, changed))
    return views.warning_added(changed)


def _reason(session: Session, entry: Entry, which: str) -> str:
    """Return the reason that a button names by its week and its place in the author's news of that week."""
    word, _, number = which.partition(" ")
    week = parse_iso_week(word)
    if week is None or not is_id(number) or entry.person_id is None:
        return ""
    news = news_of(week, said_to(session, entry.person_id), entry.person_id)
    reasons = next((each.reasons for each in news if each.use_case_id == entry.id), ())
    return reasons[int(number)] if int(number) < len(reasons) else ""


def tell_team(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show a text about an entry to be copied; nothing is posted."""
    today = services.now().date()
    with services.database.reading() as session:
        entry = published(session, visit.argument)
        found = known_of(session, [entry.id], today) if entry else []
    return views.tell_team_window(found[0].entry, found[0].evidence) if found else gone_window()


def is_right(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Take it that an entry is still right; one that was archived unread is published again.

    What a curator archived stays so.
    """
    today = services.now().date()
    return _changed(visit, services, lambda session, entry: _right(session, entry, steps.checked(entry, today)))


def _right(session: Session, entry: Entry, checked: Entry) -> Message:
    if entry.state == "archived":
        if any(each.decision == "archived" for each in decisions_about(session, entry.id)) or not checked.checked_on:
            return views.not_yours()
        put(session, steps.published(checked, checked.checked_on))
    elif entry.state == "published":
        put(session, checked)
    return views.is_right()


def archive(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Archive an entry as its author wishes: it is kept, and shown to nobody else."""
    today = services.now().date()

    def work(session: Session, entry: Entry) -> Message:
        if entry.state == "published":
            put(session, steps.archived(entry, "", today))
        return views.is_archived(entry)

    return _changed(visit, services, work)


def _changed(visit: Visit, services: Services, work: Callable[[Session, Entry], Message]) -> Message:
    """Carry *work* out once on the author's own entry, as it stands then; return what it says."""
    entry = _own(visit, visit.argument, services)
    if entry is None:
        return views.not_yours()
    said = [views.is_right()] if visit.word == "still-right" else [views.is_archived(entry)]

    def once(session: Session) -> None:
        now = entry_of(session, entry.id)
        if now is not None:
            said[0] = work(session, now)

    change_once(visit, services, once)
    return said[0]


WORDS: Final = (
    Word("add-warning", anybody=add_warning, window_title=TITLE, typed=False),
    Word("tell-team", modal_anybody=tell_team, window_title=TITLE, typed=False),
    Word("still-right", anybody=is_right, window_title=TITLE, typed=False),
    Word("archive-own", anybody=archive, window_title=TITLE, typed=False),
)
