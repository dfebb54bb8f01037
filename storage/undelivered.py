"""What did not go out of the bot's own messages, and how long what is due has waited: counts over everybody."""

from datetime import datetime
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.domain.delivery import OVERTAKEN, Undelivered
from storage.outbox import OPEN, SENDING
from storage.tables import Outbox

_BADLY: Final = ("dead", "skipped")


def undelivered_since(session: Session, at: datetime) -> list[Undelivered]:
    """Return how many messages that were due since *at* were skipped or given up, by kind and reason, most first.

    One in whose place a later one went is not among them.
    """
    what = (Outbox.kind, Outbox.state, Outbox.last_error)
    query = (
        select(*what, func.count())
        .where(col(Outbox.state).in_(_BADLY), Outbox.due_at >= at, Outbox.last_error != OVERTAKEN)
        .group_by(*what)
    )
    found = [Undelivered(kind, state == "dead", why, number) for kind, state, why, number in session.exec(query)]
    return sorted(found, key=lambda each: (-each.number, each.kind, each.why))


def waiting_since(session: Session, now: datetime) -> datetime | None:
    """Return when the oldest message was due that is due by *now* and has not come to an end; None if there is none."""
    query = select(func.min(Outbox.due_at)).where(col(Outbox.state).in_((*OPEN, SENDING)), Outbox.due_at <= now)
    return session.exec(query).one()
