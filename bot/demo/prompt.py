"""The real bot on a local Slack, in a terminal, on a database that is thrown away."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from pydantic import SecretStr

from bot.app import running
from bot.config import Settings
from bot.errors import InputError
from bot.intake import take_ccusage
from bot.playground.driver import run_prompt
from bot.playground.local_slack import LocalSlack
from bot.playground.people import MADE_UP_PEOPLE
from bot.playground.things import LocalUser
from bot.services import Services
from bot.views.wording import plural
from storage.people import switch_on, viewer_of

YOU: Final = LocalUser("U01YOU", "You", "you@larkfield.example")
_WELCOME: Final = """\
The real bot runs here. Type /mytokens, then the number of a button.
Nothing leaves this machine; the data goes when you quit.
"""


def run_demo(ccusage: Path | None, stdin: TextIO, stdout: TextIO) -> None:
    """Run the prompt until it is left; with a ccusage file the first person is you, with your own figures."""
    content = _read(ccusage) if ccusage else None
    people = (YOU, *MADE_UP_PEOPLE) if content is not None else MADE_UP_PEOPLE
    with demo(LocalSlack(users=people)) as (slack, services):
        yours = f"{_become_you(services, content)}\n" if content is not None else ""
        stdout.write(_WELCOME + yours)
        stdout.flush()
        run_prompt(slack, stdin, stdout)


@contextmanager
def demo(slack: LocalSlack) -> Iterator[tuple[LocalSlack, Services]]:
    """Run the bot on *slack* over Socket Mode with a SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="worthwhile-demo-") as folder, slack.running():
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token),
            slack_api_url=slack.api_url,
            database_url=f"sqlite:///{folder}/demo.db",
            web_port=_free_port(),
        )
        with running(settings) as services:
            slack.wait_connected(10)
            yield slack, services


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _become_you(services: Services, content: bytes) -> str:
    profile = services.slack.profile(YOU.id)
    services.database.writing(
        lambda session: switch_on(
            session, profile, services.marks, services.now(), services.policy.retention.daily_days
        )
    )
    with services.database.reading() as session:
        viewer = viewer_of(session, profile.slack_id)
    taken = take_ccusage(services, content, "your laptop", viewer, own=True)
    return f"Your file: {plural(taken.rows, 'row')} of {plural(taken.days, 'day')}. You are `you`."
