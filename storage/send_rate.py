"""The bucket that all replicas share; each change locks its row, so that rivals wait for each other."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, select

from bot.domain import pace as domain
from bot.domain.pace import Bucket, Pace
from storage.ids import insert_new
from storage.tables import SendRate


def take_token(session: Session, org_id: str, pace: Pace, now: datetime) -> float:
    """Take the right to send one message now; return 0, or the seconds to wait for the next try."""
    row = _locked(session, org_id, pace, now)
    bucket, wait = domain.take(_bucket(row), now)
    _put(session, row, bucket)
    return wait


def faster(session: Session, org_id: str, pace: Pace, now: datetime) -> None:
    """Note that a message went through."""
    _change(session, org_id, pace, now, lambda bucket: domain.faster(bucket, pace))


def slower(session: Session, org_id: str, pace: Pace, now: datetime, seconds: float) -> None:
    """Note that Slack takes nothing for *seconds*, because too much was sent."""
    _change(session, org_id, pace, now, lambda bucket: domain.slower(bucket, now, seconds, pace))


def block(session: Session, org_id: str, pace: Pace, now: datetime, seconds: float) -> None:
    """Let nothing go for *seconds*, whatever the reason."""
    _change(session, org_id, pace, now, lambda bucket: domain.blocked(bucket, now, seconds))


def blocked_seconds(session: Session, org_id: str, now: datetime) -> float:
    """Return for how long nothing may go."""
    row = session.get(SendRate, org_id)
    return 0.0 if row is None else domain.blocked_seconds(_bucket(row), now)


def _change(session: Session, org_id: str, pace: Pace, now: datetime, change: Callable[[Bucket], Bucket]) -> None:
    row = _locked(session, org_id, pace, now)
    _put(session, row, change(_bucket(row)))


def _locked(session: Session, org_id: str, pace: Pace, now: datetime) -> SendRate:
    first = domain.full(pace, now)
    query = select(SendRate).where(SendRate.org_id == org_id).with_for_update()
    row = session.exec(query).one_or_none()
    if row is None:
        insert_new(session, SendRate, [{"org_id": org_id, "updated_at": now, **_numbers(first)}])
        row = session.exec(query).one()
    return row


def _bucket(row: SendRate) -> Bucket:
    return Bucket(row.tokens_milli / 1000, row.milli_a_second / 1000, row.updated_at, row.blocked_until)


def _numbers(bucket: Bucket) -> dict[str, int]:
    return {"tokens_milli": int(bucket.tokens * 1000), "milli_a_second": max(1, round(bucket.per_second * 1000))}


def _put(session: Session, row: SendRate, bucket: Bucket) -> None:
    numbers = _numbers(bucket)
    row.tokens_milli, row.milli_a_second = numbers["tokens_milli"], numbers["milli_a_second"]
    row.updated_at, row.blocked_until = bucket.updated_at, bucket.blocked_until
    session.add(row)
