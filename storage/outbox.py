"""The outbox: messages that the bot sends on its own, claimed with a lease and changed only by who has them in hand.

planned or pending -> sending -> sent, suppressed (not to be sent), skipped (too late, or uncertain) or dead.
What goes inside another message is changed with that one's row, see `storage.carried`.
Leases and first tries are by the machine's clock, what is due by the bot's, which a demo moves.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, CursorResult, and_, func, or_, update
from sqlmodel import Session, col, delete, select

from bot.domain.delivery import Delivery, Key, OwnMessage, Posted
from storage import carried
from storage.tables import Outbox

Ended = Literal["suppressed", "skipped", "dead"]

PLANNED: Final = "planned"
PENDING: Final = "pending"
SENDING: Final = "sending"
SENT: Final = "sent"
OPEN: Final = (PLANNED, PENDING)
_ERROR: Final = 200  # characters that are kept of why
# A lease that ends later than this was written by a clock that has been put back since.
_FAR: Final = timedelta(hours=1)


class Claim(NamedTuple):
    """Who takes messages in hand, of which kinds, at most how many, and from when to when they are theirs."""

    owner: str
    kinds: Collection[str]
    most: int
    at: datetime
    lease_until: datetime


def any_due(session: Session, claim: Claim, now: datetime) -> bool:
    """Return whether there is anything to claim."""
    return any(session.exec(_claimable(claim, state, now).limit(1)).first() for state in (SENDING, *OPEN))


def claim_due(session: Session, claim: Claim, now: datetime) -> list[Delivery]:
    """Take in hand what is due by *now*, those that were lost on their way first; nobody else gets the same."""
    taken: list[Delivery] = []
    for state in (SENDING, PENDING, PLANNED):
        query = _claimable(claim, state, now).order_by(col(Outbox.due_at)).limit(claim.most - len(taken))
        for row in session.exec(query.with_for_update(skip_locked=True)).all():
            row.owner, row.lease_until = claim.owner, claim.lease_until
            session.add(row)
            taken.append(as_delivery(row))
    return taken


def _claimable(claim: Claim, state: str, now: datetime) -> Any:
    query = select(Outbox).where(Outbox.state == state, col(Outbox.kind).in_(claim.kinds), free_at(claim.at))
    return query.where(Outbox.carried_by == "" if state == SENDING else Outbox.due_at <= now)


def free_at(at: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody has a row in hand *at* a moment of the machine's clock."""
    lease = col(Outbox.lease_until)
    return or_(lease.is_(None), lease < at, lease > at + _FAR)


def as_delivery(row: Outbox) -> Delivery:
    """Return a row as whoever has it in hand sees it."""
    return Delivery(
        key=Key(row.person_id, row.kind, row.period),
        owner=row.owner,
        attempts=row.attempts,
        due_at=row.due_at,
        payload=json.loads(row.payload),
        channel=row.channel,
        uncertain=row.state == SENDING,
        first_tried_at=row.first_tried_at,
    )


def is_in_hand(session: Session, delivery: Delivery) -> bool:
    """Return whether a message that was claimed is still its owner's to begin."""
    mine = (is_row(delivery.key), col(Outbox.owner) == delivery.owner, col(Outbox.state).in_(OPEN))
    return session.exec(select(Outbox.period).where(*mine)).first() is not None


def to_sending(session: Session, delivery: Delivery, at: datetime, lease_until: datetime) -> bool:
    """Note, just before the call, that the message is on its way; return whether it was still in hand."""
    return _change(session, delivery, OPEN, state=SENDING, lease_until=lease_until, **_tried(delivery, at))


def to_carried(session: Session, delivery: Delivery, carrier: Key, at: datetime) -> bool:
    """Note that the message is on its way inside *carrier*; return whether it was still in hand."""
    free = {"owner": "", "lease_until": None, "carried_by": carried.reference(carrier)}
    return _change(session, delivery, OPEN, state=SENDING, **free, **_tried(delivery, at))


def _tried(delivery: Delivery, at: datetime) -> dict[str, Any]:
    return {"attempts": delivery.attempts + 1, "first_tried_at": delivery.first_tried_at or at}


def to_sent(session: Session, delivery: Delivery, posted: Posted) -> bool:
    """Note that Slack has the message; return whether it was still in hand."""
    ended = {"state": SENT, "last_error": "", "channel": posted.channel, "ts": posted.ts}
    if not _change(session, delivery, (SENDING,), owner="", lease_until=None, **ended):
        return False
    carried.follow(session, delivery.key, **ended)
    return True


def to_pending(session: Session, delivery: Delivery, due_at: datetime, attempts: int, error: str = "") -> bool:
    """Let a message that was surely not posted wait until *due_at*, counting so many attempts."""
    free = {"owner": "", "lease_until": None, "last_error": error[:_ERROR]}
    if not _change(session, delivery, (*OPEN, SENDING), state=PENDING, due_at=due_at, attempts=attempts, **free):
        return False
    counted = delivery.attempts if delivery.uncertain else delivery.attempts + 1
    carried.get_off(session, delivery.key, not_tried=counted - attempts, error=error[:_ERROR])
    return True


def to_uncertain(session: Session, delivery: Delivery, until: datetime, error: str) -> bool:
    """Leave a message that may have been posted alone until *until*, then it is looked for."""
    return _change(session, delivery, (SENDING,), owner="", lease_until=until, last_error=error[:_ERROR])


def to_ended(session: Session, delivery: Delivery, state: Ended, why: str) -> bool:
    """Note that the message will not be sent, and why.

    What it carried is skipped with it, since it may have been posted; else it was not, and goes by itself.
    """
    ended = {"state": state, "last_error": why[:_ERROR]}
    if not _change(session, delivery, (*OPEN, SENDING), owner="", lease_until=None, **ended):
        return False
    if state == "skipped":
        carried.follow(session, delivery.key, **ended)
    else:
        carried.get_off(session, delivery.key)
    return True


def _change(session: Session, delivery: Delivery, states: Sequence[str], **values: Any) -> bool:
    statement = (
        update(Outbox)
        .where(is_row(delivery.key), col(Outbox.owner) == delivery.owner, col(Outbox.state).in_(states))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return _count(session, statement) == 1


def is_row(key: Key) -> ColumnElement[bool]:
    """Return the condition that a row is the one with this key."""
    return and_(col(Outbox.person_id) == key.person_id, col(Outbox.kind) == key.kind, col(Outbox.period) == key.period)


def _count(session: Session, statement: Any) -> int:
    result = session.connection().execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount


def release(session: Session, owner: str) -> None:
    """Give back what *owner* has in hand and has not begun to send."""
    mine = (col(Outbox.owner) == owner, col(Outbox.state).in_(OPEN))
    _count(session, update(Outbox).where(*mine).values(owner="", lease_until=None))


def give_up_on(session: Session, person_id: int, why: str) -> None:
    """End everything else that is planned for somebody to whom nothing can be posted."""
    theirs = (col(Outbox.person_id) == person_id, col(Outbox.state).in_(OPEN))
    ended = {"state": "dead", "owner": "", "lease_until": None, "last_error": why[:_ERROR]}
    _count(session, update(Outbox).where(*theirs).values(**ended))


def is_overtaken(session: Session, delivery: Delivery, now: datetime) -> bool:
    """Return whether a later one of the same kind is due to the same recipient."""
    later = select(Outbox.period).where(
        Outbox.person_id == delivery.key.person_id,
        Outbox.kind == delivery.key.kind,
        Outbox.period != delivery.key.period,
        Outbox.due_at > delivery.due_at,
        Outbox.due_at <= now,
    )
    return session.exec(later).first() is not None


def channel_with(session: Session, person_id: int) -> str:
    """Return the app's conversation with somebody as an earlier message has shown it; empty if none has."""
    known = select(Outbox.channel).where(Outbox.person_id == person_id, Outbox.state == SENT, Outbox.channel != "")
    return session.exec(known).first() or ""


def messages_to(session: Session, person_id: int) -> list[OwnMessage]:
    """Return the messages to one person, the earliest first."""
    query = select(Outbox).where(Outbox.person_id == person_id)
    rows = session.exec(query.order_by(col(Outbox.created_at), Outbox.kind, Outbox.period))
    return [OwnMessage(r.kind, r.period, r.state, r.created_at, r.due_at, r.last_error) for r in rows]


def states(session: Session) -> dict[str, int]:
    """Return how many messages are in each state."""
    query = select(Outbox.state, func.count()).group_by(Outbox.state)
    return dict(session.exec(query).all())


def drop_planned_before(session: Session, at: datetime) -> None:
    """Forget messages that were planned before *at*, whatever became of them."""
    session.exec(delete(Outbox).where(col(Outbox.created_at) < at))
