"""The outbox: messages that the bot sends on its own, claimed with a lease and changed only by who has them in hand.

planned or pending -> sending -> sent, suppressed (not to be sent), skipped (too late, or uncertain) or dead.
Leases and first tries are by the machine's clock, what is due by the bot's, which a demo moves.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import CursorResult, func, or_, update
from sqlmodel import Session, col, delete, select

from bot.domain.delivery import Delivery, Key, OwnMessage, Posted
from storage.tables import Outbox

Ended = Literal["suppressed", "skipped", "dead"]

PLANNED: Final = "planned"
PENDING: Final = "pending"
SENDING: Final = "sending"
SENT: Final = "sent"
_OPEN: Final = (PLANNED, PENDING)
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
    return any(session.exec(_claimable(claim, state, now).limit(1)).first() for state in (SENDING, *_OPEN))


def claim_due(session: Session, claim: Claim, now: datetime) -> list[Delivery]:
    """Take in hand what is due by *now*, those that were lost on their way first; nobody else gets the same."""
    taken: list[Delivery] = []
    for state in (SENDING, PENDING, PLANNED):
        query = _claimable(claim, state, now).order_by(col(Outbox.due_at)).limit(claim.most - len(taken))
        for row in session.exec(query.with_for_update(skip_locked=True)).all():
            row.owner, row.lease_until = claim.owner, claim.lease_until
            session.add(row)
            taken.append(_delivery(row))
    return taken


def _claimable(claim: Claim, state: str, now: datetime) -> Any:
    lease = col(Outbox.lease_until)
    free = or_(lease.is_(None), lease < claim.at, lease > claim.at + _FAR)
    query = select(Outbox).where(Outbox.state == state, col(Outbox.kind).in_(claim.kinds), free)
    return query if state == SENDING else query.where(Outbox.due_at <= now)


def _delivery(row: Outbox) -> Delivery:
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


def to_sending(session: Session, delivery: Delivery, at: datetime, lease_until: datetime) -> bool:
    """Note, just before the call, that the message is on its way; return whether it was still in hand."""
    tried = {"attempts": delivery.attempts + 1, "first_tried_at": delivery.first_tried_at or at}
    return _change(session, delivery, _OPEN, state=SENDING, lease_until=lease_until, **tried)


def to_sent(session: Session, delivery: Delivery, posted: Posted) -> bool:
    """Note that Slack has the message; return whether it was still in hand."""
    where = {"channel": posted.channel, "ts": posted.ts}
    return _change(session, delivery, (SENDING,), state=SENT, owner="", lease_until=None, last_error="", **where)


def to_pending(session: Session, delivery: Delivery, due_at: datetime, attempts: int, error: str = "") -> bool:
    """Let a message that was surely not posted wait until *due_at*, counting so many attempts."""
    free = {"owner": "", "lease_until": None, "last_error": error[:_ERROR]}
    return _change(session, delivery, (*_OPEN, SENDING), state=PENDING, due_at=due_at, attempts=attempts, **free)


def to_uncertain(session: Session, delivery: Delivery, until: datetime, error: str) -> bool:
    """Leave a message that may have been posted alone until *until*, then it is looked for."""
    return _change(session, delivery, (SENDING,), owner="", lease_until=until, last_error=error[:_ERROR])


def to_ended(session: Session, delivery: Delivery, state: Ended, why: str) -> bool:
    """Note that the message will not be sent, and why."""
    free = {"owner": "", "lease_until": None, "last_error": why[:_ERROR]}
    return _change(session, delivery, (*_OPEN, SENDING), state=state, **free)


def _change(session: Session, delivery: Delivery, states: Sequence[str], **values: Any) -> bool:
    statement = (
        update(Outbox)
        .where(*_is(delivery.key), col(Outbox.owner) == delivery.owner, col(Outbox.state).in_(states))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return _count(session, statement) == 1


def _is(key: Key) -> tuple[Any, ...]:
    return (
        col(Outbox.person_id) == key.person_id,
        col(Outbox.kind) == key.kind,
        col(Outbox.period) == key.period,
    )


def _count(session: Session, statement: Any) -> int:
    result = session.connection().execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount


def release(session: Session, owner: str) -> None:
    """Give back what *owner* has in hand and has not begun to send."""
    mine = (col(Outbox.owner) == owner, col(Outbox.state).in_(_OPEN))
    _count(session, update(Outbox).where(*mine).values(owner="", lease_until=None))


def give_up_on(session: Session, person_id: int, why: str) -> None:
    """End everything else that is planned for somebody to whom nothing can be posted."""
    theirs = (col(Outbox.person_id) == person_id, col(Outbox.state).in_(_OPEN))
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
