"""Acknowledgements alone: the bot with its pool replaced by a no-op, against a bare Bolt app on the same server."""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import uvicorn
from pydantic import SecretStr
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from benchmarks.table import Row
from bot.app import build_bolt
from bot.config import Settings
from bot.connection.state import ConnectionState
from bot.limits import Visits
from bot.pool import AnswerPool
from bot.web.headers import PromptHeaders
from bot.web.slack_http import slack_route
from storage.engine import open_database
from tests.promises.answers import services_on

SECRET: Final = "signed-for-benchmarks"
_SECONDS: Final = 4.0
_CLIENTS: Final = 8
_ROUNDS: Final = 3


class _NoPool(AnswerPool):
    def submit(self, answer: Callable[[], None]) -> None:
        """Do nothing: what is measured is the way to the acknowledgement."""


def main() -> list[Row]:
    """Measure both in turn, several times, and return the row of the table."""
    pairs = [(_throughput("bot"), _throughput("bare")) for _ in range(_ROUNDS)]
    bot, bare = max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    ratio = sorted(pair[0] / pair[1] for pair in pairs)[_ROUNDS // 2]
    what = f"acknowledgements alone / bare Bolt app ({bot:,.0f} / {bare:,.0f} a second of CPU)"
    return [Row(what, f"{ratio:.2f}", ">= 0.65")]


def _throughput(which: str) -> float:
    """Return acknowledgements by second of the server's own processor time.

    A client in Python is no faster than the server; counting its processor time keeps the client out.
    """
    with _serving(which) as (port, server):
        _hammer(port, 0.5)
        before = _cpu_seconds(server)
        return _hammer(port, _SECONDS) / (_cpu_seconds(server) - before)


def _cpu_seconds(server: int) -> float:
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _serving(which: str, port: int = 18081) -> Iterator[tuple[int, int]]:
    command = ["taskset", "-c", "0", sys.executable, "-m", "benchmarks.acks", which, str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        try:
            if _request(http.client.HTTPConnection("127.0.0.1", port, timeout=5)):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _hammer(port: int, seconds: float) -> int:
    """Send signed commands from several connections; return how many were acknowledged."""
    stop_at = time.monotonic() + seconds
    counts: list[int] = []

    def work() -> None:
        connection, count = http.client.HTTPConnection("127.0.0.1", port, timeout=10), 0
        while time.monotonic() < stop_at:
            count += _request(connection)
        counts.append(count)

    threads = [threading.Thread(target=work) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _request(connection: http.client.HTTPConnection) -> bool:
    body = urlencode(
        {
            "command": "/mytokens", "text": "", "team_id": "E0ACME", "user_id": "U0ADA", "channel_id": "C1",
            "response_url": "http://127.0.0.1:9/", "trigger_id": "1.2", "api_app_id": "A1",
        }
    )  # fmt: skip
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }
    connection.request("POST", "/slack/events", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status == 200


def serve(which: str, port: int) -> None:
    """Serve one of the two until stopped."""
    app = _bot() if which == "bot" else _bare()
    web = Starlette(routes=[slack_route(app, SECRET, ConnectionState())])
    config = uvicorn.Config(web, http=PromptHeaders, port=port, log_config=None, access_log=False)
    uvicorn.Server(config).run()


def _bot() -> App:
    nowhere = Path(tempfile.gettempdir(), "worthwhile-never-opened.db")  # an acknowledgement reads nothing
    services = services_on(open_database(f"sqlite:///{nowhere}"), pool=_NoPool(1, 1))
    services = replace(services, visits=Visits(1e9, 1e9))  # one person asks all the time
    settings = Settings(_env_file=None, slack_signing_secret=SecretStr(SECRET), slack_bot_token=SecretStr("x"))  # type: ignore[call-arg]
    return build_bolt(settings, services)


def _bare() -> App:
    identity = AuthorizeResult(enterprise_id=None, team_id="E0ACME", bot_token="x", bot_user_id="U1")
    app = App(
        client=WebClient(retry_handlers=[]),
        authorize=lambda: identity,
        signing_secret=SECRET,
        process_before_response=True,
    )

    @app.command("/mytokens")
    def acknowledge(ack: Ack) -> None:
        ack()

    return app


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps([row._asdict() for row in main()], indent=1) + "\n")
