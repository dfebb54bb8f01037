"""Telling the operators that Slack refused the bot, once a day and reason, as soon as it can be told."""

from datetime import timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.jobs.kind import Payload, ToChannel
from bot.services import Services
from bot.views.alerts import sending_stopped
from bot.views.blocks import Message
from storage.choices import ALERT, take_slot
from storage.planning import plan

STOPPED: Final = "stopped"


def note_stopped(services: Services, error: str) -> bool:
    """Plan the alert that nothing could be sent because of *error*; return whether it is a new one."""
    if not services.policy.people.operator_channel:
        return False
    return services.database.writing(partial(_plan, services=services, error=error))


def _plan(session: Session, services: Services, error: str) -> bool:
    now = services.now()
    period = f"{error} {now.date().isoformat()}"
    if not take_slot(session, ALERT, f"slack {period}", now):
        return False
    channel = services.policy.people.operator_channel
    return plan(session, STOPPED, period, [(0, now)], now, payload={"error": error}, channel=channel) == 1


def _compose(_services: Services, payload: Payload) -> Message:
    return sending_stopped(payload["error"])


KIND = ToChannel(_compose, late=timedelta(days=7))
