"""The attacker's mind: learns on other companies which guess pins most people, from whatever is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.attacker.company import Booleans, Floats, Integers

# Pinned is a guess of at most so much less or more than the truth, as logs.
LEAST: Final = float(np.log(0.8))
MOST: Final = float(np.log(1.2))
_BINS: Final = 8
_FEWEST_IN_A_BIN: Final = 40
_STEP: Final = 0.05
_RIDGE: Final = 3.0

Guess = Callable[[Floats], Floats]
Learn = Callable[[Floats, Floats], Guess]


def pinned(guesses: Floats, truth: Floats) -> Booleans:
    """Return which guesses (logs) are within 20 % of the truth."""
    off = guesses - truth
    return np.asarray((off >= LEAST) & (off <= MOST))


def learn(known: Floats, truth: Floats) -> Guess:
    """Return the best of many ways to guess, as they do on a part that they were not fitted to.

    *known* has a row for each target and may have nan; *truth* and the guesses are logs.
    """
    fitted = np.arange(len(truth)) % 5 < 3
    ways = _ways(known[fitted], truth[fitted])
    scores = [pinned(way(known[fitted], truth[fitted])(known[~fitted]), truth[~fitted]).mean() for way in ways]
    return ways[int(np.argmax(scores))](known, truth)


def _ways(known: Floats, truth: Floats) -> list[Learn]:
    """Return the ways worth comparing: from each of the best starting points, plain, by a table and by all tables."""
    starts: list[Callable[[Floats, Floats], Guess]] = [_regress, *(_Column(number) for number in range(known.shape[1]))]
    plain = [pinned(_Shifted(start)(known, truth)(known), truth).mean() for start in starts]
    best = [0, *(int(number) for number in np.argsort(plain)[::-1][:3])]
    ways: list[Learn] = []
    for number in dict.fromkeys(best):
        start = starts[number]
        ways += [_Shifted(start), _AllTables(start, 0.3), _AllTables(start, 1.0)]
        ways += [_Table(start, column) for column in range(known.shape[1])]
    return ways


def _regress(known: Floats, truth: Floats) -> Guess:
    middle, scale = _middle_and_scale(known)

    def columns(rows: Floats) -> Floats:
        even = np.clip((np.where(np.isnan(rows), middle, rows) - middle) / scale, -4, 4)
        return np.hstack([even, even**2, np.isnan(rows), np.ones((len(rows), 1))])

    matrix = columns(known)
    weights = np.linalg.solve(matrix.T @ matrix + _RIDGE * np.eye(matrix.shape[1]), matrix.T @ truth)
    return lambda rows: np.asarray(columns(rows) @ weights)


@dataclass(frozen=True)
class _Column:
    """Starts from one thing that is known, taken as it is."""

    number: int

    def __call__(self, known: Floats, truth: Floats) -> Guess:
        usual = float(np.nanmedian(known[:, self.number])) if not np.isnan(known[:, self.number]).all() else 0.0
        return lambda rows: np.where(np.isnan(rows[:, self.number]), usual, rows[:, self.number])


@dataclass(frozen=True)
class _Shifted:
    """Moves every start by what pins most."""

    start: Learn

    def __call__(self, known: Floats, truth: Floats) -> Guess:
        start = self.start(known, truth)
        shift = _best_shift(truth - start(known))
        return lambda rows: start(rows) + shift


@dataclass(frozen=True)
class _Table:
    """Moves each start by what pins most among those alike in one thing that is known."""

    start: Learn
    column: int

    def __call__(self, known: Floats, truth: Floats) -> Guess:
        start = self.start(known, truth)
        left = truth - start(known)
        edges = _edges(known[:, self.column])
        bins = _binned(known[:, self.column], edges)
        everywhere = _best_shift(left)
        shifts = np.array(
            [
                _best_shift(left[bins == one]) if (bins == one).sum() >= _FEWEST_IN_A_BIN else everywhere
                for one in range(_BINS + 1)
            ]
        )
        return lambda rows: start(rows) + shifts[_binned(rows[:, self.column], edges)]


@dataclass(frozen=True)
class _AllTables:
    """Weighs all that is known, each thing by its own table of likeliest amounts (naive Bayes)."""

    start: Learn
    weight: float

    def __call__(self, known: Floats, truth: Floats) -> Guess:
        start = self.start(known, truth)
        left = truth - start(known)
        low = float(np.quantile(left, 0.01))
        buckets = np.clip(((left - low) / _STEP).astype(int), 0, 79)
        prior = _smooth(np.bincount(buckets, minlength=80).astype(float) + 0.1)
        edges = [_edges(column) for column in known.T]
        tables = [
            self._table(_binned(column, edge), buckets, prior) for column, edge in zip(known.T, edges, strict=True)
        ]

        def guess(rows: Floats) -> Floats:
            likely = np.tile(np.log(prior / prior.sum()), (len(rows), 1))
            for column, edge, table in zip(rows.T, edges, tables, strict=True):
                likely += self.weight * table[_binned(column, edge)]
            chances = np.exp(likely - likely.max(axis=1, keepdims=True))
            reach = round((MOST - LEAST) / _STEP)
            summed = np.cumsum(np.pad(chances, ((0, 0), (1, reach))), axis=1)
            best = np.argmax(summed[:, reach:] - summed[:, :-reach], axis=1)
            return np.asarray(start(rows) + low + best * _STEP + MOST)

        return guess

    @staticmethod
    def _table(bins: Integers, buckets: Integers, prior: Floats) -> Floats:
        counts = np.zeros((_BINS + 1, 80))
        np.add.at(counts, (bins, buckets), 1.0)
        shares = prior / prior.sum()
        smoothed = np.stack([_smooth(row) for row in counts]) + 20 * shares
        return np.asarray(np.log(smoothed / smoothed.sum(axis=1, keepdims=True) / shares))


def _best_shift(left: Floats) -> float:
    """Return the shift that brings most of what is *left* within reach."""
    ordered = np.sort(left)
    inside = np.searchsorted(ordered, ordered + (MOST - LEAST), side="right") - np.arange(len(ordered))
    # Of many equally good windows the one in the middle: the first alone would be luck.
    best = np.flatnonzero(inside == inside.max())
    return float(ordered[best[len(best) // 2]] + MOST)


def _middle_and_scale(known: Floats) -> tuple[Floats, Floats]:
    empty = np.isnan(known).all(axis=0)
    filled = np.where(empty, 0.0, known)
    spread = np.nanstd(filled, axis=0)
    return np.nanmean(filled, axis=0), np.where(spread > 1e-9, spread, 1.0)


def _edges(column: Floats) -> Floats:
    there = column[~np.isnan(column)]
    return np.quantile(there, np.linspace(0, 1, _BINS + 1)[1:-1]) if len(there) else np.zeros(_BINS - 1)


def _binned(column: Floats, edges: Floats) -> Integers:
    return np.where(np.isnan(column), _BINS, np.searchsorted(edges, column, side="right")).astype(np.int64)


def _smooth(counts: Floats) -> Floats:
    return np.asarray(np.convolve(counts, np.array([1, 2, 3, 2, 1]) / 9, mode="same"))
