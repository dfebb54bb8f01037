"""One user's new entry in Slack's directory, between two nights."""

from typing import Any

import structlog
from sqlmodel import Session

from bot.domain.people import Profile
from bot.errors import WorthwhileError
from bot.services import Services
from storage import directory

log = structlog.get_logger()


def note_user(user: Any, services: Services) -> None:
    """Take over what an event says of *user*, a user object of Slack's, without asking Slack anything.

    Most events are about a status or a picture: what is stored already is only read. An event that
    carries no user leaves it to the next night.
    """
    if not isinstance(user, dict) or not user.get("id"):
        return
    profile = services.slack.profile_in(user)
    if profile.is_bot or profile.is_stranger:
        return
    services.slack.take_note_of(profile)
    try:
        with services.database.reading() as session:
            if not directory.is_news(session, profile):
                return
        services.database.writing(lambda session: _take(session, profile, services))
    except WorthwhileError as error:
        log.warning("user_not_noted", error=type(error).__name__)


def _take(session: Session, profile: Profile, services: Services) -> None:
    allowed = services.policy.guests.allowed
    directory.take_page(session, [profile], services.marks, services.now(), guests_allowed=allowed)
