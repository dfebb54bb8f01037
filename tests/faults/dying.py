"""Processes that die at a step of their work: a sender, and one who asks a source."""

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from slack_sdk import WebClient
from sqlalchemy import event

from bot.connectors.http import Api
from bot.connectors.litellm_source import LiteLLMSource
from bot.jobs import sync
from bot.jobs.kind import ToPerson
from bot.jobs.kinds import KINDS
from bot.slack import Slack
from storage.engine import Database, open_database
from tests.jobs.delivering import deliver
from tests.jobs.test_delivery import note
from tests.jobs.test_sync import with_source
from tests.promises.answers import services_on

ORG: Final = "T0LOCAL"
_ROOT: Final = Path(__file__).parents[2]
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Place:
    """Where a process works, and at which of its steps, or before which page, it is killed; at none for 0."""

    database_url: str
    api_url: str
    token: str
    now: datetime
    step: int = 0
    page: int = 0


class _Steps:
    """Counts the steps that change something, and kills this process just before one of them."""

    def __init__(self, fatal: int) -> None:
        self._made, self._fatal = 0, fatal

    def take(self, *_: Any) -> None:
        self._made += 1
        if self._made == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        def write(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.startswith(_WRITES):
                self.take()

        event.listen(database.engine, "before_cursor_execute", write)
        event.listen(database.engine, "commit", self.take)


def send(place: Place) -> None:
    """Send what is due as a replica does, and die on the way: also before and after the call to Slack."""
    database, steps = open_database(place.database_url, pool_size=2), _Steps(place.step)
    client = WebClient(token=place.token, base_url=place.api_url, retry_handlers=[])
    slack = Slack(client, org_id=ORG, team_id=ORG, bot_user_id="U0BOT", delivery_seconds=5)

    def call(*arguments: Any) -> Any:
        steps.take()
        answer = slack.deliver(*arguments)
        steps.take()
        return answer

    way_out: Any = _Calling(slack, call)
    services = replace(services_on(database), slack=way_out, now=lambda: place.now)
    steps.watch(database)
    deliver(services, {**KINDS, "note": ToPerson(note)}, clock=lambda: place.now)
    database.dispose()


@dataclass
class _Calling:
    """The way out to Slack, of which one call is made by something else."""

    inner: Slack
    deliver: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class _Pages(Api):
    """A provider's API, before the so-manieth page of which this process is killed."""

    asked, fatal = 0, 0

    def content(self, method: str, path: str, **request: Any) -> bytes:
        """Ask for one page more, or die."""
        self.asked += 1
        if self.asked == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().content(method, path, **request)


def pull(place: Place) -> None:
    """Ask a LiteLLM proxy, and die on the way."""
    database, steps = open_database(place.database_url, pool_size=2), _Steps(place.step)
    api = _Pages("LiteLLM", place.api_url, {"Authorization": f"Bearer {place.token}"}, setting="LITELLM_KEY")
    api.fatal = place.page
    source = LiteLLMSource(api, lambda: place.now)
    services = replace(with_source(database, source), now=lambda: place.now)
    steps.watch(database)
    sync.run(services)
    database.dispose()


WORKS: Final[dict[str, Callable[[Place], None]]] = {"send": send, "pull": pull}


class Processes:
    """Starts processes that work and die; all are forks of one that has loaded everything once."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self._first = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def lives(self, work: str, place: Place) -> bool:
        """Let a process do one of WORKS; return whether it came to its end instead of being killed."""
        asking, answering = self._first.stdin, self._first.stdout
        assert asking is not None
        assert answering is not None
        asking.write(pickle.dumps((work, place)))
        asking.flush()
        ended = int(answering.readline())
        assert ended in (0, -signal.SIGKILL), ended
        return ended == 0

    def close(self) -> None:
        """End the first process, too."""
        self._first.communicate()


def _fork_again_and_again() -> None:
    """Do what comes in, each in a process of its own, and say how that ended."""
    asked: Any = sys.stdin.buffer
    while asked.peek(1):
        work, place = pickle.load(asked)  # noqa: S301  from the tests
        child = os.fork()
        if child == 0:
            _carry_out(WORKS[work], place)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _carry_out(work: Callable[[Place], None], place: Place) -> NoReturn:
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        work(place)
    except BaseException:  # noqa: BLE001  the end of this process
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    _fork_again_and_again()
