"""Switching on, pausing, choosing and erasing."""

from datetime import timedelta
from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.people import Standing, Viewer
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import switching as views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, links, people
from storage.erasure import erase as erase_person

log = structlog.get_logger()


def switch_on(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Make the asker a person whose usage is collected; who is on already reads the same."""
    profile = services.slack.profile(visit.slack_id.user_id)
    days = services.policy.retention.daily_days
    providers = [source.kind for source in services.sources if source.accounts_are_emails]

    def switch(session: Session) -> None:
        on = people.switch_on(session, profile, services.marks, services.now(), days)
        from_day = services.now().date() - timedelta(days=days)
        links.link_by_email(session, on, profile, providers, services.marks, from_day)

    if change_once(visit, services, switch):
        services.backfill()
    with services.database.reading() as session:
        now = people.viewer_of(session, visit.slack_id)
        chosen = choices.settings_of(session, now.person_id) if now else {}
    if now is None or now.standing is Standing.OFF:  # a late repeat of a press from before they erased everything
        return views.first_screen(profile.name)
    return views.switched_on(chosen, providers)


def not_now(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Leave everything off."""
    return views.not_now()


def show_choices(_visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show the two questions again, with what was chosen."""
    with services.database.reading() as session:
        return views.your_choices(choices.settings_of(session, viewer.person_id))


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
    return show_choices(visit, viewer, services)


def pause(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Stop collecting; what is there stays."""
    now = services.now()
    change_once(visit, services, lambda session: people.pause(session, viewer.person_id, now))
    return _collecting(visit, services)


def resume(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Collect again."""
    change_once(visit, services, lambda session: people.resume(session, viewer.person_id))
    return _collecting(visit, services)


def _collecting(visit: Visit, services: Services) -> Message:
    """Say how it is now, whichever of two requests came last."""
    with services.database.reading() as session:
        now = people.viewer_of(session, visit.slack_id)
    return views.paused(now.paused_since) if now is not None and now.paused_since else views.resumed()


def forget(_visit: Visit, _viewer: Viewer, _services: Services) -> Message:
    """Ask before everything is erased."""
    return views.ask_to_erase()


def erase(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Erase everything about the person, and then the files with their data in Slack."""
    today = services.now().date()
    with services.database.reading() as session:
        files = [file.file_id for file in choices.files_of(session, viewer.person_id) if file.deleted_at is None]
    if not change_once(visit, services, lambda session: erase_person(session, viewer.person_id, services.marks, today)):
        return views.ask_to_erase()  # a late repeat, of somebody who has started again since
    left = [file_id for file_id in files if not _deleted(file_id, services)]
    return views.erased(len(left), services.policy.people.help)


def _deleted(file_id: str, services: Services) -> bool:
    try:
        services.slack.delete_file(file_id)
    except ConnectorError as error:
        log.error("file_not_deleted", error=str(error))
        return False
    return True


WORDS: Final = (
    Word("on", anybody=switch_on, typed=False, changes=True),
    Word("not-now", anybody=not_now, typed=False),
    Word("choices", answer=show_choices, typed=False),
    Word("digest", answer=choose_digest, changes=True),
    Word("counted", answer=choose_counted, typed=False, changes=True),
    Word("pause", answer=pause, changes=True),
    Word("resume", answer=resume, changes=True),
    Word("forget", answer=forget),
    Word("erase", answer=erase, typed=False, changes=True),
)
