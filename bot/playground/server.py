"""Runs the local Slack: uvicorn in a thread, on loopback."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.playground.web_api import WebApi

LOOPBACK = "127.0.0.1"
PING_SECONDS = 0.1
TICK_SECONDS = 0.01
FAREWELL_SECONDS = 0.3
_Transports = dict[tuple[str, int], asyncio.Transport]


class _PromptServer(uvicorn.Server):
    """Stops in milliseconds, where uvicorn takes two tenths of a second: tests start and stop it a lot."""

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            await asyncio.sleep(TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + FAREWELL_SECONDS
        while (self.server_state.connections or self.server_state.tasks) and time.monotonic() < deadline:
            await asyncio.sleep(TICK_SECONDS / 5)
        for task in self.server_state.tasks:  # such as one that was told to stay silent
            task.cancel()


@contextmanager
def serving(api: WebApi, port: int = 0) -> Iterator[str]:
    """Serves the Web API until left; yields the base URL. Ready when entered, stopped when left."""
    transports: _Transports = {}
    api.drop = lambda client: _reset(transports, client)
    api.hub.stop_reading = lambda client: _stop_reading(transports, client)
    with serving_app(api.app, port, transports) as base_url:
        yield base_url


@contextmanager
def serving_app(app: Starlette, port: int = 0, transports: _Transports | None = None) -> Iterator[str]:
    """Serves any app on loopback until left; yields the base URL."""
    with socket.create_server((LOOPBACK, port)) as listening:
        config = uvicorn.Config(
            app,
            http=_protocol({} if transports is None else transports),
            ws="wsproto",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            # Slack pings too. This often, because slack_sdk can close a socket only between two frames.
            ws_ping_interval=PING_SECONDS,
            timeout_keep_alive=75,
        )
        server = _PromptServer(config)
        thread = threading.Thread(target=server.run, args=([listening],), name="local-slack", daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        try:
            yield f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(10)


def _protocol(transports: _Transports) -> type[H11Protocol]:
    class Remembering(H11Protocol):
        """Remembers who is connected, so that a connection can be reset in the middle of a call."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            # asyncio leaves Nagle's algorithm on here, which costs kept-alive connections 40 ms a call.
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().connection_made(transport)
            transports[transport.get_extra_info("peername")[:2]] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(self.transport.get_extra_info("peername")[:2], None)
            super().connection_lost(exc)

    return Remembering


def _stop_reading(transports: _Transports, client: tuple[str, int]) -> None:
    transport = transports.get(client)
    if isinstance(transport, asyncio.ReadTransport):
        transport.pause_reading()


def _reset(transports: _Transports, client: tuple[str, int]) -> None:
    transport = transports.get(client)
    if transport is not None:
        # Lingering for no time makes the kernel send a reset instead of a polite end.
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
