"""The door at the size of a large company, and for one group."""

import random
import subprocess
import sys
from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.table import Row
from bot.domain.privacy import Member, Rules, decide

_PEOPLE: Final = 350_000
_GROUPS: Final = 30_000
_CHILDREN: Final = 4
_ONE_GROUP: Final = 1_000
_ROUNDS: Final = 21


def main() -> list[Row]:
    """Measure the large company in a process of its own, whose memory nothing else has used, and one group here."""
    large = subprocess.run([sys.executable, "-m", "benchmarks.door"], check=True, capture_output=True, text=True)
    took, memory = large.stdout.split()
    one = median(_one_group() for _ in range(_ROUNDS))
    return [
        Row(f"the door, {_PEOPLE:,} people in {_GROUPS:,} groups", f"{float(took):.1f} s", "< 60 s"),
        Row(f"the same, memory of a process that holds nothing else, {sys.platform}", f"{memory} MB", "< 1,000 MB"),
        Row(f"the door, one group of {_ONE_GROUP:,} people", f"{one * 1_000:.2f} ms", "< 20 ms"),
    ]


def _company() -> None:
    """Decide a whole company once and print the seconds and megabytes that it took."""
    groups = {"group 0": None} | {
        f"group {number}": f"group {(number - 1) // _CHILDREN}" for number in range(1, _GROUPS)
    }
    began = perf_counter()
    decided = decide(_members(random.Random(1), _PEOPLE, _GROUPS), groups, Rules())
    took = perf_counter() - began
    assert len(decided) == _GROUPS
    assert sum(figure is not None for figure in decided.values()) > _GROUPS // 10
    print(took, getrusage(RUSAGE_SELF).ru_maxrss // 1024)


def _one_group() -> float:
    members = list(_members(random.Random(2), _ONE_GROUP, 1))
    began = perf_counter()
    assert decide(members, {"group 0": None}, Rules())["group 0"]
    return perf_counter() - began


def _members(chance: random.Random, people: int, groups: int) -> Iterator[Member]:
    for person in range(people):
        cost = int(chance.lognormvariate(4, 1.5) * 1e9)
        yield Member(person, f"group {chance.randrange(groups)}", chance.random() < 0.7, cost)


if __name__ == "__main__":
    _company()
