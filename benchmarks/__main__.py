"""`make bench`: measures and prints the figures of the README, with the bar each is held against."""

import platform
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from benchmarks import (
    acks,
    attacker,
    commands,
    delivery,
    digests,
    door,
    hints,
    ingest,
    outcomes,
    playground,
    process,
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
    "door": door.main,
    "attacker": attacker.main,
}


def main(names: list[str]) -> None:
    """Run the named parts, or all, and print a table."""
    print(f"{datetime.now(UTC):%d %b %Y}, {platform.machine()}, Python {platform.python_version()}\n")
    print("| figure | measured | bar |\n|---|---|---|")
    for name in names or PARTS:
        for row in PARTS[name]():
            print(f"| {row.what} | {row.figure} | {row.bar} |", flush=True)


if __name__ == "__main__":  # replicas of a benchmark are processes that import this again
    main(sys.argv[1:])
