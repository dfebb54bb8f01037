"""Stopping in time: everything that is to be finished shares the same few seconds."""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from bot.connection.state import ConnectionState

# A supervisor kills after ten seconds at the earliest (Docker does).
STOP_SECONDS: Final = 9.0
_LEAST_SECONDS: Final = 0.2
_MOST_SECONDS: Final = 4.0

log = structlog.get_logger()


class Stopping:
    """The time that is left once the bot is being stopped; until `begin` all of it."""

    def __init__(
        self,
        state: ConnectionState,
        seconds: float = STOP_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state, self._seconds, self._clock = state, seconds, clock
        self._until: float | None = None

    def begin(self) -> None:
        """Say that the bot is being stopped, to `/readyz` too, and let the time run."""
        self._state.stopping = True
        if self._until is None:
            self._until = self._clock() + self._seconds

    def left(self, most: float = STOP_SECONDS) -> float:
        """Return the seconds that one thing may take: *most*, or what is left, and never quite nothing."""
        if self._until is None:
            return min(most, self._seconds)
        return max(_LEAST_SECONDS, min(most, self._until - self._clock()))

    def finish(self, name: str, work: Callable[[], None], most: float = _MOST_SECONDS) -> None:
        """Run *work*, which may wait for what is in hand; after *most* seconds, or what is left, go on without it."""
        thread = threading.Thread(target=work, name=f"stopping-{name}", daemon=True)
        thread.start()
        thread.join(self.left(most))
        if thread.is_alive():
            log.warning("left_behind", what=name)
