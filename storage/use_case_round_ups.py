"""Channels that get the weekly round-up."""

from datetime import date

from sqlmodel import Session, col, delete, select

from bot.domain.use_cases.traces import RoundUp
from storage.ids import insert_new
from storage.tables import ChannelRoundUp


def subscribe(session: Session, channel: str, person_id: int, today: date) -> bool:
    """Turn the round-up on in a channel; whether it was off."""
    return insert_new(session, ChannelRoundUp, [{"channel": channel, "person_id": person_id, "since": today}]) > 0


def unsubscribe(session: Session, channel: str) -> bool:
    """Turn it off, as anybody in the channel may; whether it was on."""
    return session.exec(delete(ChannelRoundUp).where(col(ChannelRoundUp.channel) == channel)).rowcount > 0


def round_ups(session: Session) -> list[RoundUp]:
    """Return the channels that get it, by channel."""
    found = session.exec(select(ChannelRoundUp)).all()
    return sorted(RoundUp(each.channel, each.since, each.person_id) for each in found)


def round_up_of(session: Session, channel: str) -> RoundUp | None:
    """Return whether and since when a channel gets it."""
    found = session.get(ChannelRoundUp, channel)
    return None if found is None else RoundUp(found.channel, found.since, found.person_id)


def round_ups_by(session: Session, person_id: int) -> list[RoundUp]:
    """Return the channels in which somebody turned it on."""
    return [each for each in round_ups(session) if each.person_id == person_id]
