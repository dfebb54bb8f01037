"""What becomes of a message that was not posted, or may not have been, by what Slack answered."""

from functools import partial

import structlog
from sqlmodel import Session

from bot.domain.delivery import MOST_ATTEMPTS, Delivery, Failure, Meaning, meaning, pause_after
from bot.jobs.composing import End
from bot.jobs.sender import Handled, Sender
from bot.services import Services
from storage import outbox
from storage.choices import note_rich_blocks_refused, rich_blocks_refused

log = structlog.get_logger()
_SURFACE = "dm"  # under which a refusal of rich blocks is remembered


def failed(sender: Sender, delivery: Delivery, failure: Failure, *, rich: bool, carries: bool) -> Handled:
    """Note what *failure* of posting means for a message, what it carries, and those that follow."""
    match meaning(failure):
        case Meaning.OVERSLEPT:
            return not_now(sender, delivery, "", Handled.AGAIN)
        case Meaning.WAIT | Meaning.WORKSPACE:
            not_now(sender, delivery, failure.error, Handled.WAITING)
            return sender.hold_everything(failure)
        case Meaning.UNCERTAIN:
            until = sender.soon(sender.timing.in_flight)
            uncertain = partial(outbox.to_uncertain, delivery=delivery, until=until, error=failure.error)
            sender.services.database.adding(uncertain)
            return Handled.UNCERTAIN
        case Meaning.PERSON:
            return dead(sender, delivery, failure.error, person_id=delivery.key.person_id)
        case Meaning.ROW if rich and failure.error == "invalid_blocks":
            _remember_refusal(sender.services)
            return not_now(sender, delivery, failure.error, Handled.AGAIN)
        case Meaning.ROW if not carries:  # else it may be what is carried that Slack refuses: each goes by itself
            return dead(sender, delivery, failure.error)
    return again(sender, delivery, failure.error)


def not_now(sender: Sender, delivery: Delivery, error: str, handled: Handled) -> Handled:
    """Give back a message that was surely not posted, as if it had not been tried."""
    back = partial(outbox.to_pending, delivery=delivery, due_at=delivery.due_at, attempts=delivery.attempts)
    sender.services.database.adding(partial(back, error=error))
    return handled


def again(sender: Sender, delivery: Delivery, error: str) -> Handled:
    """Give back a message that was surely not posted for later, or give it up after too many tries."""
    attempts = delivery.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return dead(sender, delivery, error)
    due_at = sender.services.now() + pause_after(attempts)
    back = partial(outbox.to_pending, delivery=delivery, due_at=due_at, attempts=attempts, error=error)
    sender.services.database.adding(back)
    return Handled.AGAIN


def dead(sender: Sender, delivery: Delivery, error: str, person_id: int = 0) -> Handled:
    """Give a message up, with *person_id* everything else that is planned for them too."""
    log.error("message_given_up", kind=delivery.key.kind, error=error)

    def give_up(session: Session) -> None:
        outbox.to_ended(session, delivery, "dead", error)
        if person_id:
            outbox.give_up_on(session, person_id, error)

    sender.services.database.adding(give_up)
    return Handled.DEAD


def ended(session: Session, delivery: Delivery, end: End) -> Handled:
    """Note that a message may not go any more."""
    outbox.to_ended(session, delivery, end.state, end.why)
    return Handled.SUPPRESSED if end.state == "suppressed" else Handled.SKIPPED


def refused_rich(services: Services) -> bool:
    """Return whether this workspace refuses charts in messages of the bot's own accord."""
    with services.database.reading() as session:
        return rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())


def _remember_refusal(services: Services) -> None:
    org_id, now = services.slack.org_id, services.now()
    services.database.writing(lambda session: note_rich_blocks_refused(session, org_id, _SURFACE, now))
