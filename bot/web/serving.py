"""The web server: in a thread of its own, until the bot is stopped."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from bot.errors import ConfigError
from bot.web.headers import PromptHeaders

_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 10


@contextmanager
def serving(app: Starlette, host: str, port: int, seconds_left: Callable[[], float]) -> Iterator[None]:
    """Serve *app* until the block is left, and finish the requests in hand in the *seconds_left* then.

    Raises ConfigError where the address cannot be had.
    """
    config = uvicorn.Config(
        app,
        http=PromptHeaders,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # a client that reuses a connection must not meet it closing
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    with _listening(host, port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
        thread.start()
        _wait_until(lambda: server.started or not thread.is_alive())
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(seconds_left())


def _listening(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise ConfigError(f"WEB_PORT: {host}:{port} cannot be listened on; is it in use? Choose another.") from None
    # Connections take this on. Without it an answer of two writes costs a kept-alive connection 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _wait_until(true: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while not true() and time.monotonic() < give_up_at:
        time.sleep(0.01)
