"""How the queue of messages and the sources stand, over everybody, for those who watch the bot."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, select

from storage.choices import ALERT
from storage.outbox import OPEN, SENDING
from storage.tables import JobSlot, Outbox, Source, SourceDay, SourceState
from storage.undelivered import undelivered_since, waiting_since

_READING_MILLISECONDS: Final = 2_000
LATELY: Final = timedelta(days=7)


class Queue(NamedTuple):
    """How many of the bot's own messages are due and since when the oldest is, and what came to no good lately."""

    due: int
    due_since: datetime | None
    dead: dict[str, int]  # by kind, of those that were due lately
    skipped: dict[str, int]


class SourceStands(NamedTuple):
    """How a source that is asked stands; *data_to* is the last day of which it reported usage of anybody."""

    kind: str
    name: str
    last_success_at: datetime | None
    failing_since: datetime | None
    unmatched_accounts: int | None
    data_to: date | None


def be_quick(session: Session) -> None:
    """Let nothing that is read in this session take longer than two seconds, where the engine can see to that."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(text(f"SET LOCAL statement_timeout = {_READING_MILLISECONDS}"))


def queue(session: Session, now: datetime) -> Queue:
    """Return how the bot's own messages stand; it reads those that are open, and what ended badly in a week."""
    due = select(func.count()).where(col(Outbox.state).in_((*OPEN, SENDING)), Outbox.due_at <= now)
    dead: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for each in undelivered_since(session, now - LATELY):
        ended = dead if each.given_up else skipped
        ended[each.kind] = ended.get(each.kind, 0) + each.number
    return Queue(session.exec(due).one(), waiting_since(session, now), dead, skipped)


def sources(session: Session) -> Sequence[SourceStands]:
    """Return how each source stands that belongs to the company, in the order of their names."""
    last_day = select(func.max(SourceDay.day)).where(SourceDay.source_id == Source.id).scalar_subquery()
    stands = (SourceState.last_success_at, SourceState.failing_since, SourceState.unmatched_accounts, last_day)
    query = (
        select(Source.kind, Source.name, *stands)  # type: ignore[call-overload]
        .join(SourceState, col(SourceState.source_id) == Source.id)
        .where(Source.owner == 0)
        .order_by(Source.kind, Source.name)
    )
    return [SourceStands(*row) for row in session.exec(query)]


def told_of(session: Session, prefix: str, over: str) -> dict[str, date]:
    """Return the last day on which each alert was told whose slots begin with *prefix*, by the rest of the slot.

    A slot is the prefix, what it is about and the day. One whose end was told, in a slot that begins with
    *over* instead, is not among them.
    """
    mine = or_(col(JobSlot.slot).startswith(f"{prefix} "), col(JobSlot.slot).startswith(f"{over} "))
    slots = set(session.exec(select(JobSlot.slot).where(JobSlot.job == ALERT, mine)))
    found: dict[str, date] = {}
    for slot in sorted(slots):
        begins, _, rest = slot.partition(" ")
        about, _, day = rest.rpartition(" ")
        if begins == prefix:
            found[about] = max(date.fromisoformat(day), found.get(about, date.min))
    return {about: day for about, day in found.items() if f"{over} {about} {day}" not in slots}
