"""The bot as a process of its own: ready soon, small, gone soon and cleanly; and what stops it from starting."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from bot import cli
from bot.playground.faults import silent
from bot.playground.local_slack import LocalSlack
from storage.engine import open_database
from storage.hosts import claim_host
from tests.e2e.harness import Log, Transport, environment_of, settings_for, texts, until

ROOT = Path(__file__).parents[2]
ANA = "U01ANA"
STOP_SECONDS = 10.0
MOST_MEGABYTES = 120


@dataclass
class Process:
    """A bot of its own, and what it logged."""

    popen: subprocess.Popen[bytes]
    log_file: Path
    url: str

    @property
    def log(self) -> str:
        """Everything logged so far."""
        return self.log_file.read_text("utf-8")

    def megabytes(self) -> float:
        """Return the memory that is resident."""
        status = Path(f"/proc/{self.popen.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit status and the seconds until then."""
        began = time.monotonic()
        self.popen.send_signal(number)
        return self.popen.wait(timeout=STOP_SECONDS + 5), time.monotonic() - began


@contextmanager
def process_on(slack: LocalSlack, url: str, transport: Transport, log_file: Path, **more: str) -> Iterator[Process]:
    """Run `python -m bot run` until the block is left; it is ready when this is entered."""
    settings = settings_for(slack, url, transport)
    environment = {**os.environ, **environment_of(settings), "LOG_FORMAT": "json", **more}
    with log_file.open("wb") as log:
        popen = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        assert until(lambda: b'"event": "ready"' in log_file.read_bytes() or popen.poll() is not None, 30)
        assert popen.poll() is None, log_file.read_text("utf-8")
        if transport == "http":
            slack.deliver_to(f"http://127.0.0.1:{settings.web_port}/slack/events")
        yield Process(popen, log_file, f"http://127.0.0.1:{settings.web_port}")
    finally:
        if popen.poll() is None:
            popen.kill()
            popen.wait(10)


def test_it_gets_ready_stays_small_and_stops_cleanly(
    transport: Transport, new_database: Callable[[], str], tmp_path: Path
) -> None:
    slack = LocalSlack()
    with slack.running(), process_on(slack, new_database(), transport, tmp_path / "log") as process:
        slack.command(ANA, "/mytokens", "")
        answer = slack.wait_shown(ANA, timeout=10)
        megabytes = process.megabytes()
        status, seconds = process.stop()

        assert "No usage is collected about you yet." in texts(answer)
        assert megabytes < MOST_MEGABYTES
        assert (status, seconds < STOP_SECONDS) == (0, True), seconds
        assert "Traceback" not in process.log
        assert '"event": "stopping"' in process.log


def test_it_stops_in_time_while_slack_hangs(new_database: Callable[[], str], tmp_path: Path) -> None:
    slack = LocalSlack()
    with slack.running(), process_on(slack, new_database(), "http", tmp_path / "log") as process:
        slack.faults.every("response_url", 1, silent(60))
        slack.command(ANA, "/mytokens", "help")
        status, seconds = process.stop()

        assert (status, seconds < STOP_SECONDS) == (0, True), seconds
        assert "Traceback" not in process.log


def test_while_it_stops_it_says_so_and_a_second_signal_ends_it_at_once(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """The answer in hand, which hangs, keeps the first signal busy for some seconds."""
    slack = LocalSlack()
    with slack.running(), process_on(slack, new_database(), "http", tmp_path / "log") as process:
        slack.faults.every("response_url", 1, silent(60))
        slack.command(ANA, "/mytokens", "help")
        assert httpx2.get(f"{process.url}/readyz").json() == {"ready": True, "reasons": []}
        process.popen.send_signal(signal.SIGTERM)

        assert until(lambda: httpx2.get(f"{process.url}/readyz").status_code == 503)
        (reason,) = httpx2.get(f"{process.url}/readyz").json()["reasons"]
        assert "stopped" in reason
        assert httpx2.get(f"{process.url}/healthz").status_code == 200
        assert process.stop()[0] == -signal.SIGTERM


def test_an_interrupt_from_the_keyboard_stops_it_cleanly_too(new_database: Callable[[], str], tmp_path: Path) -> None:
    slack = LocalSlack()
    with slack.running(), process_on(slack, new_database(), "http", tmp_path / "log") as process:
        status, _ = process.stop(signal.SIGINT)

        assert status == 0
        assert "Traceback" not in process.log


@contextmanager
def bounded(seconds: float = 15.0) -> Iterator[None]:
    """End a bot that starts in this process although it should not; signals are taken as before afterwards."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    watch = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def run_in_vain() -> int:
    """Run the verb `run`, which should end at once, and return its status."""
    with bounded():
        return cli.main(["run"])


@pytest.fixture
def from_environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the command line the settings of a bot on a local Slack."""

    def give(slack: LocalSlack, url: str, **more: str) -> None:
        variables = environment_of(settings_for(slack, url, "http")) | more
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return give


def test_a_port_in_use_is_one_line_that_names_the_setting(
    log: Log, new_database: Callable[[], str], from_environment: Callable[..., None]
) -> None:
    with LocalSlack().running() as slack, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        from_environment(slack, new_database(), WEB_PORT=str(port))
        status = run_in_vain()

    assert status == 1
    assert log.lines() == [
        f"worthwhile: WEB_PORT: 127.0.0.1:{port} cannot be listened on; is it in use? Choose another."
    ]
    assert "Traceback" not in log.text


def test_a_file_that_another_host_has_open_is_refused_in_one_line(
    log: Log, new_database: Callable[[], str], from_environment: Callable[..., None]
) -> None:
    url = new_database()
    database = open_database(url)
    database.writing(lambda session: claim_host(session, "other-host", datetime.now(UTC)))
    database.dispose()
    with LocalSlack().running() as slack:
        from_environment(slack, url)
        status = run_in_vain()

    assert status == 1
    assert log.lines() == [
        "worthwhile: DATABASE_URL: this SQLite file is in use on other-host. SQLite works on one host only; "
        "stop the other one, or use PostgreSQL."
    ]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack: invalid_auth."),
        ({"SLACK_API_URL": "http://127.0.0.1:9/"}, "SLACK_API_URL: Slack: no answer"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_APP_TOKEN is not set"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL: mysql is not supported"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, "The database is locked or away."),
        ({"POLICY_FILE": "/none.toml"}, "POLICY_FILE: /none.toml cannot be read"),
        ({"WEB_PORT": "eighty"}, "WEB_PORT: "),
    ],
)
def test_what_stops_it_from_starting_is_one_line(
    log: Log,
    new_database: Callable[[], str],
    from_environment: Callable[..., None],
    changes: dict[str, str],
    names: str,
) -> None:
    with LocalSlack().running() as slack:
        from_environment(slack, new_database(), **changes)
        status = run_in_vain()

    assert status == 1
    assert names in log.lines()[0]
    assert "Traceback" not in log.text


def test_a_wrong_app_token_is_one_line(
    log: Log, new_database: Callable[[], str], from_environment: Callable[..., None]
) -> None:
    with LocalSlack().running() as slack:
        from_environment(slack, new_database(), SLACK_APP_TOKEN="xapp-wrong", SLACK_SIGNING_SECRET="")
        status = run_in_vain()

    assert status == 1
    (line,) = log.lines()
    assert "SLACK_APP_TOKEN: Slack does not open a connection for it (invalid_auth)" in line
    assert "Traceback" not in log.text
