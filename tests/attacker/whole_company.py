"""The company's cost per change alone, read by somebody who has no invoice and is after the top spender."""

from collections.abc import Iterable
from math import exp, log
from typing import Final

import numpy as np

from bot.domain.company_cost import company_cost_per_change
from bot.domain.privacy import Figure, Rules
from bot.domain.quantity import Quantity
from tests.attacker.company import BLOCKS, Floats, Integers
from tests.attacker.company import spread as drawn
from tests.attacker.measure import Target

# Twelve weeks at a time, none of them twice.
PERIOD: Final = 3
_BLOCKS: Final = (4, 7)


def whole_company_targets(companies: Iterable[int], people: int, log_sd: float) -> list[Target]:
    """Return the top spender of companies of so many people, as known from a year of the company's figures."""
    targets: list[Target] = []
    for company in companies:
        chance = np.random.default_rng([company, people, round(log_sd * 10)])
        usual = log(150) + chance.normal(0, 0.5)
        logs = usual + drawn(chance, people, log_sd)
        changes = 1 + chance.poisson(
            np.exp(log(20) + 0.3 * (logs - usual).mean(axis=1) + chance.normal(0, 0.4, people))
        )
        for block in _BLOCKS:
            person = int(logs[:, block].argmax())
            other = logs.copy()
            other[person] = usual + drawn(chance, 1, log_sd)[0]
            known = [_known(one, logs, changes, person, block) for one in (logs, other)]
            targets.append(Target(company, float(logs[person, block]), *known))
    return targets


def _known(released: Floats, truth: Floats, changes: Integers, person: int, block: int) -> list[float]:
    figures = [_released(released[:, first : first + PERIOD], changes) for first in range(0, BLOCKS, PERIOD)]
    now = block // PERIOD
    lead, accomplice = [one for one in range(3) if one != person][:2]
    by_changes = log(changes[person]) - float(np.log(changes).mean())
    near = [figures[now - 1], figures[now], figures[now + 1]]
    own = [float(truth[one, block]) for one in (lead, accomplice)]
    return [*near, float(np.mean(figures)), float(np.std(figures)), *own, by_changes, near[1] + by_changes]


def _released(logs: Floats, changes: Integers) -> float:
    """Return the log of the bill that the figure stands for, from known changes."""
    stayed = int(changes.sum()) * logs.shape[1] // BLOCKS
    billed = Quantity(int(np.exp(logs).sum() * 1e9), True)
    figure = company_cost_per_change(billed, stayed, len(logs), Rules())
    return log(_middle(figure) * stayed / logs.shape[1]) if figure else float("nan")


def _middle(figure: Figure) -> float:
    return exp((log(figure.low_nano_usd) + log(figure.high_nano_usd)) / 2) / 1e9
