"""Planning what those who run the bot are told: each by direct message, or in their channel where none is known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.people import SlackId
from storage.people import viewer_of
from storage.planning import plan

IN_CHANNEL = "_in_channel"  # after the kind of a message, where it goes to the channel


class Operators(NamedTuple):
    """Who runs the bot, by the ids of the organisation's Slack users, and their channel, if they have one."""

    org_id: str
    user_ids: Sequence[str]
    channel: str


def plan_for_operators(
    session: Session, operators: Operators, kind: str, period: str, now: datetime, payload: Mapping[str, str]
) -> bool:
    """Plan a message to the operators; return whether there is anybody to tell."""
    known = (viewer_of(session, SlackId(operators.org_id, user)) for user in operators.user_ids)
    due = [(viewer.person_id, now) for viewer in known if viewer is not None]
    if due:
        plan(session, kind, period, due, now, payload=payload)
    elif operators.channel:
        plan(session, f"{kind}{IN_CHANNEL}", period, [(0, now)], now, payload=payload, channel=operators.channel)
    return bool(due or operators.channel)
