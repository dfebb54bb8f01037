"""The real bot on the strict local Slack, over either transport."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import SecretStr

from bot.app import running
from bot.config import Settings
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.services import Services

Transport = Literal["http", "socket"]
T0 = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)


def free_port() -> int:
    """Return a port that is free on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def bot_on(
    slack: LocalSlack,
    database_url: str,
    transport: Transport,
    now: Callable[[], datetime] = lambda: T0,
    **settings: Any,
) -> Iterator[Services]:
    """Run the bot against *slack*, which is serving already."""
    chosen = Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token if transport == "socket" else ""),
        slack_signing_secret=SecretStr(slack.signing_secret if transport == "http" else ""),
        slack_api_url=slack.api_url,
        database_url=database_url,
        worthwhile_secret=SecretStr("for tests"),
        web_port=free_port(),
        **settings,
    )
    with running(chosen, now) as services:
        if transport == "http":
            slack.deliver_to(f"{services.web_url}/slack/events")
        else:
            slack.wait_connected(10)
        yield services


def texts(shown: Shown) -> str:
    """Return every text in what somebody was shown, a line each."""
    return "\n".join(_strings([shown.text, shown.blocks]))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in {"text", "title", "elements", "fields", "blocks", "accessory", "options", "chart"} or isinstance(
                inner, dict | list
            ):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
