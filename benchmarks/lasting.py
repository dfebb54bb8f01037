"""Fifty commands a second for as long as is asked, on two cores shared with PostgreSQL, the local Slack and the load.

Beside the time to an acknowledgement: what was missed, and whether the bot's memory grows once it is warm.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import linear_regression
from typing import Final

from benchmarks.commands import Measured, at_rate, fill, serving, warm
from benchmarks.table import Row
from tests.postgresql import running_postgresql

_PER_SECOND: Final = 50
_PEOPLE: Final = 1_000
# The first tenth of the time, or a minute, in which caches and threads come about.
_WARM_PART: Final = 0.1
_MOST_WARM_SECONDS: Final = 60.0
_SAMPLE_SECONDS: Final = 0.5


def main(minutes: float) -> list[Row]:
    """Ask for so long and return the rows of the table."""
    seconds = minutes * 60
    with running_postgresql() as server, server.empty() as url:
        fill(url, _PEOPLE)
        with serving(url, keep_last=int(_PER_SECOND * seconds) + 1_000, pinned=False) as (slack, bot):
            warm(slack)
            with _sampled(bot) as samples:
                measured = at_rate(slack, per_second=_PER_SECOND, seconds=seconds)
    return _rows(measured, samples, minutes)


def _rows(measured: Measured, samples: list[tuple[float, float]], minutes: float) -> list[Row]:
    what = f"{_PER_SECOND} a second for {minutes:g} minutes, PostgreSQL, two cores"
    began = samples[0][0] + min(_MOST_WARM_SECONDS, _WARM_PART * minutes * 60)
    settled = [(at / 60, megabytes) for at, megabytes in samples if at >= began]
    slope = linear_regression(*zip(*settled, strict=True)).slope
    missed = measured.asked - measured.answered
    return [
        Row(f"p99 of the acknowledgement, {what}", f"{measured.ack_ms_p99:.0f} ms", "< 500 ms"),
        Row("p99 of the answer, the same", f"{measured.answer_ms_p99:.0f} ms", "-"),
        Row(f"commands missed of {measured.asked:,}, the same", str(missed), "0"),
        Row(f"memory, the same; {settled[-1][1]:.0f} MB at the end", f"{slope:+.2f} MB a minute", "about 0"),
    ]


@contextmanager
def _sampled(process: int) -> Iterator[list[tuple[float, float]]]:
    """Note the memory that is resident, in MB, with the second, until the block is left."""
    samples, leaving = [(time.monotonic(), resident_mb(process))], threading.Event()

    def sample() -> None:
        while not leaving.wait(_SAMPLE_SECONDS):
            samples.append((time.monotonic(), resident_mb(process)))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        leaving.set()
        thread.join()


def resident_mb(process: int) -> float:
    """Return the memory of a process that is resident."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
