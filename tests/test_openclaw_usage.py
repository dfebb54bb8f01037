"""The script for OpenClaw, run as it is run: against a stand-in for the gateway and the real bot."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from bot.web.app import web_app
from extras.openclaw_usage import UnusableError, events, trigger
from storage import tokens
from storage.engine import Database
from tests.cast import ADA, T0, switched_on
from tests.senders import parsed, services_for
from tests.web.conftest import served

ROOT: Final = Path(__file__).parents[1]
SAMPLE: Final = ROOT / "tests/providers/samples/openclaw/synthetic.sessions_usage.json"
DAY: Final = date(2026, 11, 10)
# A gateway that says the same of every day that it is asked for, and writes down which.
GATEWAY: Final = """
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
method, flag, parameters, form = sys.argv[1:]
asked = json.loads(parameters)
assert (method, flag, form) == ("sessions.usage", "--params", "--json")
assert (asked["mode"], asked["agentScope"]) == ("utc", "all")
assert asked["startDate"] == asked["endDate"]
with (folder / "asked").open("a") as file:
    file.write(asked["startDate"] + "\\n")
print((folder / "sample.json").read_text().replace("2026-11-10", asked["startDate"]))
"""


class Gateway:
    """A stand-in for `openclaw gateway call`, and the bot that the script sends to."""

    def __init__(self, folder: Path, url: str, database: Database) -> None:
        self.folder, self.url, self.database = folder, url, database
        (folder / "gateway.py").write_text(GATEWAY)
        (folder / "sample.json").write_text(SAMPLE.read_text("utf-8"))
        self.token = database.writing(lambda session: tokens.create_token(session, "openclaw", None, T0))

    def run(self, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = f"{sys.executable} {self.folder / 'gateway.py'}"
        words = [sys.executable, str(ROOT / "extras/openclaw_usage.py"), "--url", self.url, "--command", command]
        told = {"PATH": os.environ["PATH"], "TOKEN": self.token, **environment}
        return subprocess.run([*words, *more], capture_output=True, text=True, check=False, timeout=60, env=told)

    @property
    def asked(self) -> list[str]:
        return (self.folder / "asked").read_text().split()

    def total(self, measure: str, table: str = "usage_day") -> int | None:
        with self.database.reading() as session:
            found = session.connection().execute(text(f"SELECT sum({measure}) FROM {table}")).scalar_one()  # noqa: S608
        return None if found is None else int(found)


@pytest.fixture
def gateway(tmp_path: Path, sqlite_database: Database) -> Iterator[Gateway]:
    folder = tmp_path / "gateway"
    folder.mkdir()
    now = datetime.now(UTC)
    switched_on(sqlite_database, now=now)
    with served(web_app(services_for(sqlite_database, now=lambda: now))) as client:
        yield Gateway(folder, str(client.base_url), sqlite_database)


def test_days_that_are_over_are_sent_once_however_often_the_script_runs(gateway: Gateway) -> None:
    first, again = gateway.run("--days", "3", "--person", "ada@example.com"), gateway.run("--days", "3")

    today = datetime.now(UTC).date()
    assert gateway.asked[:3] == [f"{today - timedelta(days=back)}" for back in (3, 2, 1)]
    assert f"{today}" not in gateway.asked
    assert (first.returncode, first.stderr) == (0, "")
    assert [line.partition(": ")[2] for line in first.stdout.splitlines()] == ["1 read, 0 repeated, 0 conflicts"] * 3
    assert again.stdout.splitlines()[0].endswith("1 read, 0 repeated, 1 conflicts")  # of another person now
    totals = {name: gateway.total(name) for name in ("uncached_input_tokens", "cache_read_tokens", "output_tokens")}
    assert totals == {"uncached_input_tokens": 360, "cache_read_tokens": 90, "output_tokens": 120}
    assert gateway.total("list_value_nano_usd") == 3 * 2_100_000
    assert gateway.total("requests", "source_day") == 6


def test_the_same_again_is_a_repeat(gateway: Gateway) -> None:
    gateway.run("--days", "1")
    assert gateway.run("--days", "1").stdout.endswith("1 read, 1 repeated, 0 conflicts\n")


@pytest.mark.parametrize(
    ("more", "environment", "words"),
    [
        ([], {"TOKEN": ""}, "TOKEN is not set"),
        ([], {"TOKEN": "ww_nobody"}, "the bot answered 401: Authorization"),
        (["--url", "http://127.0.0.1:9"], {}, "no bot answers at http://127.0.0.1:9"),
        (["--command", "/nowhere/openclaw"], {}, "`/nowhere/openclaw` failed (FileNotFoundError)"),
        (["--command", "echo"], {}, "printed no JSON"),
        (["--limit", "2"], {}, "raise --limit"),
        (["--person", "a\x01b"], {}, "the bot answered 400"),
    ],
)
def test_what_stops_the_script_is_said_in_a_line(
    gateway: Gateway, more: list[str], environment: dict[str, str], words: str
) -> None:
    ended = gateway.run("--days", "1", *more, **environment)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert ended.stderr.count("\n") == 1


def used(**session: Any) -> dict[str, Any]:
    """Return the sample with its first session changed."""
    sample: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
    sample["sessions"][0] |= session
    return sample


def test_an_event_is_one_that_the_bot_takes() -> None:
    (event,) = events(used(), DAY)
    (taken,) = parsed(event)
    assert (taken.day, taken.tool, taken.trigger, taken.requests) == (DAY, "openclaw", "person", 2)
    assert (taken.tokens.input, taken.tokens.cache_read, taken.tokens.cache_write, taken.tokens.output) == (
        120,
        30,
        10,
        40,
    )
    assert taken.person.slack_user_id == "U0123ABCDEF"


@pytest.mark.parametrize(
    ("session", "person", "named"),
    [
        ({}, "", {"slack_user_id": "U0123ABCDEF"}),
        ({}, ADA.email, {"email": ADA.email}),
        ({"channel": "webchat"}, "", {"external_id": "openclaw:U0123ABCDEF"}),
        ({"createdActor": {"type": "human", "id": "ada@example.com"}}, "", {"email": "ada@example.com"}),
        ({"createdActor": {"type": "system", "id": "cron"}}, "", {"external_id": "openclaw:main"}),
        ({"createdActor": None, "agentId": None}, "", {"external_id": "openclaw:gateway"}),
    ],
)
def test_whose_a_session_is(session: dict[str, Any], person: str, named: dict[str, str]) -> None:
    (event,) = events(used(**session), DAY, person)
    assert event["person"] == named


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        ({"key": "agent:main:cron:job-1:run:7"}, "schedule"),
        ({"key": "agent:main:hook:github"}, "webhook"),
        ({"key": "hook:4711"}, "webhook"),
        ({"key": "agent:main:subagent:5"}, "subagent"),
        ({"key": "agent:main:heartbeat"}, "heartbeat"),
        ({"key": "agent:main:cron:memory-dreaming:run:1"}, "dream"),
        ({"key": "agent:main:main", "createdActor": {"type": "human", "id": "U1"}}, "person"),
        ({"key": "agent:main:main", "createdVia": "talk"}, "person"),
        ({"key": "agent:main:main", "createdVia": "spawn"}, "unknown"),
        ({"key": "agent:main:main", "createdActor": {"type": "system", "id": "x"}}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_what_began_a_session_is_said_and_never_guessed(session: dict[str, Any], kind: str) -> None:
    assert trigger(session) == kind


def test_a_job_gives_the_work_and_the_run_its_name() -> None:
    (event,) = events(used(key="agent:main:cron:job-1:run:77"), DAY)
    assert (event["work"], event["run_id"], event["trigger"]) == ("job-1", "77", "schedule")


def test_an_incomplete_cost_is_left_to_the_price_list() -> None:
    sample = used()
    sample["sessions"][0]["usage"]["missingCostEntries"] = 1
    (event,) = events(sample, DAY)
    assert "cost" not in event


def test_sums_over_several_days_are_not_taken_for_one() -> None:
    with pytest.raises(UnusableError, match="other days than 2026-11-11"):
        list(events(used(), DAY + timedelta(days=1)))
