"""How finished work grows with spend: a Poisson regression with one slope, and the slope's likely range.

numpy is loaded inside the functions, since an idle bot has no use for its 20 MB. A statistics library would bring
more than a hundred for these few lines.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS: Final = 1_000
# Of more people the range is the one that the draws converge to; benchmarks/curve.py compares both at this size.
MOST_PEOPLE_DRAWN: Final = 20_000
# The 95 % quantile of the normal distribution.
_Z: Final = 1.6448536269514722
_LOW_AND_HIGH: Final = (0.05, 0.95)
_MAX_STEPS: Final = 60
# No step of the slope may be longer: far from the answer Newton's would be.
_LONGEST_STEP: Final = 0.5
_NEAR_ENOUGH: Final = 1e-9
# Numbers held at once for the draws: 8 MB, a few times over.
_AT_ONCE: Final = 1_000_000


class Slope(NamedTuple):
    """Finished work went with spend to the power of *about*; the 90 % range is from *low* to *high*."""

    about: float
    low: float
    high: float


def slope_of(spent: Sequence[int], finished: Sequence[int], seed: int) -> Slope | None:
    """Return the slope of log E[finished] = a + slope * log(spent), by maximum likelihood over people.

    *spent* is above 0, in whatever unit, *finished* not below. The range is that of 1,000 draws of as many people
    (the bootstrap's percentiles), or the sandwich error's where people are more than 20,000. The same people in
    another order have the same range. None where all spent alike, nothing was finished, or no slope was found.
    """
    logs, work = in_order(spent, finished)
    if not len(logs) or logs[0] == logs[-1] or not work.any():
        return None
    if len(logs) > MOST_PEOPLE_DRAWN:
        return by_error(logs, work)
    return by_draws(logs, work, seed)


def in_order(spent: Sequence[int], finished: Sequence[int]) -> tuple["Floats", "Floats"]:
    """Return the logs of what was spent, around nought, and the work, in an order that only the amounts decide."""
    import numpy as np  # see above

    order = np.lexsort((np.asarray(finished), np.asarray(spent)))
    logs = np.log(np.asarray(spent, dtype=np.float64)[order])
    return logs - (logs.mean() if len(logs) else 0.0), np.asarray(finished, dtype=np.float64)[order]


def by_draws(logs: "Floats", work: "Floats", seed: int) -> Slope | None:
    """Return the slope with the range that nine in ten draws of people lie in; None if one of the draws has none."""
    import numpy as np  # see above

    people = len(logs)
    about = slopes_of(logs, work, np.ones((1, people)), 0.0)
    chance = np.random.default_rng(seed)
    at_once = max(1, _AT_ONCE // people)
    found = []
    for first in range(0, DRAWS, at_once):
        rows = min(at_once, DRAWS - first)
        drawn = chance.integers(0, people, (rows, people)) + people * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * people).reshape(rows, people)
        found.append(slopes_of(logs, work, times.astype(np.float64), float(about[0])))
    return _if_found(about[0], *np.quantile(np.concatenate(found), _LOW_AND_HIGH))


def by_error(logs: "Floats", work: "Floats") -> Slope | None:
    """Return the slope with the range of its sandwich error, which does not believe that work is Poisson."""
    import numpy as np  # see above

    about = slopes_of(logs, work, np.ones((1, len(logs))), 0.0)[0]
    expected = np.exp(about * logs)
    expected *= work.sum() / expected.sum()
    apart = logs - np.average(logs, weights=expected)
    error = np.sqrt(((work - expected) ** 2 * apart**2).sum()) / (expected * apart**2).sum()
    return _if_found(about, about - _Z * error, about + _Z * error)


def slopes_of(logs: "Floats", work: "Floats", times: "Floats", start: float) -> "Floats":
    """Return the slope of *work* on *logs* for each row of *times* (how often each person counts); nan if not found.

    The intercept has a closed form, which leaves one equation, solved by Newton's method from *start*: the mean of
    *logs* weighted by work is their mean weighted by spend to the power of the slope.
    """
    import numpy as np  # see above

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        wanted = (times @ (work * logs)) / (times @ work)
        slopes = np.full(len(times), start)
        for _ in range(_MAX_STEPS):
            weights = np.exp(slopes[:, None] * logs)
            weights *= times
            total = weights.sum(axis=1)
            middle = (weights @ logs) / total
            spread = (weights @ logs**2) / total - middle**2
            steps = np.clip((wanted - middle) / spread, -_LONGEST_STEP, _LONGEST_STEP)
            slopes += steps
            if not (np.abs(steps) > _NEAR_ENOUGH).any():
                break
    slopes[~(np.abs(steps) <= _NEAR_ENOUGH)] = np.nan
    return slopes


def _if_found(about: float, low: float, high: float) -> Slope | None:
    found = Slope(float(about), float(low), float(high))
    return None if any(one != one for one in found) else found  # nan alone differs from itself
