"""The Socket Mode client in use: made, watched from outside, made anew, and closed with what is in hand finished."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.interval_runner import IntervalRunner

from bot.connection.state import ConnectionState

log = structlog.get_logger()
MakeHandler = Callable[[], SocketModeHandler]
_DRAIN_SECONDS: Final = 3.5  # a read lasts three seconds at most


class Sockets:
    """One client at a time; what it hears goes into the state. Only the watchdog's thread makes it anew."""

    def __init__(self, make: MakeHandler, state: ConnectionState, clock: Callable[[], float] = time.monotonic) -> None:
        self._make, self._state, self._clock = make, state, clock
        self._handler: SocketModeHandler | None = None
        self._pong: tuple[str | None, float] | None = None

    def open(self) -> None:
        """Connect for the first time; raises SlackClientError or OSError when Slack gives no address."""
        self._handler = self._connected()
        self.look()

    def rebuild(self) -> bool:
        """Connect with a new client, then close the old one; return whether the new one is up.

        While it is not, the old one stays and goes on trying by itself.
        """
        self._state.rebuilds += 1
        try:
            fresh = self._connected()
        except (SlackClientError, OSError):
            return False
        if not fresh.client.is_connected():
            _in_background(lambda: _close(fresh))
            return False
        old, self._handler = self._handler, fresh
        if old is not None:
            _in_background(lambda: _close(old))
        return True

    def look(self) -> None:
        """Note whether a connection is up, and when its newest pong was noticed.

        The client keeps the time by the wall clock at which it sent the ping that was answered; here it counts when
        that changes, so that a clock that jumps looks like no silence.
        """
        client = self._client()
        session = client.current_session
        self._state.connected = bool(client.is_connected())
        if session is not None and session.last_ping_pong_time is not None:
            pong = (session.session_id, session.last_ping_pong_time)
            if pong != self._pong:
                self._pong, self._state.last_pong_at = pong, self._clock()

    def close(self) -> None:
        """Take nothing new, acknowledge what has come in, and close."""
        self._state.connected = False
        if self._handler is not None:
            _close(self._handler)

    def _connected(self) -> SocketModeHandler:
        handler = self._make()
        handler.client.message_listeners.append(self._note)
        try:
            handler.connect()
        except (SlackClientError, OSError):
            _in_background(lambda: _close(handler))
            raise
        return handler

    def _note(self, _client: object, message: dict[str, Any], _raw: str | None) -> None:
        if "envelope_id" in message:
            self._state.last_envelope_at = self._clock()

    def _client(self) -> Any:
        assert self._handler is not None  # noqa: S101  opened before anybody looks
        return self._handler.client


def _in_background(close: Callable[[], None]) -> None:
    # A client that hangs may take its time to close, or never do: nobody waits for it.
    threading.Thread(target=close, name="socket-closing", daemon=True).start()


def _close(handler: SocketModeHandler) -> None:
    """Stop reading, have what was read worked on and acknowledged, then close the connection."""
    client = handler.client
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    client.current_session_state.terminated = True
    _end(client.current_session_runner)
    give_up_at = time.monotonic() + _DRAIN_SECONDS
    while not client.message_queue.empty() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    client.closed = True
    client.message_queue.put(None)  # who waits for the next message would notice only after a second
    _end(client.message_processor)
    client.message_workers.shutdown(wait=True)
    handler.close()


def _end(runner: IntervalRunner) -> None:
    runner.event.set()
    runner.thread.join(_DRAIN_SECONDS)
