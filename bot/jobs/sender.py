"""What the steps of a delivery share: the clock of the machine, how long things last, and how one can end."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

import structlog

from bot.domain.delivery import Failure, Meaning, meaning
from bot.domain.pace import Pace
from bot.jobs.stopped import note_stopped
from bot.services import Services
from storage import send_rate

log = structlog.get_logger()
# How long nothing goes where Slack did not say: it was out of reach, asked for no time, or refused the bot.
UNREACHABLE_SECONDS: Final = 30.0
BROKEN_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a message is its sender's, and how long a lost request may still be carried out; in seconds.

    A lease lasts longer than two calls.
    """

    lease: float = 60.0
    in_flight: float = 10.0
    batch: int = 10
    pace: Pace = field(default_factory=Pace)


class Handled(Enum):
    """What came of a message that a sender had in hand."""

    SENT = "sent"
    FOUND = "found"  # it was uncertain, and had been posted
    NOT_FOUND = "not_found"  # it was uncertain, and had not; it goes again
    AGAIN = "again"
    UNCERTAIN = "uncertain"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    DEAD = "dead"
    POSTPONED = "postponed"  # it is night where they are, or it goes inside another one this morning
    LOST = "lost"  # somebody else has it in hand by now
    WAITING = "waiting"  # nothing goes for a while
    STOPPED = "stopped"  # nothing goes until somebody mends it


def machine_time() -> datetime:
    """Return the time of the machine: leases and the pace go by it, whatever the bot's clock says."""
    return datetime.now(UTC)


def awake_or_not() -> float:
    """Return seconds that are never put back and, where the system counts so, go on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@dataclass(frozen=True, slots=True)
class Sender:
    """One process that sends; *seconds* only grows, also while the process is frozen or the machine asleep."""

    services: Services
    timing: Timing = field(default_factory=Timing)
    clock: Callable[[], datetime] = machine_time
    seconds: Callable[[], float] = awake_or_not
    stopping: threading.Event = field(default_factory=threading.Event)

    def lease_until(self) -> datetime:
        """Return until when what is taken in hand now is this sender's."""
        return self.clock() + timedelta(seconds=self.timing.lease)

    def from_now(self) -> Callable[[], bool]:
        """Return whether a message that is noted as on its way after this moment may still be posted.

        It may for half a lease, by either clock. After that this process was frozen, and soon somebody else
        may take the message in hand.
        """
        began, began_at = self.seconds(), self.clock()
        most = self.timing.lease / 2
        return lambda: self.seconds() - began <= most and (self.clock() - began_at).total_seconds() <= most

    def soon(self, seconds: float) -> datetime:
        """Return a moment of the machine's clock."""
        return self.clock() + timedelta(seconds=seconds)

    def hold_everything(self, failure: Failure) -> Handled:
        """Let no replica send for as long as *failure* asks for; tell the operators where they have to act."""
        org_id, pace, now = self.services.slack.org_id, self.timing.pace, self.clock()
        error = failure.error.partition(" ")[0]
        if meaning(failure) is Meaning.WORKSPACE:
            log.error("slack_refuses_the_bot", error=error, seconds=BROKEN_SECONDS)
            self.services.database.adding(lambda s: send_rate.block(s, org_id, pace, now, BROKEN_SECONDS))
            note_stopped(self.services, error)
            return Handled.STOPPED
        seconds = UNREACHABLE_SECONDS if failure.retry_after is None else failure.retry_after
        log.warning("sending_waits", error=error, seconds=seconds)
        if failure.sent:
            self.services.database.adding(lambda s: send_rate.slower(s, org_id, pace, now, seconds))
        else:
            self.services.database.adding(lambda s: send_rate.block(s, org_id, pace, now, seconds))
        return Handled.WAITING
