"""`/usecase subscribe` and `unsubscribe` in a channel: its weekly round-up."""

import re
from typing import Final

from bot.domain.people import Viewer
from bot.services import Services
from bot.views import use_case_round_up as views
from bot.views.blocks import Message
from bot.views.use_case_cards import TITLE
from handlers.changes import change_once
from handlers.use_case_finding import asker_of
from handlers.visit import Visit
from handlers.words import Word
from storage.use_case_round_ups import round_up_of, subscribe, unsubscribe

# Direct messages (D...) get none.
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,30}", re.ASCII)


def _channel(visit: Visit) -> str:
    """Return the channel that is meant: where it was typed, or the one that a button names."""
    named = visit.argument if visit.from_button else visit.channel_id
    return named if _CHANNEL.fullmatch(named) else ""


def turn_on(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Turn the round-up on in a channel that the bot is in."""
    channel = _channel(visit)
    if not channel:
        return views.type_it_in_a_channel()
    if services.slack.is_in_channel(channel) is False:
        return views.invite_first(channel)
    asker, today, rules = asker_of(visit, services), services.now().date(), services.policy.digest
    with services.database.reading() as session:
        was_on = round_up_of(session, channel) is not None
    change_once(visit, services, lambda session: subscribe(session, channel, asker.person_id, today))
    return views.subscribed(channel, f"on {rules.weekday.capitalize()}s, {rules.hour}:00 UTC", was_on=was_on)


def turn_off(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Turn it off, as anybody in the channel may."""
    channel = _channel(visit)
    if not channel:
        return views.type_it_in_a_channel()
    with services.database.reading() as session:
        was_on = round_up_of(session, channel) is not None
    change_once(visit, services, lambda session: unsubscribe(session, channel))
    return views.unsubscribed(channel, was_on=was_on)


WORDS: Final = (
    Word("subscribe", anybody=turn_on, window_title=TITLE),
    Word("unsubscribe", anybody=turn_off, window_title=TITLE),
)
