"""Ways to get from what is released to one person: each is the arithmetic that it adds to what every lead sees."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from tests.attacker.company import BLOCKS, COMPANY, DEPARTMENT, GONE, OTHERS, REST, TEAM_A, TEAM_B
from tests.attacker.sight import Sight

Known = list[float]


def seen_by_every_lead(sight: Sight) -> Known:
    """Return what needs no trick: the group's figures, its size, known changes, own and an accomplice's cost."""
    group = sight.logs[sight.cell]
    people = max(sight.people(sight.cell, sight.block), 1)
    changes = np.log(sight.truth.changes)
    peers = sight.truth.peers(sight.cell, sight.block)
    shown = group[~np.isnan(group)]
    return [
        sight.here(sight.cell, sight.block) - float(np.log(people)),
        sight.here(DEPARTMENT, sight.block),
        sight.here(COMPANY, sight.block),
        sight.here(sight.cell, sight.block - 1),
        sight.here(sight.cell, sight.block + 1),
        float(shown.mean()) if len(shown) else float("nan"),
        float(shown.std()) if len(shown) else float("nan"),
        float(np.log(people)),
        *sight.colleagues(),
        float(changes[sight.person]),
        float(changes[sight.person] - changes[peers].mean()) if peers else float("nan"),
    ]


def differencing(sight: Sight) -> Known:
    """With the person minus without, for the group and all above it, over one block and over the year."""
    known = []
    for cell in (sight.cell, DEPARTMENT, COMPANY):
        with_them, without = sight.here(cell, sight.block), sight.here(cell, sight.without)
        known += [_less(with_them, without), with_them - without]
    sides = (range(sight.block, BLOCKS), range(sight.without + 1))
    if sight.block < sight.without:
        sides = (range(sight.block + 1), range(sight.without, BLOCKS))
    averages = [_mean([sight.here(sight.cell, block) for block in side]) for side in sides]
    return [*known, _less(averages[0], averages[1]), averages[0] - averages[1]]


def reading_again(sight: Sight) -> Known:
    """The same block read before and after an opt-out or an erasure."""
    again = sight.read_again()
    known = [_less(sight.here(cell, sight.block), float(again[cell])) for cell in (sight.cell, DEPARTMENT)]
    return [*known, *differencing(sight)]


def shown_or_not(sight: Sight) -> Known:
    """Which groups are shown when: all that the one text of refusal can tell."""
    near = [block for block in (sight.block - 1, sight.block, sight.block + 1) if 0 <= block < BLOCKS]
    there = ~np.isnan(sight.logs)
    return [
        *(float(there[cell].sum()) for cell in range(len(there))),
        *(float(there[:, block].sum()) for block in near[:2]),
    ]


def membership(sight: Sight) -> Known:
    """A figure that is there with the person and is not without."""
    return [*shown_or_not(sight), *differencing(sight)[2:6]]


def subtraction(sight: Sight) -> Known:
    """A parent minus all of its children that are shown."""
    teams = [sight.here(cell, sight.block) for cell in (TEAM_A, TEAM_B)]
    rest = [_less(sight.here(DEPARTMENT, sight.block), *teams)]
    left_over = _less(sight.here(COMPANY, sight.block), sight.here(DEPARTMENT, sight.block))
    year = _mean(
        [_less(*(sight.here(cell, block) for cell in (DEPARTMENT, TEAM_A, TEAM_B))) for block in range(BLOCKS)]
    )
    count = max(sight.people(REST, sight.block), 1)
    return [
        *rest,
        rest[0] - float(np.log(count)),
        year,
        left_over,
        float(count),
        float(sight.people(OTHERS, sight.block)),
    ]


def invoices(sight: Sight) -> Known:
    """The provider's bill minus what is shown."""
    bill = sight.invoice()
    known = [_less(bill, sight.here(cell, sight.block)) for cell in (COMPANY, DEPARTMENT, sight.cell)]
    both = [bill - sight.here(cell, sight.block) for cell in (COMPANY, sight.cell)]
    roster = int((sight.truth.home[:, sight.block] != GONE).sum())
    return [*known, *both, bill, bill - float(np.log(roster)), _less(bill, *sight.colleagues())]


def dominance(sight: Sight) -> Known:
    """The figure as if it were mostly one person's, less the own and the accomplice's part."""
    figure = sight.here(sight.cell, sight.block)
    mine, theirs = sight.colleagues()
    return [figure, _less(figure, mine), _less(figure, mine, theirs), figure - mine, figure - theirs]


def previews(sight: Sight) -> Known:
    """Previews in the running block: the later ones minus the earlier."""
    seen = sight.previews()
    return [
        _less(seen[2], seen[1]),
        _less(seen[1], seen[0]),
        seen[2] - seen[1],
        seen[2] - sight.here(sight.cell, sight.block),
    ]


def subset_sums(sight: Sight) -> Known:
    """The likeliest amounts that add up to all releases of the year, from who was where and known changes."""
    year = sight.truth
    usual = _mean(list(sight.logs[sight.cell])) - np.log(max(sight.people(sight.cell, sight.block), 1))
    lean = 0.5 * (np.log(year.changes) - np.log(year.changes).mean())
    expected = np.exp(usual + lean)
    rows, sums = [], []
    for cell, below in ((TEAM_A, {TEAM_A}), (TEAM_B, {TEAM_B}), (DEPARTMENT, {TEAM_A, TEAM_B, REST})):
        inside = np.isin(year.home, list(below)) & year.counted & (year.cost_nano_usd > 0)
        there = ~np.isnan(sight.logs[cell])
        rows.append(inside[:, there].T)
        sums.append(np.exp(sight.logs[cell, there]))
    within, total = np.vstack(rows).astype(float), np.concatenate(sums)
    spread = within * expected**2
    noise = np.diag((0.1 * total) ** 2 + 1e-9)
    found = expected + spread.T @ np.linalg.solve(spread @ within.T + noise, total - within @ expected)
    amount = float(found[sight.person])
    return [float(np.log(max(amount, 0.02 * expected[sight.person]))), float(np.log(expected[sight.person]))]


def beside_the_band(sight: Sight) -> Known:
    """The company's cost per change, times known changes, minus what is shown."""
    company = sight.company_figure()
    known = [_less(company, sight.here(cell, sight.block)) for cell in (COMPANY, sight.cell)]
    return [company, *known, company - sight.here(COMPANY, sight.block), company - sight.here(sight.cell, sight.block)]


def everything(sight: Sight) -> Known:
    """All of these at once."""
    attacks = (differencing, subtraction, invoices, dominance, subset_sums, beside_the_band)
    return [known for attack in attacks for known in attack(sight)]


# Each attack by name: where its targets are, and what it adds.
ATTACKS: Final[Mapping[str, tuple[str, Callable[[Sight], Known]]]] = {
    "differencing over time": ("came or went", differencing),
    "opt-out and erasure as oracle": ("opted out", reading_again),
    "membership by one": ("at the floor", membership),
    "subtraction from the parent": ("left over", subtraction),
    "subtraction from invoices": ("in a team", invoices),
    "dominance read-off": ("in a team", dominance),
    "repeated preview": ("in a team", previews),
    "what is not shown": ("left over", shown_or_not),
    "subset sums with known counts": ("in a team", subset_sums),
    "inverting what stands beside": ("in a team", beside_the_band),
    "all of these at once": ("in a team", everything),
}


def _less(whole: float, *parts: float) -> float:
    """Return the log of the whole minus its parts, all logs; of parts that are not shown nothing is taken."""
    taken = sum(float(np.exp(part)) for part in parts if not np.isnan(part))
    return float(np.log(max(np.exp(whole) - taken, 0.01 * np.exp(whole))))


def _mean(values: list[float]) -> float:
    there = [value for value in values if not np.isnan(value)]
    return sum(there) / len(there) if there else float("nan")
