"""The playground: how long the made-up company takes to build, and its page to be served."""

import subprocess
import sys
import time

from benchmarks.table import Row
from bot.demo.world import demo_world


def main() -> list[Row]:
    """Measure and return the rows of the table."""
    started = time.monotonic()
    with demo_world(None):
        built = time.monotonic() - started
    return [
        Row("the made-up company, built", f"{built:.1f} s", "< 10 s"),
        Row("playground, from the command to its page", f"{_served():.1f} s", "< 5 s"),
    ]


def _served() -> float:
    started = time.monotonic()
    demo = subprocess.Popen([sys.executable, "-m", "bot", "demo", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        if demo.stdout is None or "http" not in demo.stdout.readline():
            raise RuntimeError("the playground did not start")
        return time.monotonic() - started
    finally:
        demo.terminate()
        demo.communicate(timeout=20)
