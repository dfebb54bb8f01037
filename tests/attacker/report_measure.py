"""How much more often a report's figures pin somebody than the same figures with another draw in that place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from tests.attacker.measure import Target
from tests.attacker.report_company import (
    KEYBOARD,
    NOT_TIED,
    OWN,
    UNKNOWN,
    WITHOUT_RESULT,
    Kind,
    Reported,
    draw_reported,
)
from tests.attacker.report_doors import PERIOD, ReportDoor, seen
from tests.attacker.report_sight import ReportSight

EVERYBODY: Final = "everybody"
READER: Final = "a report reader"
# The same reader, to whom the bills are no background: with another draw they are others too.
BILLS_TOO: Final = "a report reader, bills included"
LONE: Final = "who alone has anything on its own"
MOST: Final[Mapping[str, int | None]] = {
    "the top spender": None,
    "most at the keyboard": KEYBOARD,
    "most on its own": OWN,
    "most of unknown start": UNKNOWN,
    "most without a result": WITHOUT_RESULT,
    "most not tied": NOT_TIED,
}
# Who said no, as known from the bills and what they leave beside those counted.
NO: Final = "the top of those not counted"
MEMBER: Final = "a random member"
LEAVER: Final = "somebody who leaves"
ROLES: Final = (*MOST, MEMBER, LEAVER, NO, LONE)
_MOMENTS: Final = (4, 7)


class _Chosen(NamedTuple):
    role: str
    person: int
    figure: int | None


def report_targets(
    companies: Iterable[int], door: ReportDoor, kind: Kind, roles: Iterable[str] = ROLES
) -> dict[tuple[str, str], list[Target]]:
    """Play companies, each from its number as the seed; return what is known of each target, by role and who reads."""
    found: dict[tuple[str, str], list[Target]] = defaultdict(list)
    wanted = set(roles)
    for company in companies:
        chance = np.random.default_rng([company, kind.people, kind.counted_percent, round(kind.log_sd * 10)])
        drawn = draw_reported(chance, kind)
        lone = draw_reported(chance, kind._replace(is_lone=True))
        for block in _MOMENTS:
            for reported, chosen in _chosen(drawn, lone, block, wanted, chance):
                _add(found, company, door, reported, chosen, block, chance)
    return dict(found)


def _add(
    found: dict[tuple[str, str], list[Target]],
    number: int,
    door: ReportDoor,
    company: Reported,
    chosen: _Chosen,
    block: int,
    chance: np.random.Generator,
) -> None:
    role, person, figure = chosen
    real = company.without_after(person, block) if role == LEAVER else company
    other = real.with_another_draw(person, chance)
    epochs = (block // PERIOD, block // PERIOD + 1)
    team = int(company.team[person])
    worlds = [seen(door, each, team, epochs) for each in (real, other)]
    beside = replace(worlds[1], bills=worlds[0].bills)
    sights = [ReportSight(real, each, person, block, figure) for each in (worlds[0], worlds[1], beside)]
    truth = float(np.log(sights[0].amounts[person, block] / 1e9))
    everybody, reader = zip(*((each.facts() + each.of_everybody(), _with_bills(each)) for each in sights), strict=True)
    found[role, EVERYBODY].append(Target(number, truth, everybody[0], everybody[1]))
    found[role, READER].append(Target(number, truth, reader[0], reader[2]))
    found[role, BILLS_TOO].append(Target(number, truth, reader[0], reader[1]))


def _with_bills(sight: ReportSight) -> list[float]:
    return sight.facts() + sight.of_the_bills() + sight.of_everybody() + sight.of_a_reader()


def _chosen(
    drawn: Reported, lone: Reported, block: int, wanted: set[str], chance: np.random.Generator
) -> Iterator[tuple[Reported, _Chosen]]:
    for role, figure in MOST.items():
        amounts = drawn.total if figure is None else drawn.cost_nano_usd[figure]
        here = np.where(drawn.counted, amounts[:, block], 0)
        if role in wanted and here.max() > 0:
            yield drawn, _Chosen(role, int(here.argmax()), figure)
    if NO in wanted and not drawn.counted.all():
        yield drawn, _Chosen(NO, int(np.where(drawn.counted, 0, drawn.total[:, block]).argmax()), None)
    for role in (MEMBER, LEAVER):
        if role in wanted:
            yield drawn, _Chosen(role, int(chance.choice(np.flatnonzero(drawn.counted))), None)
    if LONE in wanted:
        yield lone, _Chosen(LONE, int(np.flatnonzero(lone.uses[OWN])[0]), OWN)
