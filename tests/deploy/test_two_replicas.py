"""Two processes of the bot on one PostgreSQL, as the install page sets them up."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text

from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage.engine import open_database
from tests.e2e.harness import environment_of, free_port, settings_for, texts, until

ANA: Final = "U01ANA"
MO: Final = "U01MO"
WORTHWHILE: Final = Path(sys.executable).with_name("worthwhile")


@contextmanager
def replica_on(slack: LocalSlack, url: str, port: int, log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `worthwhile run` by Socket Mode until the block is left."""
    environment = {**os.environ, **environment_of(settings_for(slack, url, "socket", web_port=port))}
    with log_file.open("wb") as log:
        process = subprocess.Popen([WORTHWHILE, "run"], env=environment, cwd=log_file.parent, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(15)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def asked(slack: LocalSlack, user: str) -> Shown:
    slack.command(user, "/mytokens", "")
    return slack.wait_shown(user, timeout=20)


def replicas_that_got(slack: LocalSlack, since: int) -> Sequence[int]:
    """Return which connections got an envelope after the first *since*."""
    return sorted(set(slack.hub.sent_to[since:]))


def expand(url: str) -> None:
    """Do to the database what a newer version may: a column more everywhere, another table, another revision."""
    database = open_database(url)
    with database.writer.begin() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        for name in set(names) - {"alembic_version", "migration_claim"}:
            connection.execute(text(f"ALTER TABLE \"{name}\" ADD COLUMN of_later VARCHAR NOT NULL DEFAULT ''"))
        connection.execute(text("CREATE TABLE of_later (one BIGINT PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    database.dispose()


def test_two_replicas_share_the_work_outlive_each_other_and_a_newer_schema(postgresql_url: str, tmp_path: Path) -> None:
    slack, ports = LocalSlack(), (free_port(), free_port())
    logs = [tmp_path / f"log{number}" for number in range(2)]
    with slack.running(), ExitStack() as stopping:
        replicas = [
            stopping.enter_context(replica_on(slack, postgresql_url, port, log))
            for port, log in zip(ports, logs, strict=True)
        ]
        assert until(lambda: all(map(is_ready, ports)), 60), [log.read_text("utf-8") for log in logs]
        slack.wait_connected(30, connections=2)

        assert all("No usage is collected about you yet." in texts(asked(slack, user)) for user in (ANA, MO))
        assert replicas_that_got(slack, 0) == [0, 1]

        expand(postgresql_url)
        for user in (ANA, MO):
            slack.click(user, asked(slack, user), "Switch it on")
            assert "It's on." in texts(slack.wait_shown(user, timeout=20))

        replicas[0].kill()
        replicas[0].wait(10)
        assert until(lambda: slack.hub.connected == 1, 20)
        for _ in range(2):
            assert "Connected to nothing yet." in texts(asked(slack, ANA))
        assert is_ready(ports[0]) is False

    assert "Traceback" not in "".join(log.read_text("utf-8") for log in logs)
