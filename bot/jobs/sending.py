"""Sending one message: compose it, note that it is on its way if it still may go, call, note what came of it."""

from functools import partial
from typing import Final, NamedTuple

import structlog
from sqlmodel import Session

from bot.domain.delivery import (
    MOST_ATTEMPTS,
    Delivery,
    Failure,
    Meaning,
    Posted,
    hindrance,
    meaning,
    pause_after,
)
from bot.domain.due import after_quiet_hours, spread
from bot.domain.people import Viewer
from bot.errors import BusyError
from bot.jobs.kind import Kind, ToPerson
from bot.jobs.sender import Handled, Sender
from bot.services import Services
from bot.views.blocks import Message
from storage import outbox, send_rate
from storage.choices import note_rich_blocks_refused, rich_blocks_refused, settings_of
from storage.people import by_person_id

log = structlog.get_logger()
_SURFACE: Final = "dm"  # under which a refusal of rich blocks is remembered
_LONGEST_WAIT_SECONDS: Final = 5.0


class _Whom(NamedTuple):
    """Whom a message goes to, nobody for a channel, and why it does not go, if it does not."""

    viewer: Viewer | None
    obstacle: str = ""


class _Begun(NamedTuple):
    """How a message stands just before the call: on its way, or at an end, or to wait so many seconds."""

    handled: Handled | None = None
    wait: float = 0.0


def send(sender: Sender, kind: Kind, delivery: Delivery) -> Handled:
    """Carry one message through; a BusyError leaves it as it stands until its lease is over."""
    services = sender.services
    if delivery.attempts >= MOST_ATTEMPTS:
        return _dead(sender, delivery, "tried too often")
    with services.database.reading() as session:
        whom = _whom(session, services, kind, delivery)
    try:
        message = None if whom.obstacle else _compose(services, kind, whom.viewer, delivery)
    except BusyError:
        raise
    except Exception:  # one that cannot be composed stops no other
        log.exception("message_not_composed", kind=delivery.key.kind)
        return _again(sender, delivery, "it could not be composed")
    if message is None:
        ended = partial(outbox.to_ended, delivery=delivery, state="suppressed", why=whom.obstacle or "nothing to say")
        services.database.adding(ended)
        return Handled.SUPPRESSED
    return _post(sender, kind, delivery, whom, message)


def _whom(session: Session, services: Services, kind: Kind, delivery: Delivery) -> _Whom:
    if not isinstance(kind, ToPerson):
        return _Whom(None)
    viewer = by_person_id(session, delivery.key.person_id)
    chosen = settings_of(session, delivery.key.person_id) if kind.needs else {}
    return _Whom(viewer, hindrance(viewer, chosen, kind.needs, guests_allowed=services.policy.guests.allowed))


def _compose(services: Services, kind: Kind, viewer: Viewer | None, delivery: Delivery) -> Message | None:
    if not isinstance(kind, ToPerson):
        return kind.compose(services, delivery.payload)
    return kind.compose(services, viewer, delivery.payload) if viewer else None


def _post(sender: Sender, kind: Kind, delivery: Delivery, whom: _Whom, message: Message) -> Handled:
    services = sender.services
    rich = message.has_rich and not _refused_rich(services)
    began, begun = _begin(sender, kind, delivery)
    if begun.handled or begun.wait:
        return begun.handled or Handled.WAITING
    if sender.seconds() - began > sender.timing.lease / 2:
        # This process was frozen, and nothing has left it. Soon somebody else may take the message in hand.
        return _not_now(sender, delivery, "", Handled.AGAIN)
    address = whom.viewer.slack_id.user_id if whom.viewer else delivery.channel
    mark = services.marks.of_delivery(*delivery.key)
    result = services.slack.deliver(
        address, message.text, message.blocks(rich=rich, prefix=services.command_prefix), mark
    )
    if isinstance(result, Failure):
        return _failed(sender, delivery, result, rich=rich)
    services.database.adding(partial(_sent, sender=sender, delivery=delivery, posted=result))
    return Handled.SENT


def _begin(sender: Sender, kind: Kind, delivery: Delivery) -> tuple[float, _Begun]:
    """Note that the message is on its way, waiting for its turn; return since when, and how it stands."""
    while True:
        began = sender.seconds()
        begun = sender.services.database.adding(partial(_try_to_begin, sender=sender, kind=kind, delivery=delivery))
        if not begun.wait or begun.wait > _LONGEST_WAIT_SECONDS or sender.stopping.wait(begun.wait):
            return began, begun


def _try_to_begin(session: Session, sender: Sender, kind: Kind, delivery: Delivery) -> _Begun:
    services, now = sender.services, sender.services.now()
    whom = _whom(session, services, kind, delivery)
    if whom.obstacle:
        outbox.to_ended(session, delivery, "suppressed", whom.obstacle)
        return _Begun(Handled.SUPPRESSED)
    if now - delivery.due_at > kind.late:
        outbox.to_ended(session, delivery, "skipped", "too late")
        return _Begun(Handled.SKIPPED)
    if kind.newest_only and outbox.is_overtaken(session, delivery, now):
        outbox.to_ended(session, delivery, "skipped", "a later one is due")
        return _Begun(Handled.SKIPPED)
    morning = after_quiet_hours(now, whom.viewer.tz) if whom.viewer else now
    if morning > now:
        due_at = morning + spread(services.marks.of_delivery(*delivery.key))
        outbox.to_pending(session, delivery, due_at, delivery.attempts)
        return _Begun(Handled.POSTPONED)
    at = sender.clock()
    if wait := send_rate.take_token(session, services.slack.org_id, sender.timing.pace, at):
        return _Begun(wait=wait)
    in_hand = outbox.to_sending(session, delivery, at, sender.lease_until())
    return _Begun(None if in_hand else Handled.LOST)


def _sent(session: Session, sender: Sender, delivery: Delivery, posted: Posted) -> None:
    outbox.to_sent(session, delivery, posted)
    send_rate.faster(session, sender.services.slack.org_id, sender.timing.pace, sender.clock())


def _failed(sender: Sender, delivery: Delivery, failure: Failure, *, rich: bool) -> Handled:
    match meaning(failure):
        case Meaning.WAIT | Meaning.WORKSPACE:
            _not_now(sender, delivery, failure.error, Handled.WAITING)
            return sender.hold_everything(failure)
        case Meaning.UNCERTAIN:
            until = sender.soon(sender.timing.in_flight)
            uncertain = partial(outbox.to_uncertain, delivery=delivery, until=until, error=failure.error)
            sender.services.database.adding(uncertain)
            return Handled.UNCERTAIN
        case Meaning.PERSON:
            return _dead(sender, delivery, failure.error, person_id=delivery.key.person_id)
        case Meaning.ROW if rich and failure.error == "invalid_blocks":
            _remember_refusal(sender.services)
            return _not_now(sender, delivery, failure.error, Handled.AGAIN)
        case Meaning.ROW:
            return _dead(sender, delivery, failure.error)
    return _again(sender, delivery, failure.error)


def _not_now(sender: Sender, delivery: Delivery, error: str, handled: Handled) -> Handled:
    """Give back a message that was surely not posted, as if it had not been tried."""
    back = partial(outbox.to_pending, delivery=delivery, due_at=delivery.due_at, attempts=delivery.attempts)
    sender.services.database.adding(partial(back, error=error))
    return handled


def _again(sender: Sender, delivery: Delivery, error: str) -> Handled:
    """Give back a message that was surely not posted for later, or give it up after too many tries."""
    attempts = delivery.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return _dead(sender, delivery, error)
    due_at = sender.services.now() + pause_after(attempts)
    back = partial(outbox.to_pending, delivery=delivery, due_at=due_at, attempts=attempts, error=error)
    sender.services.database.adding(back)
    return Handled.AGAIN


def _dead(sender: Sender, delivery: Delivery, error: str, person_id: int = 0) -> Handled:
    """Give a message up, with *person_id* everything else that is planned for them too."""
    log.error("message_given_up", kind=delivery.key.kind, error=error)

    def end(session: Session) -> None:
        outbox.to_ended(session, delivery, "dead", error)
        if person_id:
            outbox.give_up_on(session, person_id, error)

    sender.services.database.adding(end)
    return Handled.DEAD


def _refused_rich(services: Services) -> bool:
    with services.database.reading() as session:
        return rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())


def _remember_refusal(services: Services) -> None:
    org_id, now = services.slack.org_id, services.now()
    services.database.writing(lambda session: note_rich_blocks_refused(session, org_id, _SURFACE, now))
