"""Looking for a message that may have been posted: its sender was lost with it, or got no clear answer."""

from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from bot.domain.delivery import Delivery, Failure, Meaning, Missing, Posted, meaning
from bot.jobs.sender import UNREACHABLE_SECONDS, Handled, Sender
from storage import outbox
from storage.people import by_person_id

log = structlog.get_logger()
# By so much the clocks of this machine and of Slack may differ.
_CLOCKS_DIFFER: Final = timedelta(hours=1)


def look(sender: Sender, delivery: Delivery) -> Handled:
    """Find out what became of a message, and note it; where that cannot be found out, the policy decides."""
    services, database = sender.services, sender.services.database
    person_id = delivery.key.person_id
    with database.reading() as session:
        viewer = by_person_id(session, person_id) if person_id else None
        channel = delivery.channel or outbox.channel_with(session, person_id)
    address = viewer.slack_id.user_id if viewer else delivery.channel
    if not address:
        return _skip(sender, delivery, "whom it went to is not known any more")
    since = (delivery.first_tried_at or delivery.due_at) - _CLOCKS_DIFFER
    found = services.slack.find_delivery(address, services.marks.of_delivery(*delivery.key), since, channel)
    if isinstance(found, Posted):
        database.adding(partial(outbox.to_sent, delivery=delivery, posted=found))
        return Handled.FOUND
    if isinstance(found, Failure):
        return _later(sender, delivery, found)
    if found is Missing.CANNOT_LOOK and services.policy.digest.uncertain == "skip":
        return _skip(sender, delivery, "uncertain, and the app may not look: im:history, im:write")
    database.adding(partial(outbox.to_pending, delivery=delivery, due_at=delivery.due_at, attempts=delivery.attempts))
    return Handled.NOT_FOUND if found is Missing.NOT_THERE else Handled.AGAIN


def _skip(sender: Sender, delivery: Delivery, why: str) -> Handled:
    log.warning("message_skipped", kind=delivery.key.kind, why=why)
    sender.services.database.adding(partial(outbox.to_ended, delivery=delivery, state="skipped", why=why))
    return Handled.SKIPPED


def _later(sender: Sender, delivery: Delivery, failure: Failure) -> Handled:
    """Look another time; reading is limited apart from posting, so that only what ends both holds others up."""
    until = sender.soon(failure.retry_after or UNREACHABLE_SECONDS)
    uncertain = partial(outbox.to_uncertain, delivery=delivery, until=until, error=failure.error)
    sender.services.database.adding(uncertain)
    if meaning(failure) is Meaning.WORKSPACE or not failure.sent:
        return sender.hold_everything(failure)
    return Handled.UNCERTAIN
