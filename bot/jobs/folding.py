"""One message a morning: what else is due to the same person goes inside the message that goes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.delivery import Delivery, Key
from bot.domain.due import noon_of
from bot.domain.people import Viewer
from bot.errors import BusyError
from bot.jobs.composing import composed, end_of, whom_of
from bot.jobs.kind import Kind, ToPerson
from bot.jobs.sender import Sender
from bot.views.blocks import Message
from bot.views.folded import fits_in, folded
from storage import carriers, outbox

_WAIT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rider:
    """A message in hand that may go inside another one."""

    kind: Kind
    delivery: Delivery
    message: Message


def riders_of(
    sender: Sender, kinds: Mapping[str, Kind], delivery: Delivery, viewer: Viewer | None, message: Message
) -> list[Rider]:
    """Take in hand and compose what may go inside *message*, as much as Slack takes.

    What cannot is left as it stands, to go by itself when it is due.
    """
    if viewer is None or _goes_alone(kinds[delivery.key.kind]):
        return []
    found: list[Rider] = []
    for each in _taken_along(sender, kinds, delivery, viewer):
        rider = _composed(sender, kinds[each.key.kind], each)
        if rider and fits_in(folded(message, [other.message for other in found]), rider.message):
            found.append(rider)
    return found


def _taken_along(sender: Sender, kinds: Mapping[str, Kind], delivery: Delivery, viewer: Viewer) -> list[Delivery]:
    services, at = sender.services, sender.clock()
    now = services.now()
    wanted = (delivery, _folding(kinds), max(now, noon_of(now, viewer.tz)), at)
    with services.database.reading() as session:
        if not carriers.any_to_carry(session, *wanted):
            return []
    return services.database.adding(lambda session: carriers.take_along(session, *wanted, sender.lease_until()))


def _folding(kinds: Mapping[str, Kind]) -> list[str]:
    return sorted(name for name, kind in kinds.items() if isinstance(kind, ToPerson) and kind.folds)


def _goes_alone(kind: Kind) -> bool:
    return isinstance(kind, ToPerson) and kind.at_night


def _composed(sender: Sender, kind: Kind, delivery: Delivery) -> Rider | None:
    services = sender.services
    with services.database.reading() as session:
        whom = whom_of(session, services, kind, delivery)
    try:
        message = None if whom.obstacle else composed(services, kind, whom.viewer, delivery)
    except BusyError:
        raise
    except Exception:  # noqa: BLE001  it is met again, logged and counted, when the message goes by itself
        return None
    return Rider(kind, delivery, message) if message else None


def get_on(session: Session, sender: Sender, riders: Sequence[Rider], carrier: Key, at: datetime) -> list[Rider]:
    """Note that those of *riders* which may still go are on their way inside *carrier*; return them."""
    services, now = sender.services, sender.services.now()
    aboard = []
    for rider in riders:
        whom = whom_of(session, services, rider.kind, rider.delivery)
        may_go = end_of(session, rider.kind, rider.delivery, whom, now) is None
        if may_go and outbox.to_carried(session, rider.delivery, carrier, at):
            aboard.append(rider)
    return aboard


def waits_for_another(
    session: Session, sender: Sender, kinds: Mapping[str, Kind], delivery: Delivery, viewer: Viewer | None
) -> datetime | None:
    """Return until when a message that folds waits, since one that can carry it goes this morning; else None."""
    kind = kinds[delivery.key.kind]
    if viewer is None or not (isinstance(kind, ToPerson) and kind.folds):
        return None
    now = sender.services.now()
    others = [
        name for name, each in kinds.items() if isinstance(each, ToPerson) and not each.folds and not each.at_night
    ]
    due_at = carriers.next_carrier(session, delivery, others, now, max(now, noon_of(now, viewer.tz)))
    return due_at and max(due_at, now + _WAIT)


def postpone(sender: Sender, delivery: Delivery, due_at: datetime) -> None:
    """Give back a message until *due_at*, as if it had not been tried."""
    back = partial(outbox.to_pending, delivery=delivery, due_at=due_at, attempts=delivery.attempts)
    sender.services.database.adding(back)
