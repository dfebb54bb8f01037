"""The disk is full or can only be read, the file is damaged, gone or another one: said, and never silently empty."""

import errno
import io
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from bot.app import open_ready_database
from bot.errors import BusyError, ConfigError
from bot.jobs import clock
from bot.playground.local_slack import LocalSlack
from storage import choices, migrate
from storage.choices import take_slot
from storage.engine import Database, open_database
from tests.cast import T0
from tests.e2e.figures import days_back
from tests.e2e.harness import Log, logging_as_the_bot_does, settings_for, staged, texts
from tests.e2e.test_database_faults import SORRY, full_disk
from tests.promises.answers import services_on

MEGABYTES = 4


@dataclass
class Disk:
    """A small disk of its own where this machine lets one be mounted; else only SQLite's files may not grow."""

    folder: Path
    is_mounted: bool

    @contextmanager
    def full(self, database: Database) -> Iterator[None]:
        """Leave no room on it."""
        if not self.is_mounted:
            with full_disk(database):
                yield
            return
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            for _ in range(2 * MEGABYTES * 256):
                file.write(b"x" * 4096)
        try:
            yield
        finally:
            ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    is_mounted = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield Disk(folder, is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


def damage_of(database: Database) -> list[str]:
    """Return what SQLite finds wrong with the file.

    SQLite 3.40 takes columns for NULL that are not, where a table's columns stand in another order than its key's.
    """
    with database.reading() as session:
        found = session.connection().execute(text("PRAGMA integrity_check(100000)"))
        return [row[0] for row in found if row[0] != "ok" and not row[0].startswith("NULL value in")]


def copied(url: str, folder: Path) -> str:
    """Copy a database into a folder and return the URL of the copy."""
    path = folder / "worthwhile.db"
    shutil.copyfile(url.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


def test_on_a_full_disk_people_read_their_figures_and_are_told_that_nothing_was_stored(
    disk: Disk, sqlite_url: str, log: Log
) -> None:
    with staged(LocalSlack(), copied(sqlite_url, disk.folder), "http") as stage:
        user = stage.someone_on()
        token = stage.token_of(user)
        stage.send_ccusage(token, days_back(1, 28))
        with disk.full(stage.services.database):
            failed = stage.send_ccusage(token, days_back(1, 100))
            refused = [stage.ask(user, f"budget ${dollars}") for dollars in range(1, 40)]
            still = stage.ask(user)
        later = stage.ask(user, "budget $7")
        damage = damage_of(stage.services.database)

    assert failed.status_code == 503
    assert "The disk of the database is full." in failed.text
    assert SORRY in texts(refused[-1]) or not disk.is_mounted
    assert "*$37.80 at list price*" in texts(still)
    assert "$7.00" in texts(later)
    assert damage == []
    assert "The disk of the database is full." in log.text
    assert "Traceback" not in log.text


def test_on_a_disk_that_can_only_be_read_it_does_not_start_and_says_why(disk: Disk, sqlite_url: str) -> None:
    url = copied(sqlite_url, disk.folder)
    if disk.is_mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)  # noqa: S607
    else:
        url += "?mode=ro&uri=true"
        url = url.replace("sqlite:///", "sqlite:///file:")
    settings = settings_for(LocalSlack(), url, "http", slack_api_url="http://127.0.0.1:9/")
    with pytest.raises(BusyError, match=r"can only be read|cannot be opened"):
        open_ready_database(settings)


class _FullLog(io.StringIO):
    """What stderr is when it leads to a file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nothing(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with logging_as_the_bot_does():
        monkeypatch.setattr(sys, "stderr", _FullLog())
        structlog.get_logger().error("a_line")
        clock.tick_digests(services_on(sqlite_database))
        monkeypatch.undo()

    with sqlite_database.reading() as session:
        assert not take_slot(session, "digests", f"{T0:%Y-%m-%dT%H}", T0)


@pytest.fixture
def written(sqlite_url: str) -> Path:
    """A file that was copied with its log of writes, as a killed bot leaves them; 40 transactions are in the log."""
    database = open_database(sqlite_url)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database.writing(lambda session: choices.choose(session, 1, "n", "0", T0))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(1, 41):
        database.writing(lambda session, number=number: choices.choose(session, 1, "n", str(number), T0))  # type: ignore[misc]
    copy = path.parent / "left" / path.name
    copy.parent.mkdir()
    for beside in ("", "-wal"):
        shutil.copyfile(f"{path}{beside}", f"{copy}{beside}")
    database.dispose()
    return copy


def last_number(path: Path) -> int:
    """Open the file as the bot does and return the last number that was written."""
    database = open_database(f"sqlite:///{path}")
    try:
        migrate.check(database)
        assert damage_of(database) == []
        with database.reading() as session:
            return int(choices.settings_of(session, 1)["n"])
    finally:
        database.dispose()


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 1])
def test_of_a_log_of_writes_that_is_cut_off_everything_before_the_cut_is_there(written: Path, share: float) -> None:
    log_of_writes = written.with_name(f"{written.name}-wal")
    size = log_of_writes.stat().st_size
    with log_of_writes.open("r+b") as file:
        file.truncate(int(size * share))
    found = last_number(written)

    assert abs(found - 40 * share) <= 2
    assert last_number(written) == found


def test_a_log_of_writes_with_a_flipped_bit_is_believed_up_to_there(written: Path) -> None:
    log_of_writes = written.with_name(f"{written.name}-wal")
    content = bytearray(log_of_writes.read_bytes())
    content[len(content) // 2] ^= 1
    log_of_writes.write_bytes(content)

    assert 10 <= last_number(written) <= 25


@pytest.mark.parametrize("what", ["gone", "empty"])
@pytest.mark.parametrize("beside", [".secret", "-wal"])
def test_a_file_that_was_lost_is_not_taken_for_a_new_one(written: Path, what: str, beside: str) -> None:
    for part in written.parent.glob("*-*"):
        part.unlink()
    written.with_name(f"{written.name}{beside}").write_text("x")
    written.write_bytes(b"")
    if what == "gone":
        written.unlink()

    with pytest.raises(ConfigError, match=r"is missing or empty, but .* is there: put back a backup"):
        open_database(f"sqlite:///{written}")
    assert written.exists() == (what == "empty")


def test_a_backup_that_is_put_back_under_a_running_bot_is_noticed_before_anything_is_mixed(
    new_database: Callable[[], str], log: Log, tmp_path: Path
) -> None:
    url = new_database()
    path, backup = Path(url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    shutil.copyfile(path, backup)
    with staged(LocalSlack(), url, "http") as stage:
        user = stage.someone_on()
        backup.replace(path)
        answers = [stage.ask(user), stage.ask(user, "budget $5")]

    assert [SORRY in texts(answer) for answer in answers] == [True, True]
    assert {event["reason"] for event in log.events("warning") if event["event"] == "database_away"} == {
        "The database's file was replaced under the running bot. Nothing was stored; restart the bot."
    }
    assert "Traceback" not in log.text
