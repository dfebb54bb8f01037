"""The weekly note's switches: how it comes and when, a rest of four weeks, keeping or stopping it."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.subscription import MODES, parse_hour, parse_weekday
from bot.services import Services
from bot.views.blocks import Message
from bot.views.digest_answers import kept_on
from bot.views.digest_settings import next_one
from handlers.changes import change_once
from handlers.switching import show_choices
from handlers.visit import Visit
from handlers.weekly_note import note_settings
from handlers.words import Word
from storage import subscriptions
from storage.choices import choose

Change = Callable[[Session, int, datetime], object]


def choose_digest(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show the note's switches; with a way in which it can come, or none, remember that first."""
    mode = next((mode for mode in MODES if mode == visit.argument), None)
    if mode is None:
        return show_choices(visit, viewer, services)
    mark = services.policy.mark

    def keep(session: Session, person_id: int, now: datetime) -> None:
        subscriptions.subscribe(session, person_id, mode, now)
        choose(session, person_id, "digest_under_policy", mark, now)

    return _changed(visit, viewer, services, keep)


def choose_weekday(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember the weekday of the note."""
    weekday = parse_weekday(visit.argument)
    if weekday is None:
        return show_choices(visit, viewer, services)
    return _changed(
        visit, viewer, services, lambda session, who, now: subscriptions.choose_weekday(session, who, weekday, now)
    )


def choose_hour(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember the hour of the note."""
    hour = parse_hour(visit.argument)
    if hour is None:
        return show_choices(visit, viewer, services)
    return _changed(
        visit, viewer, services, lambda session, who, now: subscriptions.choose_hour(session, who, hour, now)
    )


def snooze(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Let the note rest for four weeks (`on`), or end such a rest (`off`)."""
    if visit.argument == "on":
        return _changed(visit, viewer, services, subscriptions.snooze)
    if visit.argument == "off":
        return _changed(visit, viewer, services, lambda session, who, _now: subscriptions.wake(session, who))
    return show_choices(visit, viewer, services)


def _changed(visit: Visit, viewer: Viewer, services: Services, change: Change) -> Message:
    now = services.now()
    change_once(visit, services, lambda session: change(session, viewer.person_id, now))
    return show_choices(visit, viewer, services)


def keep_it(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Say that the note stays on; where it was stopped since, show its switches."""
    with services.database.reading() as session:
        note = note_settings(session, viewer, services)
    return kept_on(next_one(note)) if note.subscription.is_on else show_choices(visit, viewer, services)


WORDS: Final = (
    Word("digest", answer=choose_digest, changes=True),
    Word("digest-day", answer=choose_weekday, typed=False, changes=True),
    Word("digest-hour", answer=choose_hour, typed=False, changes=True),
    Word("digest-snooze", answer=snooze, typed=False, changes=True),
    Word("digest-keep", answer=keep_it, typed=False),
)
