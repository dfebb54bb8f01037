"""Socket Mode: hands out WebSocket addresses, sends each envelope to one connection, collects the acks."""

import asyncio
import json
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.shown import Json

MOST_CONNECTIONS = 10


class SocketHub:
    """Knows the bot's connections; lives on the server's event loop, used from any thread."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._changed = threading.Condition()
        self._tickets: set[str] = set()
        self._connections: list[WebSocket] = []
        self._hushed: list[WebSocket] = []  # up, and nothing goes either way
        self._hushes_new = False
        self.stop_reading: Callable[[tuple[str, int]], None] = lambda client: None  # set by the server
        self._waiting: dict[str, Future[Json]] = {}
        self._turn = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sent_to: list[int] = []  # which connection got each envelope, counted from 0

    def ticket(self) -> str:
        """Returns a secret that opens one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    @property
    def connected(self) -> int:
        """How many connections are up."""
        return len(self._connections)

    def wait_connected(self, timeout: float, connections: int = 1) -> bool:
        """Waits until so many connections are up; says whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self.connected >= connections, timeout)

    async def serve(self, socket: WebSocket) -> None:
        """Holds one connection: hello, then acks, until either side closes it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(4403)
            return
        self._tickets.discard(ticket)
        self._loop = asyncio.get_running_loop()
        await socket.accept()
        if self.connected >= MOST_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return
        if self._hushes_new:
            self._silence(socket)
        else:
            await socket.send_json(self._hello(self.connected + 1))
            with self._changed:
                self._connections.append(socket)
                self._changed.notify_all()
        try:
            while True:
                self._take_ack(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(socket)

    def send(self, envelope: Json) -> "Future[Json]":
        """Sends an envelope to the next connection; the result is the bot's ack. One that is silent gives none."""
        ack: Future[Json] = Future()
        with self._changed:
            if self._hushed and not self._connections:
                return ack
            if not self._connections or self._loop is None:
                ack.set_exception(ConnectionError("no connection is up"))
                return ack
            self._turn = (self._turn + 1) % len(self._connections)
            socket = self._connections[self._turn]
            self.sent_to.append(self._turn)
            self._waiting[envelope["envelope_id"]] = ack
        asyncio.run_coroutine_threadsafe(self._send_text(socket, json.dumps(envelope)), self._loop)
        return ack

    def give_up(self, envelope_id: str) -> None:
        """Stops waiting for an ack."""
        with self._changed:
            self._waiting.pop(envelope_id, None)

    def hush(self, *, new_too: bool = False) -> None:
        """Keeps every connection up and says nothing on it any more, not even a pong; *new_too* on those to come."""
        self._hushes_new = new_too
        if self._loop is not None:
            for socket in list(self._connections):
                self._loop.call_soon_threadsafe(self._silence, socket)
        with self._changed:
            self._changed.wait_for(lambda: not self._connections, 5)

    @property
    def silent(self) -> int:
        """How many connections are up and silent."""
        return len(self._hushed)

    def speak(self) -> None:
        """Lets connections to come be heard again."""
        self._hushes_new = False

    def _silence(self, socket: WebSocket) -> None:
        with self._changed:
            if socket in self._connections:
                self._connections.remove(socket)
            self._hushed.append(socket)
            self._changed.notify_all()
        if socket.client is not None:
            self.stop_reading((socket.client.host, socket.client.port))

    def disconnect(self, reason: str, *, close: bool) -> None:
        """Tells every connection to go, and may close it; reasons are Slack's, such as "warning", "" says none."""
        for socket in list(self._connections):
            if self._loop is not None:
                done = asyncio.run_coroutine_threadsafe(self._send_away(socket, reason, close), self._loop)
                done.result(5)

    async def _send_away(self, socket: WebSocket, reason: str, close: bool) -> None:
        if reason:
            await self._send_text(socket, json.dumps(_goodbye(reason)))
        if close:
            self._forget(socket)
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    async def _send_text(self, socket: WebSocket, text: str) -> None:
        # The other side may have gone just now; then there is no ack, and that is what a sender sees.
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text(text)

    def _take_ack(self, text: str) -> None:
        ack = json.loads(text)
        with self._changed:
            waiting = self._waiting.pop(ack.get("envelope_id", ""), None)
        if waiting is not None:
            waiting.set_result(ack)

    def _forget(self, socket: WebSocket) -> None:
        with self._changed:
            for each in (self._connections, self._hushed):
                if socket in each:
                    each.remove(socket)
            self._changed.notify_all()

    def _hello(self, connections: int) -> Json:
        return {
            "type": "hello",
            "num_connections": connections,
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
