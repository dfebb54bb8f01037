"""Everything that Slack can start, in one table; the promises are tested over it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from slack_bolt import Ack, App

from bot.services import Services
from handlers import mytokens
from handlers.errors import on_error
from handlers.front_door import enter
from handlers.visit import from_action, from_command

Listener = Callable[[dict[str, Any], Ack, Services], None]


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of request and who takes it; *scopes* are what Slack must grant for it to work."""

    kind: Literal["command", "action"]
    name: str
    listener: Listener


def on_mytokens(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a typed command."""
    visit, word = mytokens.typed_word(from_command(body), services)
    enter(visit, word, services, ack)


def on_button(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a pressed button or a chosen option."""
    visit = from_action(body, body["actions"][0])
    enter(visit, mytokens.pressed_word(visit), services, ack)


ROUTES: Final = (
    Route("command", mytokens.COMMAND, on_mytokens),
    Route("action", "mytokens-", on_button),
)


def register(app: App, services: Services) -> None:
    """Attach every route to *app*."""
    for route in ROUTES:
        listener = _bolt_listener(route.listener, services)
        if route.kind == "command":
            app.command(f"/{services.command_prefix}{route.name}")(listener)
        else:
            app.action(re.compile(f"^{route.name}"))(listener)
    app.error(on_error)


def _bolt_listener(listener: Listener, services: Services) -> Callable[..., None]:
    # Bolt injects by parameter name and takes no partial with keywords
    def listen(body: dict[str, Any], ack: Ack) -> None:
        listener(body, ack, services)

    return listen
