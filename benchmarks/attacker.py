"""What an attacker who keeps everything learns from the figures about cost: the door as built, and plain sums.

Each figure is by how many points more often a guess is within 20 % of somebody's cost than with another draw in
that person's place, and the one-sided 95 % bound of that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from typing import Final

from benchmarks.table import Row
from tests.attacker.attacks import ATTACKS
from tests.attacker.doors import Door, built, plain_sums
from tests.attacker.measure import ROLES, Excess, Target, Targets, excess, targets_of
from tests.attacker.report_company import Kind
from tests.attacker.report_doors import built as report_built
from tests.attacker.report_measure import BILLS_TOO, EVERYBODY, LEAVER, LONE, MEMBER, READER, report_targets
from tests.attacker.whole_company import whole_company_targets

_COMPANIES: Final = 2_000
_LOG_SDS: Final = (1.0, 1.5, 1.8)
_COMPARED: Final = 500
_COMPARED_LOG_SD: Final = 1.5
_COMPARED_ATTACKS: Final = ("dominance read-off", "differencing over time", "subtraction from the parent")
_OF_ONE_FIGURE: Final = 16_000
_PEOPLE: Final = (18, 40, 100, 150)
_REPORTED: Final = 500
_REPORTED_PEOPLE: Final = (18, 25, 40, 60, 100, 160)
# In per cent who count, and log-sd.
_REPORTED_COMPANIES: Final = ((100, 1.0), (100, 1.5), (100, 1.8), (60, 1.5))
_REPORTED_ROLES: Final = (ROLES[1], "most on its own", MEMBER, LEAVER, LONE)
_PROCESSES: Final = 2
_AT_ONCE: Final = 50

_DOORS: Final[Mapping[str, Callable[[], Door]]] = {
    "as built": built,
    "plain sums from 5 people on": plain_sums,
    "plain sums from 13 people on": partial(plain_sums, 13),
}


def main() -> list[Row]:
    """Play every company and return the rows of the table."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        return [*_as_built(pool), *_whole_company(pool), *_reports(pool), *_others(pool)]


def _as_built(pool: ProcessPoolExecutor) -> Iterator[Row]:
    found = [_measured(pool, "as built", log_sd, _COMPANIES, tuple(ATTACKS)) for log_sd in _LOG_SDS]
    for attack in ATTACKS:
        for role in ROLES:
            each = [one[attack, role] for one in found]
            yield Row(f"{attack}, {role}", _figure(each), "<= 3 points")


def _whole_company(pool: ProcessPoolExecutor) -> Iterator[Row]:
    for people in _PEOPLE:
        each = list(pool.map(partial(_of_a_whole_company, people), _LOG_SDS))
        yield Row(f"cost per change of a company of {people}, the top spender", _figure(each), "<= 3 points")


def _reports(pool: ProcessPoolExecutor) -> Iterator[Row]:
    for people in _REPORTED_PEOPLE:
        each = list(pool.map(partial(_of_reports, people), _REPORTED_COMPANIES))
        for role, who in each[0]:
            figure = _figure([one[role, who] for one in each])
            yield Row(
                f"the report of {people} people to {who}, {role}", figure, "-" if who == BILLS_TOO else "<= 3 points"
            )


def _of_reports(people: int, company: tuple[int, float]) -> dict[tuple[str, str], Excess]:
    """Return what a report adds, where some of its figures are of as few people as the door lets through."""
    door = report_built()
    kind = Kind(people, *company, door.people_of_parts)
    targets = report_targets(range(_REPORTED), door, kind, _REPORTED_ROLES)
    return {
        (role, who): excess(targets[role, who]) for role in _REPORTED_ROLES for who in (EVERYBODY, READER, BILLS_TOO)
    }


def _others(pool: ProcessPoolExecutor) -> Iterator[Row]:
    for name in ("plain sums from 5 people on", "plain sums from 13 people on"):
        found = _measured(pool, name, _COMPARED_LOG_SD, _COMPARED, _COMPARED_ATTACKS)
        for attack in _COMPARED_ATTACKS:
            yield Row(f"{name}: {attack}, {ROLES[1]}", _figure([found[attack, ROLES[1]]]), "-")


def _figure(each: Sequence[Excess]) -> str:
    points = ", ".join(f"{one.points:+.1f}" for one in each)
    return f"{points}; at most {max(one.most for one in each):+.1f}"


def _measured(
    pool: ProcessPoolExecutor, door: str, log_sd: float, companies: int, attacks: Sequence[str]
) -> dict[tuple[str, str], Excess]:
    parts = [range(first, min(first + _AT_ONCE, companies)) for first in range(0, companies, _AT_ONCE)]
    gathered: defaultdict[tuple[str, str], list[list[Target]]] = defaultdict(list)
    for part in pool.map(partial(_played, door, log_sd, attacks), parts):
        for what, targets in part.items():
            gathered[what].append(targets)
    return dict(zip(gathered, pool.map(_learnt, gathered.values()), strict=True))


def _played(door: str, log_sd: float, attacks: Sequence[str], companies: range) -> Targets:
    return targets_of(companies, _DOORS[door](), log_sd, attacks)


def _learnt(parts: Sequence[Sequence[Target]]) -> Excess:
    return excess(list(chain.from_iterable(parts)))


def _of_a_whole_company(people: int, log_sd: float) -> Excess:
    return excess(whole_company_targets(range(_OF_ONE_FIGURE), people, log_sd))


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<75} {row.figure:>40}   {row.bar}", flush=True)
