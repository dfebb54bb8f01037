"""Backup and restore, with the scripts that the install page names: while the bot writes, and after somebody erased."""

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.people import Viewer
from storage import choices, people
from storage.engine import Database, open_database
from storage.erasure import erase, erased_on
from tests.cast import ADA, BOB, T0, TODAY
from tests.deploy.programs import postgresql_programs
from tests.e2e.harness import until
from tests.storage.filled import Rows, fill, rows_by_table

ROOT: Final = Path(__file__).parents[2]
SECRET: Final = "the secret of this installation"
KEPT: Final = "email_holder"  # who first had an address, as a mark, outlives an erasure
MARKS: Final = Marks(SECRET.encode())


@pytest.fixture
def url(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> str:
    """The URL of a migrated database as an operator would write it."""
    found: str = request.getfixturevalue(f"{engine_name}_url")
    if engine_name == "sqlite":
        Path(f"{make_url(found).database}.secret").write_text(SECRET, "utf-8")
    return found


@pytest.fixture
def run(url: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script of `deploy/` with the settings of the bot and PostgreSQL's own programs."""
    programs = postgresql_programs()
    own = {"DATABASE_URL": url} | ({} if url.startswith("sqlite") else {"WORTHWHILE_SECRET": SECRET})

    def script(name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **own, **more}
        command = ["bash", str(ROOT / "deploy" / name), *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    return script


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def written_to(database: Database, first: Viewer, second: Viewer) -> Iterator[None]:
    """Write without a pause, the same for two people in each transaction."""
    stopped, written = threading.Event(), [0]

    def write(session: Session) -> None:
        for person in (first.person_id, second.person_id):
            choices.choose(session, person, "turn", str(written[0]), T0)

    def work() -> None:
        while not stopped.is_set():
            database.writing(write)
            written[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert until(lambda: written[0] > 20)
        before = written[0]
        yield
        assert written[0] > before, "nothing was written meanwhile"
    finally:
        stopped.set()
        thread.join()


def lose(url: str) -> None:
    """Destroy the database."""
    if url.startswith("sqlite"):
        path = Path(str(make_url(url).database))
        path.write_bytes(b"not a database any more " * 400)
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as session:
        session.execute("DROP SCHEMA public CASCADE")
        session.execute("CREATE SCHEMA public")


def turns_of(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.execute(text("SELECT value FROM setting WHERE name = 'turn'")).scalars())


def viewer(database: Database, email: str | None) -> Viewer | None:
    assert email is not None
    with database.reading() as session:
        return people.by_email(session, email, MARKS)


def switched_on(database: Database) -> tuple[Viewer, Viewer]:
    def switch(session: Session) -> tuple[Viewer, Viewer]:
        ada, bob = (people.switch_on(session, each, MARKS, T0, 105) for each in (ADA, BOB))
        return ada, bob

    return database.writing(switch)


def test_what_was_backed_up_while_the_bot_wrote_comes_back_and_who_erased_since_does_not(
    url: str, run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder = str(tmp_path / "backups")
    with opened(url) as database:
        fill(database)
        ada, bob = switched_on(database)
        before = rows_by_table(database)
        with written_to(database, ada, bob):
            backed_up = run("backup.sh", folder)
        assert backed_up.returncode == 0, backed_up.stderr
        backup = backed_up.stdout.strip()
        in_use = run("restore.sh", backup)

        assert (in_use.returncode, "in use" in in_use.stderr) == (1, True), in_use.stderr

        database.writing(lambda session: erase(session, ada.person_id, MARKS, TODAY))
        listed = run("backup.sh", "--erasures-only", folder)
        assert listed.returncode == 0, listed.stderr
        assert MARKS.of_slack(ADA.slack_id).hex() in Path(listed.stdout.strip()).read_text("utf-8")
    lose(url)

    restored = run("restore.sh", backup)

    assert (restored.returncode, restored.stdout) == (0, "restored; erased again: 1\n"), restored.stderr
    with opened(url) as database:
        after = rows_by_table(database)
        assert len(turns_of(database)) == 1
        assert viewer(database, ADA.email) is None
        assert viewer(database, BOB.email) == bob
        with database.reading() as session:
            assert erased_on(session, ADA.slack_id, MARKS) == TODAY
    assert_same_but_for(before, after, ada, bob)
    assert Path(f"{backup}.secret").read_text("utf-8").strip() == SECRET
    assert Path(backup).stat().st_mode & 0o077 == 0
    if url.startswith("sqlite"):
        assert Path(f"{make_url(url).database}.secret").read_text("utf-8").strip() == SECRET

    again = run("restore.sh", backup)

    assert (again.returncode, again.stdout) == (0, "restored; erased again: 1\n"), again.stderr


def assert_same_but_for(before: Rows, after: Rows, ada: Viewer, bob: Viewer) -> None:
    """Compare all tables; of Ada nothing is left, and what was written meanwhile is Bob's alone."""
    touched = {"setting", "tombstone", "access_entry", "access_day"}
    hers = {ada.person_id, ada.slack_id.user_id, MARKS.of_email(str(ADA.email))}
    accounts = before["account"]
    names = zip(accounts["name"], accounts["id"], strict=True)
    hers |= {number for name, number in names if name.endswith(ada.slack_id.user_id)}
    assert before.keys() == after.keys()
    for name in before.keys() - touched:
        rows = list(zip(*after[name].values(), strict=True))
        assert rows == [row for row in zip(*before[name].values(), strict=True) if name == KEPT or not hers & {*row}]
    assert set(after["setting"]["person_id"]) >= {bob.person_id}
    assert ada.person_id not in after["setting"]["person_id"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_backup_that_is_no_use_changes_nothing(
    url: str, run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = Path(str(make_url(url).database))
    (tmp_path / "bad.db").write_bytes(b"no database")
    (tmp_path / "bad.db.secret").write_text(SECRET, "utf-8")
    shutil.copy(path, tmp_path / "alone.db")

    for name, words in (
        ("bad.db", "is damaged, or is no SQLite file"),
        ("alone.db", "the secret of this backup is missing"),
        ("none.db", "there is no such backup"),
    ):
        refused = run("restore.sh", str(tmp_path / name))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert words in refused.stderr
        assert "nothing was done" in refused.stderr
    assert sqlite3.connect(path).execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_backup_older_than_allowed_is_deleted_and_the_list_of_erasures_stays(
    url: str, run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    for name in ("worthwhile-20260101T000000Z.db", "worthwhile-20260101T000000Z.db.secret", "erasures.txt"):
        (folder / name).write_text("", "utf-8")
        os.utime(folder / name, (old, old))

    made = run("backup.sh", str(folder))

    backup = Path(made.stdout.strip())
    assert {path.name for path in folder.iterdir()} == {backup.name, f"{backup.name}.secret", "erasures.txt"}
