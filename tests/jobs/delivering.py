"""Sending what is planned, at once and as fast as it goes, for tests."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.pace import Pace
from bot.jobs.delivery import Deliverer
from bot.jobs.kind import Kind
from bot.jobs.kinds import KINDS
from bot.jobs.sender import Sender, Timing
from bot.services import Services

FAST: Final = Timing(pace=Pace(start=1000.0, most=1000.0, least=1000.0))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass, or put the clock back."""
        self.at += timedelta(**by)


class Moving(threading.Event):
    """Whether to stop; who waits for it moves the clock instead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        """Let the time pass at once."""
        self._clock.move(seconds=timeout or 0)
        return self.is_set()


def deliver(services: Services, kinds: Mapping[str, Kind] = KINDS, **sender: Any) -> dict[str, int]:
    """Send what is due as one replica does; return how many messages came to which end."""
    return Deliverer(Sender(services, **{"timing": FAST, **sender}), kinds).tick()
