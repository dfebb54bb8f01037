"""What one person's week came to, and whether that is worth a message: for that person alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.iso_week import IsoWeek
from bot.domain.money import NANO_PER_USD
from bot.domain.outcomes.links import NO_MARKS, OwnMarks, is_own
from bot.domain.outcomes.states import Work, counted_once
from bot.domain.outcomes.work import OwnItem
from bot.domain.people import Delivered
from bot.domain.quantity import Quantity, total
from bot.domain.summary import DayCost, Lane, Summary, costed, summarise
from bot.domain.usage import UsageRow

# What is usual is told from so many weeks before, of which at least so many must be known whole.
USUAL_WEEKS: Final = 8
_KNOWN_WEEKS: Final = 4
_TIMES_THE_MEDIAN: Final = 3, 2  # half as much again
_AT_LEAST_MORE: Final = 10 * NANO_PER_USD
# Weeks until finished work has stayed or come back.
_STAYING_WEEKS: Final = 2
# A day is named if so much of the week's cost is its own: a third.
_PART_OF_A_WEEK: Final = 3
QUIET_WEEKS: Final = 4


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the sources of usage and of finished work reach for one person.

    *late* are those of them that should have told of the whole week and have not; *waiting* are the kinds
    that know the person and have told nothing yet.
    """

    usage: Sequence[Delivered] = ()
    work: Sequence[Delivered] = ()
    late: Sequence[Delivered] = ()
    waiting: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's week: what was finished, what became of the work of two weeks before, and the cost."""

    week: IsoWeek
    finished: tuple[Work[OwnItem], ...]
    earlier: tuple[Work[OwnItem], ...]
    cost: Summary
    more_than_usual: bool
    usual_weeks: tuple[tuple[IsoWeek, int], ...]  # weeks before that are known whole, in nano-USD, the oldest first

    @property
    def day_that_made_it(self) -> DayCost | None:
        """Return the day that made a cost more than usual, if it was one."""
        day, cost = self.cost.top_day, self.cost.cost.known
        if not self.more_than_usual or day is None or cost is None or day.nano_usd * _PART_OF_A_WEEK < cost:
            return None
        return day

    @property
    def worth_saying(self) -> bool:
        """Return whether anything was finished, has stayed or come back, or cost more than usual."""
        told = any(work.state != "too_new" for work in self.earlier)
        return bool(self.finished) or told or self.more_than_usual


def digest_of(
    week: IsoWeek,
    items: Iterable[OwnItem],
    usage: Iterable[UsageRow],
    deliveries: Sequence[Delivered],
    today: date,
    marks: OwnMarks = NO_MARKS,
) -> Digest:
    """Return what *week* came to as known on *today*.

    *items* are all of the person's, since a ticket counts once; *usage* are the counted rows of the week and
    of the eight before it, *deliveries* those of usage.
    """
    works = counted_once((item for item in items if item.reference not in marks.not_mine), today)
    rows = [row for row in usage if is_own(row, marks.shared_jobs)]
    of_week = _within(rows, week)
    cost = summarise(of_week, [], week.period, whole_before=False, delivered=None)
    usual = usual_weeks(rows, week, cost.lane, _known_from(of_week, deliveries))
    return Digest(
        week=week,
        finished=_finished(works, week),
        earlier=_finished(works, week.before(_STAYING_WEEKS)),
        cost=cost,
        more_than_usual=is_more_than_usual(cost.cost, [nano_usd for _, nano_usd in usual]),
        usual_weeks=tuple(usual),
    )


def _finished(works: Iterable[Work[OwnItem]], week: IsoWeek) -> tuple[Work[OwnItem], ...]:
    period = week.period
    return tuple(work for work in works if period.contains(work.finished_on))


def _within(rows: Iterable[UsageRow], week: IsoWeek) -> list[UsageRow]:
    first, last = week.monday, week.sunday  # once, for hundreds of rows
    return [row for row in rows if first <= row.day <= last]


def _known_from(of_week: Iterable[UsageRow], deliveries: Iterable[Delivered]) -> date:
    """Return from when on every source that a week's cost comes from has told: before, what is usual lacks it."""
    sources = {row.source_id for row in of_week}
    return max((each.first_day for each in deliveries if each.source_id in sources), default=date.max)


def usual_weeks(rows: Sequence[UsageRow], week: IsoWeek, lane: Lane, known_from: date) -> list[tuple[IsoWeek, int]]:
    """Return what the eight weeks before *week* came to in *lane*, those that are known whole, the oldest first.

    A week without any cost says nothing of what is usual: most are holidays.
    """
    found = []
    for back in range(USUAL_WEEKS, 0, -1):
        before = week.before(back)
        cost = _cost_in(_within(rows, before), lane)
        if before.monday >= known_from and cost.complete and cost.known:
            found.append((before, cost.known))
    return found


def _cost_in(rows: Sequence[UsageRow], lane: Lane) -> Quantity:
    """Return the sum of *lane*; a row that nobody priced makes it incomplete."""
    known = costed(rows, lane)
    priced = all(row.billed_nano_usd is not None or row.list_value_nano_usd is not None for row in rows)
    cost = total(nano_usd for _, nano_usd in known)
    return Quantity(cost.known, cost.complete and priced)


def is_more_than_usual(cost: Quantity, before: Collection[int]) -> bool:
    """Return whether *cost* is more than is usual beside the weeks *before*, all in nano-USD of one lane.

    It is if it comes to at least ten dollars more than their median, and is above each of them or above
    one and a half times their median. Of fewer than four weeks nothing is usual. There is no opposite.
    """
    if cost.known is None or len(before) < _KNOWN_WEEKS:
        return False
    # of an even number the higher one of the middle: never a comparison too many
    middle = sorted(before)[len(before) // 2]
    times, over = _TIMES_THE_MEDIAN
    stands_out = cost.known > max(before) or cost.known * over > middle * times
    return stands_out and cost.known >= middle + _AT_LEAST_MORE


def quiet_weeks(remembered: str, week: IsoWeek) -> int:
    """Return how many weeks in a row, *week* among them, had nothing to report, from what was remembered."""
    word, _, count = remembered.partition(" ")
    so_far = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    return max(1, so_far) if word == week.word else so_far + 1


def says_it_is_quiet(weeks: int) -> bool:
    """Return whether so many quiet weeks in a row are a reason to say that the note is still on."""
    return weeks % QUIET_WEEKS == 0
