"""What else may go inside a message to the same person, and whether one that goes soon can carry this one."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import Session, col, not_, select

from bot.domain.delivery import Delivery
from storage.outbox import OPEN, as_delivery, free_at, is_row
from storage.tables import Outbox

MOST_CARRIED: Final = 10
# Nobody waits for a message that should have gone so long ago.
_OVERDUE: Final = timedelta(hours=1)


def any_to_carry(session: Session, carrier: Delivery, kinds: Collection[str], until: datetime, at: datetime) -> bool:
    """Return whether `take_along` would take anything."""
    return session.exec(_to_carry(carrier, kinds, until, at).limit(1)).first() is not None


def take_along(
    session: Session, carrier: Delivery, kinds: Collection[str], until: datetime, at: datetime, lease_until: datetime
) -> list[Delivery]:
    """Take in hand what is due to the same person by *until*, of those *kinds*, was never tried, and is nobody else's.

    What was tried before goes by itself: a message that Slack refuses takes no other with it twice.
    """
    query = _to_carry(carrier, kinds, until, at).order_by(col(Outbox.due_at)).limit(MOST_CARRIED)
    taken = []
    for row in session.exec(query.with_for_update(skip_locked=True)).all():
        row.owner, row.lease_until = carrier.owner, lease_until
        session.add(row)
        taken.append(as_delivery(row))
    return taken


def _to_carry(carrier: Delivery, kinds: Collection[str], until: datetime, at: datetime) -> Any:
    return select(Outbox).where(
        Outbox.person_id == carrier.key.person_id,
        col(Outbox.kind).in_(kinds),
        col(Outbox.state).in_(OPEN),
        Outbox.attempts == 0,
        Outbox.due_at <= until,
        not_(is_row(carrier.key)),
        (col(Outbox.owner) == carrier.owner) | free_at(at),
    )


def next_carrier(
    session: Session, delivery: Delivery, kinds: Collection[str], now: datetime, until: datetime
) -> datetime | None:
    """Return when a message of *kinds* to the same person is due that goes by *until*; None when there is none.

    None for what was tried before, since nothing carries that.
    """
    query = select(func.min(Outbox.due_at)).where(
        Outbox.person_id == delivery.key.person_id,
        col(Outbox.kind).in_(kinds),
        col(Outbox.state).in_(OPEN),
        Outbox.due_at > now - _OVERDUE,
        Outbox.due_at <= until,
        not_(is_row(delivery.key)),
    )
    return None if delivery.attempts else session.exec(query).one()
