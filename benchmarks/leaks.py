"""What a bot that is asked 100,000 times keeps: its memory and open files, at a tenth of the way and at the end."""

import tempfile
from pathlib import Path
from typing import Final

from benchmarks.table import Row
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from storage.engine import open_database
from storage.migrate import upgrade
from tests.e2e.harness import until
from tests.e2e.test_process import Process, process_on

_ASKED: Final = 100_000
_AT_ONCE: Final = 50
_USERS: Final = [LocalUser(f"U{number:04}", f"Person {number}", "") for number in range(1000)]
_MOST_BYTES: Final = 20  # that an answer may leave behind


def main() -> list[Row]:
    """Measure and return the row of the table."""
    with tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder:
        url = f"sqlite:///{folder}/worthwhile.db"
        database = open_database(url)
        upgrade(database)
        database.dispose()
        slack = LocalSlack(_USERS, keep_last=1000)
        with slack.running(), process_on(slack, url, "http", Path(folder, "log")) as process:
            _ask(slack, process, _ASKED // 10)
            before = process.megabytes(), _files(process)
            _ask(slack, process, _ASKED)
            after = process.megabytes(), _files(process)
    grown = (after[0] - before[0]) * 2**20 / _ASKED
    figure = f"{grown:.1f} bytes an answer, {before[0]:.0f} to {after[0]:.0f} MB, {before[1]} to {after[1]} open files"
    return [Row(f"memory that {_ASKED:,} answers leave behind", figure, f"<= {_MOST_BYTES} bytes an answer")]


def _ask(slack: LocalSlack, process: Process, times: int) -> None:
    """Ask again and again, and wait now and then until all is answered."""
    for number in range(times):
        slack.command(_USERS[number % len(_USERS)].id, "/mytokens", ("", "help", "privacy")[number % 3])
        if number % _AT_ONCE == 0:
            until(lambda: _is_idle(process), 10)


def _is_idle(process: Process) -> bool:
    fields = Path(f"/proc/{process.popen.pid}/stat").read_text().rpartition(")")[2].split()
    return fields[0] == "S"


def _files(process: Process) -> int:
    return len(list(Path(f"/proc/{process.popen.pid}/fd").iterdir()))
