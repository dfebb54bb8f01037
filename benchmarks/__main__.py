"""`make bench`: measures and prints the figures of the README, with the bar each is held against."""

import argparse
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from benchmarks import (
    acks,
    attacker,
    commands,
    curve,
    delivery,
    digests,
    door,
    hints,
    ingest,
    lasting,
    leaks,
    outcomes,
    playground,
    process,
    report,
    scale,
    sync,
    telemetry,
    use_cases,
)
from benchmarks.table import Row

PARTS: Final[Mapping[str, Callable[[], list[Row]]]] = {
    "process": process.main,
    "commands": commands.main,
    "acks": acks.main,
    "ingest": ingest.main,
    "telemetry": telemetry.main,
    "sync": sync.main,
    "outcomes": outcomes.main,
    "playground": playground.main,
    "delivery": delivery.main,
    "digests": digests.main,
    "hints": hints.main,
    "use-cases": use_cases.main,
    "scale": scale.main,
    "door": door.main,
    "attacker": attacker.main,
    "leaks": leaks.main,
    "curve": curve.main,
    "report": report.main,
}


def main(arguments: list[str]) -> None:
    """Run the named parts, or all, and print a table; `--minutes N` is for `commands`: that long at a steady rate."""
    given = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    given.add_argument("names", nargs="*", metavar="PART")
    given.add_argument("--minutes", type=float, default=0.0)
    asked = given.parse_args(arguments)
    steady: Mapping[str, Callable[[], list[Row]]] = {"commands": partial(lasting.main, asked.minutes)}
    parts = {**PARTS, **steady} if asked.minutes else PARTS
    print(f"{datetime.now(UTC):%d %b %Y}, {platform.machine()}, Python {platform.python_version()}\n")
    print("| figure | measured | bar |\n|---|---|---|")
    for name in asked.names or parts:
        for row in parts[name]():
            print(f"| {row.what} | {row.figure} | {row.bar} |", flush=True)


if __name__ == "__main__":  # replicas of a benchmark are processes that import this again
    main(sys.argv[1:])
