"""Switching on, pausing, choosing and erasing."""

from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.services import Services
from bot.views import switching as views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, people
from storage.erasure import erase as erase_person


def switch_on(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Make the asker a person whose usage is collected; who is on already reads the same."""
    profile = services.slack.profile(visit.slack_id.user_id)
    days = services.policy.retention.daily_days
    change_once(
        visit,
        services,
        lambda session: people.switch_on(session, profile, services.marks, services.now(), days),
    )
    return _follow_up(visit, services)


def _follow_up(visit: Visit, services: Services) -> Message:
    with services.database.reading() as session:
        viewer = people.viewer_of(session, visit.slack_id)
        return views.switched_on(choices.settings_of(session, viewer.person_id) if viewer else {})


def not_now(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Leave everything off."""
    return views.not_now()


def show_choices(visit: Visit, _viewer: Viewer, services: Services) -> Message:
    """Show the two questions again, with what was chosen."""
    return _follow_up(visit, services)


def choose_digest(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember how the weekly note is wanted."""
    return _choose(visit, viewer, services, "digest", dict(views.DIGEST_CHOICES))


def choose_counted(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember whether the person may be counted; a yes carries the policy it was given under."""
    return _choose(visit, viewer, services, "counted", dict(views.COUNTED_CHOICES))


def _choose(visit: Visit, viewer: Viewer, services: Services, name: str, allowed: dict[str, str]) -> Message:
    if visit.argument in allowed:
        now, mark = services.now(), services.policy.mark

        def keep(session: Session) -> None:
            choices.choose(session, viewer.person_id, name, visit.argument, now)
            choices.choose(session, viewer.person_id, f"{name}_under_policy", mark, now)

        change_once(visit, services, keep)
    return _follow_up(visit, services)


def pause(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Stop collecting; what is there stays."""
    now = services.now()
    change_once(visit, services, lambda session: people.pause(session, viewer.person_id, now))
    return views.paused(viewer.paused_since or now.date())


def resume(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Collect again."""
    change_once(visit, services, lambda session: people.resume(session, viewer.person_id))
    return views.resumed()


def forget(_visit: Visit, _viewer: Viewer, _services: Services) -> Message:
    """Ask before everything is erased."""
    return views.ask_to_erase()


def erase(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Erase everything about the person."""
    today = services.now().date()
    change_once(visit, services, lambda session: erase_person(session, viewer.person_id, services.marks, today))
    return views.erased()


WORDS: Final = (
    Word("on", anybody=switch_on, typed=False),
    Word("not-now", anybody=not_now, typed=False),
    Word("choices", answer=show_choices, typed=False),
    Word("digest", answer=choose_digest, typed=False),
    Word("counted", answer=choose_counted, typed=False),
    Word("pause", answer=pause),
    Word("resume", answer=resume),
    Word("forget", answer=forget),
    Word("erase", answer=erase, typed=False),
)
