"""The bot as a process: how long it takes to be ready, and what it weighs when nothing happens."""

import tempfile
import time
from pathlib import Path

from benchmarks.commands import fill, serving, warm
from benchmarks.table import Row


def main() -> list[Row]:
    """Measure and return the rows of the table."""
    with tempfile.TemporaryDirectory(prefix="worthwhile-bench-") as folder:
        database = Path(folder, "idle.db")
        fill(database, 1_000)
        started = time.monotonic()
        with serving(database) as (slack, bot):
            ready = time.monotonic() - started
            warm(slack)
            time.sleep(1)
            idle = _resident_mb(bot)
    return [
        Row("start to the first answer", f"{ready:.1f} s", "< 3 s"),
        Row("idle bot, after 50 answers", f"{idle:.0f} MB", "< 120 MB"),
    ]


def _resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
