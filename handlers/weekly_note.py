"""How the asker has set the weekly note, and whether to offer it."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.due import zone
from bot.domain.people import Standing, Viewer
from bot.domain.subscription import Subscription, Usual, is_offered, is_zone, next_due, rests, usual_time
from bot.services import Services
from bot.views.blocks import Message
from bot.views.digest_settings import NoteSettings, with_offer
from storage.subscriptions import subscription_of


def usual(services: Services) -> Usual:
    """Return when notes come to who has not chosen, as the policy says."""
    return usual_time(services.policy.digest.weekday, services.policy.digest.hour)


def note_settings(session: Session, viewer: Viewer, services: Services) -> NoteSettings:
    """Return how the person has set the note."""
    return _settings(subscription_of(session, viewer.person_id, usual(services)), viewer.tz, services.now())


def _settings(chosen: Subscription, tz: str, now: datetime) -> NoteSettings:
    next_at = next_due(chosen, tz, now).astimezone(zone(tz))
    return NoteSettings(chosen, next_at, rests(chosen, tz, now), is_zone(tz))


def offered_note(message: Message, session: Session, viewer: Viewer, services: Services) -> Message:
    """Return an answer that asks whether the note is wanted, of who is new and has not said."""
    chosen = subscription_of(session, viewer.person_id, usual(services))
    wanted = viewer.standing is Standing.ON and is_offered(chosen, viewer.on_since, services.now().date())
    return with_offer(message) if wanted else message
