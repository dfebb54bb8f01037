"""How changes went through a repository: review, speed and size, as facts about the place."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from bot.domain.outcomes.intervals import MIN_FOR_MEDIAN
from bot.domain.outcomes.work import FinishedItem

# What came back, review, speed and size are facts about a place only while no author stands out.
MIN_AUTHORS: Final = 3
_MOST_BY_ONE: Final = (2, 3)


class Spread(NamedTuple):
    """The middle value, and the range that the middle half of the *known* values lies in."""

    median: int
    low: int
    high: int
    known: int


class Part(NamedTuple):
    """*part* of *whole*."""

    part: int
    whole: int


class Flow(NamedTuple):
    """Review, speed and size of changes; what fewer than five changes say is None."""

    first_review_minutes: Spread | None  # working minutes
    open_minutes: Spread | None
    without_review: Part | None
    lines: Spread | None


def of_many_authors(made_by: Sequence[Collection[bytes]]) -> bool:
    """Return whether work, each made by some authors, is by three or more and at most two thirds by any one.

    Work of which an author is unknown could all be by the one who made the most.
    """
    made = Counter(author for authors in made_by for author in set(authors))
    unknown = made.pop(b"", 0)
    most = max(made.values(), default=0) + unknown
    part, whole = _MOST_BY_ONE
    return len(made) >= MIN_AUTHORS and most * whole <= len(made_by) * part


def flow(changes: Sequence[FinishedItem]) -> Flow:
    """Return how the merged *changes* went, those that nobody else accepted included."""
    known = [change.reviewed for change in changes if change.reviewed is not None]
    return Flow(
        spread(change.minutes_to_first_review for change in changes),
        spread(change.minutes_open for change in changes),
        Part(known.count(False), len(known)) if known else None,
        spread(change.lines for change in changes),
    )


def spread(values: Iterable[int | None]) -> Spread | None:
    """Return the median (halves down) and the middle half of the known *values*; None from fewer than five."""
    ordered = sorted(value for value in values if value is not None)
    count = len(ordered)
    if count < MIN_FOR_MEDIAN:
        return None
    low, high = middle_half(ordered)
    return Spread((ordered[(count - 1) // 2] + ordered[count // 2]) // 2, low, high, count)


def middle_half(ordered: Sequence[int]) -> tuple[int, int]:
    """Return the range that is left of sorted values when a quarter on each side, rounded down, is left out."""
    outside = len(ordered) // 4
    return ordered[outside], ordered[-1 - outside]
