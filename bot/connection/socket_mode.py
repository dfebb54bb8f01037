"""Socket Mode as the composition root starts it: connected, watched, and closed with what came in finished."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.connection.rules import Limits
from bot.connection.sockets import Sockets
from bot.connection.state import ConnectionState
from bot.connection.stopping import Stopping
from bot.connection.watchdog import LOOK_SECONDS, Watchdog, watching
from bot.errors import ConfigError
from bot.slack_calls import error_name

_CONCURRENCY: Final = 64
_OPEN_SECONDS: Final = 10  # for Slack to name an address; the watchdog waits for it


@dataclass(frozen=True, slots=True)
class Watch:
    """How the watchdog works, and what it does when no new client helps."""

    give_up: Callable[[], None] = lambda: None
    limits: Limits = field(default_factory=Limits)
    look_seconds: float = LOOK_SECONDS
    ping_seconds: float = 10.0


@contextmanager
def connected(app: App, app_token: str, state: ConnectionState, stopping: Stopping, watch: Watch) -> Iterator[None]:
    """Take Slack's requests by Socket Mode until the block is left; raises ConfigError when Slack refuses the token."""
    address_client = WebClient(base_url=app.client.base_url, retry_handlers=[], timeout=_OPEN_SECONDS)

    def handler() -> SocketModeHandler:
        return SocketModeHandler(
            app, app_token, concurrency=_CONCURRENCY, web_client=address_client, ping_interval=watch.ping_seconds
        )

    sockets = Sockets(handler, state)
    try:
        sockets.open()
    except (SlackClientError, OSError) as error:
        raise ConfigError(
            f"SLACK_APP_TOKEN: Slack does not open a connection for it ({error_name(error)}); "
            "make an app-level token (xapp-...) with connections:write."
        ) from error
    try:
        with watching(Watchdog(sockets, state, watch.give_up, watch.limits), watch.look_seconds):
            yield
    finally:
        stopping.finish("socket", sockets.close)
