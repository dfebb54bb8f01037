"""What was finished in a block in the whole company, and how much of it likely comes back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from math import ceil, floor
from typing import Final, NamedTuple

from bot.domain.blocks_of_weeks import Block
from bot.domain.outcomes.flow import MIN_AUTHORS
from bot.domain.outcomes.intervals import share_interval
from bot.domain.outcomes.weeks import WEEKS, monday_of
from bot.domain.report.content import CameBack

MIN_CHANGES: Final = 20
# As for a team's work: at most two thirds by one author.
_MOST_BY_ONE: Final = (2, 3)
# What is known only from later than this into a block is not known whole.
LATE: Final = timedelta(days=7)


class DayWork(NamedTuple):
    """Changes that were finished on a day, a ticket's as one, and how many of them came back."""

    day: date
    finished: int
    came_back: int


class Authors(NamedTuple):
    """How many authors there are, the most changes of one of them, those of an unknown author, and all."""

    authors: int
    most: int
    unknown: int
    changes: int

    @property
    def are_many(self) -> bool:
        """Whether three or more stand behind it, none for above two thirds; what is unknown may be the most's."""
        part, whole = _MOST_BY_ONE
        return self.authors >= MIN_AUTHORS and (self.most + self.unknown) * whole <= self.changes * part


class BlockWork(NamedTuple):
    """What was finished in a block, all of it settled; *weekly* is what stayed in the weeks up to its end."""

    finished: int
    came_back: int
    weekly: tuple[int, ...]

    @property
    def stayed(self) -> int:
        """Return how many changes stayed."""
        return self.finished - self.came_back


class WorkSource(NamedTuple):
    """A source that told of changes: since when, and the day of its last answer; None of one that is not asked."""

    kind: str
    began: date
    answered_on: date | None


def work_of(days: Sequence[DayWork], block: Block, sources: Collection[WorkSource]) -> BlockWork | None:
    """Return the work of *block* from the *days* of the weeks up to its end; None where it is not known whole.

    That is where a source joined in the middle, or has not told yet what of it came back.
    """
    began = max((each.began for each in sources), default=None)
    settled = all(each.answered_on is None or each.answered_on >= block.settled_on for each in sources)
    if began is None or began > block.first + LATE or not settled:
        return None
    own = [each for each in days if block.contains(each.day)]
    weekly = _weekly(days, block.last, max(began, block.last - timedelta(weeks=WEEKS, days=-1)))
    return BlockWork(sum(each.finished for each in own), sum(each.came_back for each in own), weekly)


def _weekly(days: Iterable[DayWork], last: date, first: date) -> tuple[int, ...]:
    """Return what stayed by week, those without any included; a week that is known in part is left out."""
    monday = first if first.weekday() == 0 else monday_of(first) + timedelta(weeks=1)
    counts = [0] * (((last - monday).days + 1) // 7)
    for each in days:
        if monday <= each.day <= last:
            counts[(each.day - monday).days // 7] += each.finished - each.came_back
    return tuple(counts)


def came_back(work: BlockWork | None, authors: Authors) -> CameBack | None:
    """Return of how many in 100 changes it is likely; None under 20 changes, or of too few authors."""
    if work is None or work.finished < MIN_CHANGES or not authors.are_many:
        return None
    share = share_interval(work.came_back, work.finished)
    return CameBack(floor(100 * share.low), ceil(100 * share.high))
