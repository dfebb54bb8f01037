"""How much more often the releases pin somebody than the same releases with another draw in that place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from tests.attacker.attacks import ATTACKS, seen_by_every_lead
from tests.attacker.company import REST, TEAM_A, TEAM_B, Floats, Year, draw_year
from tests.attacker.doors import Door
from tests.attacker.guessing import learn, pinned
from tests.attacker.sight import Played, Sight, play

ROLES: Final = ("a random member", "the top spender")
_EVENTS: Final = {
    "came or went": ("leaves", "moves", "is hired"),
    "opted out": ("opts out", "erases"),
    "at the floor": ("opts in", "opts out"),
}
_MOMENTS: Final = (4, 8)
_FLOOR: Final = 13
_ONE_SIDED: Final = 1.645


class Target(NamedTuple):
    """One person in one block, as known from the real releases and from those with another draw; truth is a log."""

    company: int
    truth: float
    real: list[float]
    other: list[float]


Targets = dict[tuple[str, str], list[Target]]


@dataclass(frozen=True, slots=True)
class Excess:
    """By how many points more often somebody is pinned within 20 %; *most* is the one-sided 95 % bound."""

    pinned: float
    baseline: float
    points: float
    most: float
    targets: int


def targets_of(companies: Iterable[int], door: Door, log_sd: float, attacks: Sequence[str] = tuple(ATTACKS)) -> Targets:
    """Play companies, each from its number as the seed, and gather what the lead knows of each target."""
    gathered: Targets = defaultdict(list)
    places = {ATTACKS[attack][0] for attack in attacks}
    for company in companies:
        chance = np.random.default_rng([company, round(log_sd * 10)])
        year = draw_year(chance, log_sd)
        base = play(door, year)
        for place, role, real, other in _pairs(base, door, chance, places):
            truth = float(np.log(real.truth.cost_nano_usd[real.person, real.block] / 1e9))
            seen = seen_by_every_lead(real), seen_by_every_lead(other)
            for attack in attacks:
                where, adds = ATTACKS[attack]
                if where == place:
                    target = Target(company, truth, seen[0] + adds(real), seen[1] + adds(other))
                    gathered[attack, role].append(target)
    return dict(gathered)


def excess(targets: Sequence[Target], learnt_on: Sequence[Target] = ()) -> Excess:
    """Return what the releases add; the attacker learns on *learnt_on*, or on the other half of the companies."""
    if learnt_on:
        return _compared(targets, *_hits(learnt_on, targets))
    halves = [[one for one in targets if one.company % 2 == half] for half in (0, 1)]
    hits = [_hits(halves[1 - half], halves[half]) for half in (0, 1)]
    return _compared(halves[0] + halves[1], *(np.concatenate(both) for both in zip(*hits, strict=True)))


def _hits(learnt_on: Sequence[Target], targets: Sequence[Target]) -> tuple[Floats, Floats]:
    """Return who is pinned in each of the two worlds, by one mind."""
    guess = learn(_array([one.real for one in learnt_on]), _array([one.truth for one in learnt_on]))
    truth = _array([one.truth for one in targets])
    real, other = (
        pinned(guess(_array(rows)), truth) for rows in zip(*((one.real, one.other) for one in targets), strict=True)
    )
    return real.astype(float), other.astype(float)


def _compared(targets: Sequence[Target], real: Floats, other: Floats) -> Excess:
    """Companies are independent, the targets of one are not: the error is of companies."""
    _, company = np.unique([one.company for one in targets], return_inverse=True)
    mean = float((real - other).mean())
    errors = np.bincount(company, weights=real - other - mean)
    error = float(np.sqrt((errors**2).sum()) / len(targets))
    points = 100 * mean
    return Excess(
        100 * float(real.mean()), 100 * float(other.mean()), points, points + 100 * _ONE_SIDED * error, len(targets)
    )


def _array(rows: Sequence[Sequence[float]] | Sequence[float]) -> Floats:
    return np.array(rows, dtype=float)


def _pairs(
    base: Played, door: Door, chance: np.random.Generator, places: set[str]
) -> Iterator[tuple[str, str, Sight, Sight]]:
    """Yield for each target where it is, in which role, and what is seen of it in both worlds."""
    for block in _MOMENTS:
        for cell in (TEAM_A, TEAM_B, REST):
            place = "left over" if cell == REST else "in a team"
            for role, person in _chosen(base.year, cell, block, chance) if place in places else ():
                yield place, role, *_both(door, base, base, person, (cell, block, block), chance)
        for place in [place for place in _EVENTS if place in places]:
            yield from _events(place, base, door, chance, TEAM_A, block)


def _events(
    place: str, base: Played, door: Door, chance: np.random.Generator, cell: int, block: int
) -> Iterator[tuple[str, str, Sight, Sight]]:
    for role, person in _chosen(base.year, cell, block, chance):
        event = str(chance.choice(_EVENTS[place]))
        year = base.year
        if place == "at the floor":
            year = _at_the_floor(year, person, cell, block)
        joins = event in ("is hired", "opts in")
        year = year.with_an_event(person, block if joins else block + 1, event)
        if year.counts(person, block):
            without = block - 1 if joins else block + 1
            yield place, role, *_both(door, base, play(door, year, base), person, (cell, block, without), chance)


def _both(
    door: Door, base: Played, real: Played, person: int, where: tuple[int, int, int], chance: np.random.Generator
) -> tuple[Sight, Sight]:
    other = play(door, real.year.with_another_draw(person, where[0], chance), real)
    return Sight(door, real.year, real, person, *where), Sight(door, real.year, other, person, *where)


def _chosen(year: Year, cell: int, block: int, chance: np.random.Generator) -> list[tuple[str, int]]:
    """Return somebody counted and who cost most, of those counted in a home."""
    peers = year.peers(cell, block)
    if not peers:
        return []
    top = max(peers, key=lambda one: year.cost_nano_usd[one, block])
    return [(ROLES[0], int(chance.choice(peers))), (ROLES[1], top)]


def _at_the_floor(year: Year, person: int, cell: int, block: int) -> Year:
    """Return the year with as many counted as the floor needs, this person among them."""
    others = [one for one in year.peers(cell, block) if one != person]
    counted = year.counted.copy()
    counted[others[_FLOOR - 1 :], :] = False
    return replace(year, counted=counted)
