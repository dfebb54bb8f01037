"""Everything that Slack can start, in one table; the promises are tested over it."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from slack_bolt import Ack, App

from bot.errors import BusyError
from bot.measuring.requests import one_request, seconds_since_it_came_in
from bot.services import Services
from handlers.commands import COMMANDS, pressed_word
from handlers.directory import note_user
from handlers.errors import on_error
from handlers.front_door import enter, take_in
from handlers.home import open_home
from handlers.visit import from_action, from_command, from_event, from_shortcut, from_submission

Listener = Callable[[dict[str, Any], Ack, Services], None]


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of request and who takes it."""

    kind: Literal["command", "action", "form", "shortcut", "event"]
    name: str
    listener: Listener


def on_command(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a typed command."""
    name = str(body["command"]).removeprefix(f"/{services.command_prefix}")
    visit, word = COMMANDS[name].meant(from_command(body, name), services)
    enter(visit, word, services, ack)


def on_button(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a pressed button or a chosen option."""
    visit = from_action(body, body["actions"][0])
    enter(visit, pressed_word(visit), services, ack)


def on_form(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a form that was sent."""
    visit = from_submission(body)
    take_in(visit, pressed_word(visit), services, ack)


def on_shortcut(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take a shortcut, which stands for a word of a command and is answered in a window."""
    visit = from_shortcut(body, *SHORTCUTS[body["callback_id"]])
    enter(visit, pressed_word(visit), services, ack)


def on_home_opened(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Publish the Home tab of somebody who opens it."""
    ack()
    event = body["event"]
    if event.get("tab") == "home" and services.visits.lets_in(from_event(body).slack_id):
        opened_hash = str((event.get("view") or {}).get("hash") or "")
        with suppress(BusyError):  # they see what was there; opening it again publishes
            services.pool.submit(lambda: open_home(from_event(body), services, opened_hash))


def on_user_change(body: dict[str, Any], ack: Ack, services: Services) -> None:
    """Take over what Slack's directory says of a user now; if there is too much to do, the next night does."""
    ack()
    with suppress(BusyError):
        services.pool.submit(lambda: note_user(body["event"].get("user"), services))


SHORTCUTS: Final[Mapping[str, tuple[str, str]]] = {
    "show_my_usage": ("mytokens", "show"),
    "share_use_case": ("usecase", "share"),
}
ROUTES: Final = (
    *(Route("command", name, on_command) for name in COMMANDS),
    *(Route("action", f"{name}-", on_button) for name in COMMANDS),
    *(Route("form", f"{name}-", on_form) for name in COMMANDS),
    *(Route("shortcut", callback_id, on_shortcut) for callback_id in SHORTCUTS),
    Route("event", "app_home_opened", on_home_opened),
    Route("event", "user_change", on_user_change),
)


def register(app: App, services: Services) -> None:
    """Attach every route to *app*."""
    for route in ROUTES:
        listener = _bolt_listener(route.listener, services)
        _attach(app, route, services.command_prefix)(listener)
    app.error(on_error)


def _attach(app: App, route: Route, prefix: str) -> Callable[..., Any]:
    if route.kind == "command":
        return app.command(f"/{prefix}{route.name}")
    if route.kind == "action":
        return app.action(re.compile(f"^{route.name}"))
    if route.kind == "form":
        return app.view(re.compile(f"^{route.name}"))
    return app.shortcut(route.name) if route.kind == "shortcut" else app.event(route.name)


def _bolt_listener(listener: Listener, services: Services) -> Callable[..., None]:
    # Bolt injects by parameter name and takes no partial with keywords
    def listen(body: dict[str, Any], ack: Ack) -> None:
        with one_request():
            listener(body, ack, services)
            services.measures.acknowledged(seconds_since_it_came_in())

    return listen
