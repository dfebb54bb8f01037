"""Chance that is the same every time: each draw is named, and depends on nothing but the seed and its name."""

from collections.abc import Sequence
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import Final

_STEPS: Final = 1 << 52  # as many as a float tells apart below one, with half a step to spare
_STANDARD: Final = NormalDist()


class Draws:
    """Draws by name, so that neither the order of drawing nor a person more changes anybody's figures."""

    def __init__(self, seed: int) -> None:
        self._key = seed.to_bytes(8, "big")

    def uniform(self, *name: object) -> float:
        """Return a number between 0 and 1, both excluded."""
        digest = blake2b("|".join(map(str, name)).encode(), key=self._key, digest_size=8).digest()
        return (int.from_bytes(digest) % _STEPS + 0.5) / _STEPS

    def happens(self, chance: float, *name: object) -> bool:
        """Return True with *chance*."""
        return self.uniform(*name) < chance

    def normal(self, *name: object) -> float:
        """Return a standard normal number."""
        return _STANDARD.inv_cdf(self.uniform(*name))

    def log_normal(self, median: float, log_sd: float, *name: object, most: float = float("inf")) -> float:
        """Return a log-normal number around *median*, no more than *most*."""
        return min(most, exp(log(median) + log_sd * self.normal(*name)))


def spread(amount: int, weights: Sequence[float]) -> list[int]:
    """Split a whole *amount* in proportion to *weights*; the parts add up to it exactly."""
    total = sum(weights)
    parts, given, so_far = [], 0, 0.0
    for weight in weights:
        so_far += weight
        upto = round(amount * so_far / total)
        parts.append(upto - given)
        given = upto
    return parts
