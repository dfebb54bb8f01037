"""Sending one message: compose it, note that it is on its way if it still may go, call, note what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.delivery import MOST_ATTEMPTS, Delivery, Failure, Posted
from bot.domain.due import after_quiet_hours, spread
from bot.errors import BusyError
from bot.jobs.composing import End, Whom, composed, end_of, whom_of
from bot.jobs.folding import Rider, get_on, postpone, riders_of, waits_for_another
from bot.jobs.kind import Kind, ToPerson
from bot.jobs.sender import Handled, Sender
from bot.jobs.unsent import again, dead, ended, failed, refused_rich
from bot.views.blocks import Message
from bot.views.folded import folded
from storage import outbox, send_rate

log = structlog.get_logger()
_LONGEST_WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message in hand, composed: to whom, of which kind, and what may go inside it."""

    kind: Kind
    delivery: Delivery
    whom: Whom
    message: Message
    riders: Sequence[Rider]


@dataclass(frozen=True, slots=True)
class _Begun:
    """How a message stands just before the call: on its way with others, or at an end, or to wait so many seconds."""

    handled: Handled | None = None
    wait: float = 0.0
    aboard: Sequence[Rider] = field(default_factory=tuple)


def send(sender: Sender, kinds: Mapping[str, Kind], delivery: Delivery) -> Handled:
    """Carry one message through; a BusyError leaves it as it stands until its lease is over."""
    services, kind = sender.services, kinds[delivery.key.kind]
    if delivery.attempts >= MOST_ATTEMPTS:
        return dead(sender, delivery, "tried too often")
    with services.database.reading() as session:
        if not outbox.is_in_hand(session, delivery):
            return Handled.LOST  # inside another message, for one
        whom = whom_of(session, services, kind, delivery)
        until = waits_for_another(session, sender, kinds, delivery, whom.viewer)
    if until is not None:
        postpone(sender, delivery, until)
        return Handled.POSTPONED
    try:
        message = None if whom.obstacle else composed(services, kind, whom.viewer, delivery)
    except BusyError:
        raise
    except Exception:  # one that cannot be composed stops no other
        log.exception("message_not_composed", kind=delivery.key.kind)
        return again(sender, delivery, "it could not be composed")
    if message is None:
        end = End("suppressed", whom.obstacle or "nothing to say")
        return services.database.adding(partial(ended, delivery=delivery, end=end))
    riders = riders_of(sender, kinds, delivery, whom.viewer, message)
    return _post(sender, _Letter(kind, delivery, whom, message, riders))


def _post(sender: Sender, letter: _Letter) -> Handled:
    services, delivery = sender.services, letter.delivery
    no_rich = refused_rich(services)
    may_go, begun = _begin(sender, letter)
    if begun.handled or begun.wait:
        return begun.handled or Handled.WAITING
    message = folded(letter.message, [rider.message for rider in begun.aboard])
    rich = message.has_rich and not no_rich
    address = letter.whom.viewer.slack_id.user_id if letter.whom.viewer else delivery.channel
    mark = services.marks.of_delivery(*delivery.key)
    blocks = message.blocks(rich=rich, prefix=services.command_prefix)
    result = services.slack.deliver(address, message.text, blocks, mark, may_go)
    if isinstance(result, Failure):
        return failed(sender, delivery, result, rich=rich, carries=bool(begun.aboard))
    services.database.adding(partial(_sent, sender=sender, delivery=delivery, posted=result))
    return Handled.SENT


def _begin(sender: Sender, letter: _Letter) -> tuple[Callable[[], bool], _Begun]:
    """Note that the message is on its way, waiting for its turn; return whether it may still go, and how it stands."""
    while True:
        may_go = sender.from_now()
        begun = sender.services.database.adding(partial(_try_to_begin, sender=sender, letter=letter))
        if not begun.wait or begun.wait > _LONGEST_WAIT_SECONDS or sender.stopping.wait(begun.wait):
            return may_go, begun


def _try_to_begin(session: Session, sender: Sender, letter: _Letter) -> _Begun:
    services, delivery, now = sender.services, letter.delivery, sender.services.now()
    whom = whom_of(session, services, letter.kind, delivery)
    if end := end_of(session, letter.kind, delivery, whom, now):
        return _Begun(ended(session, delivery, end))
    if due_at := _in_the_morning(sender, letter, whom, now):
        outbox.to_pending(session, delivery, due_at, delivery.attempts)
        return _Begun(Handled.POSTPONED)
    at = sender.clock()
    if wait := send_rate.take_token(session, services.slack.org_id, sender.timing.pace, at):
        return _Begun(wait=wait)
    if not outbox.to_sending(session, delivery, at, sender.lease_until()):
        return _Begun(Handled.LOST)
    return _Begun(aboard=get_on(session, sender, letter.riders, delivery.key, at))


def _in_the_morning(sender: Sender, letter: _Letter, whom: Whom, now: datetime) -> datetime | None:
    """Return when the message goes where it is night now; None where it is day, or where it goes at night too."""
    if whom.viewer is None or (isinstance(letter.kind, ToPerson) and letter.kind.at_night):
        return None
    morning = after_quiet_hours(now, whom.viewer.tz)
    return morning + spread(sender.services.marks.of_delivery(*letter.delivery.key)) if morning > now else None


def _sent(session: Session, sender: Sender, delivery: Delivery, posted: Posted) -> None:
    outbox.to_sent(session, delivery, posted)
    send_rate.faster(session, sender.services.slack.org_id, sender.timing.pace, sender.clock())
