"""Serves the page on loopback, beside the bot."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bot.errors import ConfigError
from bot.playground.local_slack import LocalSlack
from bot.playground.page.app import page_app
from bot.playground.page.story import Story
from bot.playground.server import LOOPBACK, serving_app


@contextmanager
def serving_page(
    slack: LocalSlack, port: int = 0, story: Story | None = None, manifest: str | None = None
) -> Iterator[str]:
    """Serves the page until left; yields its address. Raises ConfigError when the port is in use."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(serving_app(page_app(slack, story, manifest), port))
        except OSError as error:
            raise ConfigError(f"--port {port}: {_reason(error)}") from None
        yield address


def require_free(port: int) -> None:
    """Raise ConfigError when something listens on *port*: for who would work for seconds before serving there."""
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        raise ConfigError(f"--port {port}: {_reason(error)}") from None


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "something else listens there. Stop it, or choose another port."
    return str(error.strerror)
