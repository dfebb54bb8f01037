"""The real bot on the strict local Slack, over either transport."""

import json
import logging
import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, Literal

import httpx2
import pytest
import structlog
from pydantic import SecretStr

from bot.app import running
from bot.config import Settings
from bot.connectors.pull import PullSource
from bot.domain.people import SlackId, Viewer
from bot.limits import Visits
from bot.logs import set_up_logs
from bot.playground.local_slack import Delivery, LocalSlack
from bot.playground.shown import Shown
from bot.playground.things import LocalUser
from bot.services import Services
from storage import people
from storage.engine import Database
from tests.loopback import NO_CERTIFICATES

Transport = Literal["http", "socket"]
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
T0 = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
SECRET: Final = "for tests"
_HURRY: Final = 1e6
_TOKEN: Final = re.compile(r"Bearer (ww_[\w-]+)")
_OF_LOCAL_SLACK: Final = "ASGI callable returned without starting response."  # how it breaks a connection
_numbers = count(1)


def only_over(transport: Transport) -> Any:
    """Return the fixture `transport` of a module whose claims begin after a request is in.

    What Slack sends is the same from there on. That requests come in by both ways is claimed by the modules on
    requests, words, identity, repeats, pressure, faults, charts, Home and the first day, which run over both.
    """

    @pytest.fixture(scope="module", params=[transport], name="transport")
    def one(request: pytest.FixtureRequest) -> Transport:
        each: Transport = request.param
        return each

    return one


def free_port() -> int:
    """Return a port that is free on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(slack: LocalSlack, database_url: str, transport: Transport, **settings: Any) -> Settings:
    """Return the settings of a bot on *slack*, whatever the environment says."""
    usual = {name: each.default for name, each in Settings.model_fields.items()}
    own = {
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token if transport == "socket" else ""),
        "slack_signing_secret": SecretStr(slack.signing_secret if transport == "http" else ""),
        "slack_api_url": slack.api_url,
        "database_url": database_url,
        "worthwhile_secret": SecretStr(SECRET),
        "web_port": free_port(),
    }
    return Settings(**{"_env_file": None, **usual, **own, **settings})


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that give the command line the same settings."""
    return {
        "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "SLACK_APP_TOKEN": settings.slack_app_token.get_secret_value(),
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret.get_secret_value(),
        "SLACK_API_URL": settings.slack_api_url,
        "DATABASE_URL": settings.database_url,
        "WORTHWHILE_SECRET": settings.worthwhile_secret.get_secret_value(),
        "WEB_PORT": str(settings.web_port),
    }


@contextmanager
def bot_on(
    slack: LocalSlack,
    database_url: str,
    transport: Transport,
    now: Callable[[], datetime] = lambda: T0,
    sources: Sequence[PullSource] = (),
    visits: Visits | None = None,
    **settings: Any,
) -> Iterator[Services]:
    """Run the bot against *slack*, which is serving already; people may ask as fast as tests do, without *visits*."""
    chosen = settings_for(slack, database_url, transport, **settings)
    with running(chosen, now, sources, visits=visits or Visits(_HURRY, _HURRY)) as services:
        if transport == "http":
            slack.deliver_to(f"{services.web_url}/slack/events")
        else:
            slack.wait_connected(10)
        yield services


@dataclass
class Stage:
    """A running bot on a local Slack, and what people do there."""

    slack: LocalSlack
    services: Services
    database_url: str
    transport: Transport
    command: str = "/mytokens"
    refused: list[str] = field(default_factory=list)

    def newcomer(self, name: str = "", **more: Any) -> str:
        """Let somebody new join the workspace and return their id."""
        number = next(_numbers)
        user_id = f"U{number:05}NEW"
        email = more.pop("email", f"new{number}@larkfield.example")
        with self.slack.world.lock:
            self.slack.world.users[user_id] = LocalUser(user_id, name or f"New{number} Person", email, **more)
        return user_id

    def someone_on(self, name: str = "", **more: Any) -> str:
        """Let somebody new join and press [Switch it on]."""
        user_id = self.newcomer(name, **more)
        answer = self.press(user_id, self.ask(user_id), "Switch it on")
        assert "It's on." in texts(answer)
        return user_id

    def ask(self, user: str, words: str = "", **how: Any) -> Shown:
        """Type the command and return the answer."""
        mark = self.slack.mark()
        return self.answer(user, mark, self.slack.command(user, self.command, words, **how))

    def press(self, user: str, shown: Shown, wanted: str, **how: Any) -> Shown:
        """Press a button, named by its words, and return what follows."""
        mark = self.slack.mark()
        return self.answer(user, mark, self.slack.click(user, shown, wanted, **how))

    def answer(self, user: str, mark: int, delivery: Delivery) -> Shown:
        """Return the last thing that *user* saw of what follows from a delivery; it was acknowledged in time."""
        assert delivery.acked, delivery.error
        self.settle()
        return self.slack.shown_to(user, mark)[-1]

    def settle(self) -> None:
        """Wait until every answer in the pool has left."""
        settled = self.services.pool.idle(seconds=20)
        assert settled

    def token_of(self, user: str) -> str:
        """Make an upload token for *user*, as a person does, and return it."""
        return token_in(self.press(user, self.ask(user, "connect"), "mytokens-token"))

    def send_ccusage(self, token: str, content: bytes, machine: str = "laptop") -> httpx2.Response:
        """Send a file of ccusage, as the laptop's command does."""
        return httpx2.post(
            f"{self.services.web_url}/v1/import/ccusage?name={machine}",
            content=content,
            headers={"Authorization": f"Bearer {token}"},
            verify=NO_CERTIFICATES,
            timeout=20,
        )

    def viewer(self, user: str) -> Viewer | None:
        """Return who *user* is to the bot."""
        with self.services.database.reading() as session:
            return people.viewer_of(session, SlackId(self.services.slack.org_id, user))

    def calls_since(self, mark: int, method: str = "") -> list[str]:
        """Return the methods called after the first *mark* calls, or how one of them was answered."""
        calls = self.slack.calls[mark:]
        return [str(call.response.get("error", "ok")) for call in calls if call.method == method or not method]


@contextmanager
def staged(
    slack: LocalSlack, database_url: str, transport: Transport, *, refuses_charts: bool = False, **settings: Any
) -> Iterator[Stage]:
    """Run the bot on *slack*; at the end Slack must have refused no block of it."""
    with slack.running(), bot_on(slack, database_url, transport, **settings) as services:
        yield Stage(slack, services, database_url, transport, f"/{services.command_prefix}mytokens")
    refused = [call for call in slack.calls if "invalid_blocks" in json.dumps(call.response)]
    assert refuses_charts or not refused, refused[:1]


class Log:
    """What was logged, and what the command line printed, since the test began."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture, self._text = capture, ""

    @property
    def text(self) -> str:
        """Everything so far."""
        self._text += "".join(self._capture.readouterr())
        return "".join(line for line in self._text.splitlines(keepends=True) if _OF_LOCAL_SLACK not in line)

    def events(self, level: str) -> list[dict[str, Any]]:
        """Return what was logged at a level."""
        found = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [event for event in found if event.get("level") == level]

    def lines(self) -> list[str]:
        """Return the command line's own lines of errors."""
        return [line for line in self.text.splitlines() if line.startswith("worthwhile:")]


@contextmanager
def logging_as_the_bot_does(level: str = "INFO") -> Iterator[None]:
    """Log to stderr as JSON; afterwards logging is as it was."""
    root, configured = logging.getLogger(), structlog.get_config()
    before, handlers = root.level, list(root.handlers)
    set_up_logs(level, "json")
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)
        structlog.configure(**configured)


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is true, at most so long; return whether it is."""
    give_up_at = time.monotonic() + seconds
    while not true() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    return true()


def everything_stored(database: Database) -> str:
    """Return every row of every table of a SQLite file as text."""
    with database.reading() as session:
        connection = session.connection()
        names = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        queries = {name: f"SELECT * FROM {name}" for name in sorted(names)}  # noqa: S608  names of our own tables
        return "\n".join(f"{name} {row}" for name in queries for row in connection.exec_driver_sql(queries[name]))


def token_in(shown: Shown) -> str:
    """Return the upload token that an answer shows."""
    found = _TOKEN.search(texts(shown))
    assert found is not None, texts(shown)
    return found[1]


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
