"""The weekly notes of the demo: when the next one is due, and sending it at once."""

import time
from datetime import timedelta
from typing import Final

from bot.domain.due import after_quiet_hours
from bot.domain.people import SlackId
from bot.domain.subscription import next_due, usual_time
from bot.jobs import digests
from bot.jobs.delivery import Deliverer
from bot.jobs.sender import Sender
from bot.services import Services
from storage import outbox
from storage.people import viewer_of
from storage.subscriptions import subscription_of

_TRIES: Final = 50
_PAUSE_SECONDS: Final = 0.1


def until_next_note(services: Services, user_id: str) -> timedelta:
    """Return how long it is until somebody's next note, or until notes usually come to who is not on."""
    now, rules = services.now(), services.policy.digest
    usual = usual_time(rules.weekday, rules.hour)
    with services.database.reading() as session:
        viewer = viewer_of(session, SlackId(services.slack.org_id, user_id))
        chosen = subscription_of(session, viewer.person_id if viewer else 0, usual)
    tz = viewer.tz if viewer else "UTC"
    return after_quiet_hours(next_due(chosen, tz, now), tz) - now + timedelta(minutes=1)


def send_notes(services: Services) -> int:
    """Plan the notes that are due, and see them out; return how many were planned."""
    planned = digests.run(services)["planned"]
    deliverer = Deliverer(Sender(services))
    for _ in range(_TRIES):
        deliverer.tick()
        with services.database.reading() as session:
            states = outbox.states(session)
        if not states.get(outbox.PLANNED) and not states.get(outbox.SENDING):
            break
        time.sleep(_PAUSE_SECONDS)  # the bot itself has it in hand
    return planned
