"""Which entries say nearly the same as a new one: the cosine of their words, each weighed by how rare it is.

TF-IDF on title, need and how: (1 + ln times) ln((1 + entries) / (1 + entries with the word)) + 1 a word.
"""

from collections.abc import Iterable, Mapping
from math import fsum, log, sqrt
from typing import Final, NamedTuple

NEARLY_THE_SAME: Final = 0.75

Times = Mapping[str, int]  # word -> how often it is said


class Similar(NamedTuple):
    """An entry, and how near it is: from 0, no word in common, to 1, the same words."""

    id: int
    cosine: float


class Library(NamedTuple):
    """How many entries there are, and how many of them have a word."""

    entries: int
    entries_with: Mapping[str, int]

    def vector(self, times: Times) -> dict[str, float]:
        """Return the weights of a text's words, of length 1."""
        weights = {word: (1 + log(said)) * self._rarity(word) for word, said in times.items() if said > 0}
        length = sqrt(fsum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()} if length else {}

    def _rarity(self, word: str) -> float:
        return log((1 + self.entries) / (1 + self.entries_with.get(word, 0))) + 1


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how near two vectors of length 1 are."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return min(1.0, fsum(weight * long[word] for word, weight in sorted(short.items()) if word in long))


def nearest(times: Times, among: Iterable[tuple[int, Times]], library: Library) -> list[Similar]:
    """Return those that are nearly the same as a new text, the nearest first; equals by id."""
    new = library.vector(times)
    found = [Similar(id_, round(cosine(new, library.vector(other)), 9)) for id_, other in among]
    near = [each for each in found if each.cosine >= NEARLY_THE_SAME]
    return sorted(near, key=lambda each: (-each.cosine, each.id))
