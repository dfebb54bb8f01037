"""A night on which Dag's agent does not stop, told as it happens: pushed minute by minute, as a platform would."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bot.connectors.push import parse
from bot.demo.clock import DemoClock
from bot.demo.company.jobs import RUNAWAY_BEGAN, RUNAWAY_JOB, RUNAWAY_OWNER
from bot.demo.company.people import person
from bot.demo.company.tokens import SONNET
from bot.demo.notes import see_out
from bot.domain.hints.wishes import wants_alarms
from bot.domain.people import SlackId
from bot.intake import take_push
from bot.jobs import alarms
from bot.services import Services
from storage.choices import settings_of
from storage.people import viewer_of
from storage.tokens import Bearer

_PLATFORM: Final = Bearer("meshclaw", None)
_MINUTES: Final = 51
_CENTS_A_MINUTE: Final = 28
_WEDNESDAY: Final = 2
_MINUTE: Final = timedelta(minutes=1)


def pass_runaway_night(services: Services, clock: DemoClock, until: datetime) -> bool:
    """Let a night pass on which the job runs away, if one comes before *until* and Dag chose to be told at once.

    Nothing is pushed about anybody else, nor about him without that choice.
    """
    began = _next_night(clock.now())
    if began + _MINUTES * _MINUTE >= until or not _is_wanted(services):
        return False
    clock.move(began + _MINUTES * _MINUTE - clock.now())
    events = b"\n".join(_events(began))
    take_push(services, parse(events, services.now()), _PLATFORM)
    alarms.run(services)
    see_out(services)
    return True


def _next_night(now: datetime) -> datetime:
    days = (_WEDNESDAY - now.weekday()) % 7
    began = datetime.combine(now.date() + timedelta(days=days), RUNAWAY_BEGAN, tzinfo=now.tzinfo)
    return began if began > now else began + timedelta(days=7)


def _is_wanted(services: Services) -> bool:
    with services.database.reading() as session:
        dag = viewer_of(session, SlackId(services.slack.org_id, person(RUNAWAY_OWNER).slack_id))
        return dag is not None and wants_alarms(settings_of(session, dag.person_id))


def _events(began: datetime) -> Iterator[bytes]:
    """Yield an event a minute of one run that saves nothing."""
    for number in range(_MINUTES):
        event = {
            "event_id": f"{RUNAWAY_JOB}-{began.date()}-{number}",
            "occurred_at": (began + number * _MINUTE).isoformat(),
            "person": {"email": person(RUNAWAY_OWNER).email},
            "tool": "meshclaw",
            "work": RUNAWAY_JOB,
            "run_id": f"{RUNAWAY_JOB}-{began.date()}",
            "trigger": "schedule",
            "provider": "anthropic",
            "model": SONNET,
            "requests": 4,
            "cost": {"amount": f"{_CENTS_A_MINUTE / 100:.2f}", "currency": "USD", "basis": "billed"},
        }
        yield msgspec.json.encode(event)
