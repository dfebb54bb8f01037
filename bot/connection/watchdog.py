"""The watchdog of Socket Mode: a client may say that it is connected and hear nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import structlog

from bot.connection.rules import Heard, Limits, Step, next_step
from bot.connection.sockets import Sockets
from bot.connection.state import ConnectionState

log = structlog.get_logger()
LOOK_SECONDS: Final = 5.0
_LEAVE_SECONDS: Final = 1.0  # a look that opens a connection just now is not waited for


class Watchdog:
    """Looks at the socket, has it made anew when it is deaf, and says so once when that is of no use."""

    def __init__(
        self,
        sockets: Sockets,
        state: ConnectionState,
        give_up: Callable[[], None],
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sockets, self._state, self._give_up, self._limits, self._clock = sockets, state, give_up, limits, clock
        self._since = clock()
        self._last_rebuild_at: float | None = None
        self._in_vain = 0

    def look(self) -> Step:
        """Look once, and do what is to be done; return what that was."""
        self._sockets.look()
        step = next_step(self._clock(), self._heard(), self._limits)
        if step is Step.REBUILD:
            came_up = self._sockets.rebuild()
            self._last_rebuild_at = self._clock()
            self._in_vain += came_up
            log.warning("socket_made_anew", connected=came_up)
        elif step is Step.GIVE_UP:
            self._give_up()
        return step

    def _heard(self) -> Heard:
        pong, envelope = self._state.last_pong_at, self._state.last_envelope_at
        heard = Heard(self._since, pong, envelope, self._last_rebuild_at, self._in_vain)
        if self._last_rebuild_at is None or heard.last_sign_at <= self._last_rebuild_at:
            return heard
        self._in_vain = 0
        return replace(heard, in_vain=0)


@contextmanager
def watching(watchdog: Watchdog, look_seconds: float = LOOK_SECONDS) -> Iterator[None]:
    """Look again and again, in a thread of its own, until the block is left or the watchdog has given up."""
    leaving = threading.Event()

    def run() -> None:
        while not leaving.wait(look_seconds):
            try:
                if watchdog.look() is Step.GIVE_UP:
                    return
            except Exception:  # the thread's boundary: one failing look stops no later one
                log.exception("watchdog_failed")

    thread = threading.Thread(target=run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join(_LEAVE_SECONDS)
