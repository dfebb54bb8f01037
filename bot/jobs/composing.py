"""Whether a message may go to somebody now, and what it says."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.delivery import OVERTAKEN, Delivery, hindrance
from bot.domain.people import Viewer
from bot.jobs.kind import Kind, ToPerson
from bot.services import Services
from bot.views.blocks import Message
from storage import outbox
from storage.choices import settings_of
from storage.outbox import Ended
from storage.people import by_person_id


class Whom(NamedTuple):
    """Whom a message goes to, nobody for a channel, and why it does not go, if it does not."""

    viewer: Viewer | None
    obstacle: str = ""


class End(NamedTuple):
    """How a message ends that may not go any more, and why."""

    state: Ended
    why: str


def whom_of(session: Session, services: Services, kind: Kind, delivery: Delivery) -> Whom:
    """Return whom a message goes to, by what stands now."""
    if not isinstance(kind, ToPerson):
        return Whom(None)
    viewer = by_person_id(session, delivery.key.person_id)
    chosen = settings_of(session, delivery.key.person_id) if kind.needs else {}
    guests = services.policy.guests.allowed
    return Whom(viewer, hindrance(viewer, chosen, kind.needs, guests_allowed=guests, anybody=kind.anybody))


def end_of(session: Session, kind: Kind, delivery: Delivery, whom: Whom, now: datetime) -> End | None:
    """Return how a message ends now that was composed; None where it may still go."""
    if whom.obstacle:
        return End("suppressed", whom.obstacle)
    if now - delivery.due_at > kind.late:
        return End("skipped", "too late")
    if kind.newest_only and outbox.is_overtaken(session, delivery, now):
        return End("skipped", OVERTAKEN)
    return None


def composed(services: Services, kind: Kind, viewer: Viewer | None, delivery: Delivery) -> Message | None:
    """Return what a message says; None when there is nothing to say."""
    if not isinstance(kind, ToPerson):
        return kind.compose(services, delivery.payload)
    return kind.compose(services, viewer, delivery.payload) if viewer else None
