"""The bot as a process: how long it takes to be ready, and what it weighs when nothing happens."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.commands import SECRET, fill, serving, warm
from benchmarks.lasting import resident_mb
from benchmarks.table import Row
from bot.playground.local_slack import LocalSlack

_STARTS: Final = 5
_PORT: Final = 18082


def main() -> list[Row]:
    """Measure and return the rows of the table; of several starts the median counts."""
    with tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder:
        url = f"sqlite:///{Path(folder, 'idle.db')}"
        fill(url, 1_000)
        by_socket, by_http = (_median_start(url, transport) for transport in ("socket", "http"))
        with serving(url) as (slack, bot):
            warm(slack)
            time.sleep(1)
            idle = resident_mb(bot)
    return [
        Row(
            "start to ready (/readyz), an existing database, Socket Mode / HTTP", f"{by_socket} / {by_http} s", "< 3 s"
        ),
        Row("idle bot, after 50 answers", f"{idle:.0f} MB", "< 120 MB"),
    ]


def _median_start(url: str, transport: str) -> str:
    took = sorted(_start(url, transport) for _ in range(_STARTS))
    return f"{took[_STARTS // 2]:.1f}"


def _start(url: str, transport: str) -> float:
    """Return the seconds from the start of the process to a 200 of /readyz."""
    slack = LocalSlack(check_blocks=False)
    with slack.running():
        by_transport = {
            "socket": {"SLACK_APP_TOKEN": slack.app_token},
            "http": {"SLACK_SIGNING_SECRET": slack.signing_secret},
        }[transport]
        usual = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": url,
            "WORTHWHILE_SECRET": SECRET,
            "WEB_PORT": str(_PORT),
            "LOG_LEVEL": "WARNING",
        }
        began = time.monotonic()
        command = [sys.executable, "-m", "bot", "run"]
        bot = subprocess.Popen(command, env={**os.environ, **usual, **by_transport}, stdout=subprocess.DEVNULL)
        try:
            while not _is_ready():
                if time.monotonic() - began > 30:
                    raise RuntimeError("the bot did not start")
                time.sleep(0.01)
            return time.monotonic() - began
        finally:
            bot.terminate()
            bot.wait(timeout=20)


def _is_ready() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
