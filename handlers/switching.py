"""Switching on, pausing, choosing and erasing."""

from datetime import timedelta
from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.people import Profile, Standing, Viewer, awaited
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import switching as views
from bot.views.accounts import question_blocks, unknown_blocks
from bot.views.blocks import Block, Message
from handlers.accounts import questions_for, unknown_for
from handlers.changes import change_once
from handlers.recognising import known
from handlers.visit import Visit
from handlers.weekly_note import note_settings
from handlers.words import Word
from storage import choices, links, listings, people, usage
from storage.erasure import erase as erase_person

log = structlog.get_logger()


def switch_on(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Make the asker a person whose usage is collected; who is on already reads the same."""
    profile = services.slack.profile(visit.slack_id.user_id)
    if change_once(visit, services, lambda session: _switch(session, services, profile)):
        services.backfill()
    with services.database.reading() as session:
        now = people.viewer_of(session, visit.slack_id)
        if now is None or now.standing is Standing.OFF:  # a late repeat of a press from before they erased everything
            return views.first_screen(profile.name)
        chosen = choices.settings_of(session, now.person_id)
        known_by = awaited(services.asked, links.links_of(session, now.person_id), ())
        note = note_settings(session, now, services)
        about, few = _about_accounts(session, now, services), services.policy.sharing.min_people
        return views.switched_on(chosen, note, known_by, about, min_people=few)


def _switch(session: Session, services: Services, profile: Profile) -> None:
    days, today = services.policy.retention.daily_days, services.now().date()
    from_day = today - timedelta(days=days)
    by_address = [source.provider or source.kind for source in services.sources if source.accounts_are_emails]
    on = people.switch_on(session, profile, services.marks, services.now(), days)
    links.link_by_email(session, on, profile, by_address, services.marks, from_day)
    listings.link_listed(session, on, profile, services.marks, from_day)
    if awaited(services.asked, links.links_of(session, on.person_id), usage.deliveries_for(session, on.person_id)):
        choices.choose(session, on.person_id, choices.BACK_FILL, choices.WAITING, services.now())


def _about_accounts(session: Session, viewer: Viewer, services: Services) -> list[Block]:
    """Return what is asked about accounts, or that no tool knows one; usually nothing."""
    asked = questions_for(session, viewer, services)
    unknown = None if asked else unknown_for(session, viewer, services)
    return unknown_blocks(unknown) if unknown else question_blocks(asked)


def not_now(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Leave everything off."""
    return views.not_now()


def show_choices(_visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show the two questions again, with what was chosen."""
    with services.database.reading() as session:
        chosen = choices.settings_of(session, viewer.person_id)
        note = note_settings(session, viewer, services)
        asked, few = questions_for(session, viewer, services), services.policy.sharing.min_people
        return views.your_choices(chosen, note, question_blocks(asked), min_people=few)


def choose_counted(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember whether the person may be counted; a yes carries the policy it was given under."""
    if visit.argument in dict(views.COUNTED_CHOICES):
        now, mark = services.now(), services.policy.mark

        def keep(session: Session) -> None:
            choices.choose(session, viewer.person_id, "counted", visit.argument, now)
            choices.choose(session, viewer.person_id, "counted_under_policy", mark, now)

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


def forget(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Ask before everything is erased, also of somebody who is not on and about whom something may be left."""
    if viewer is None and known(visit, services) is None:
        return views.first_screen(services.slack.profile(visit.slack_id.user_id).name)
    return views.ask_to_erase()


def erase(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Erase everything about the person, and then the files with their data in Slack."""
    viewer = viewer or known(visit, services)
    if viewer is None:
        return views.first_screen(services.slack.profile(visit.slack_id.user_id).name)
    today, owner = services.now().date(), viewer.person_id
    files: list[str] = []

    def forget_all(session: Session) -> None:
        files[:] = [file.file_id for file in choices.files_of(session, owner) if file.deleted_at is None]
        erase_person(session, owner, services.marks, today)

    if not change_once(visit, services, forget_all):
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
    Word("counted", answer=choose_counted, typed=False, changes=True),
    Word("pause", answer=pause, changes=True),
    Word("resume", answer=resume, changes=True),
    Word("forget", anybody=forget),
    Word("erase", anybody=erase, typed=False, changes=True),
)
