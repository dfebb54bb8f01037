"""Slack's directory, nightly: everybody's name, address and time zone, and who has left."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from bot.domain.people import Profile
from bot.services import Services
from storage import directory


def run(services: Services) -> dict[str, int]:
    """Take over what the directory says of everybody in it, a page at a time."""
    seen = left = 0
    for page in services.slack.pages_of_profiles():
        stored = services.database.writing(partial(_take, services=services, page=page))
        seen += stored.stored
        left += stored.left
    return {"refreshed": seen, "left": left}


def _take(session: Session, services: Services, page: Sequence[Profile]) -> directory.PageTaken:
    allowed = services.policy.guests.allowed
    return directory.take_page(session, page, services.marks, services.now(), guests_allowed=allowed)
