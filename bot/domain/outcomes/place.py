"""What was finished in repositories or projects, by week: facts about a place, computed over everybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.outcomes.flow import Flow, flow, middle_half, of_many_authors
from bot.domain.outcomes.intervals import MIN_WEEKS_FOR_SPREAD
from bot.domain.outcomes.states import State, Work, counted_once
from bot.domain.outcomes.weeks import WEEKS, last_settled_week, monday_of
from bot.domain.outcomes.work import KINDS, FinishedItem, Kind

_WEEK: Final = timedelta(weeks=1)
_STATES: Final[tuple[State, ...]] = ("stayed", "came_back", "too_new")
_ByWeek = Counter[tuple[date, State]]


class WeekCounts(NamedTuple):
    """What was finished in the week of *monday*, and what became of it.

    The states are None where too few authors would stand behind them: all three, since what came back is
    what the others leave.
    """

    monday: date
    finished: int
    stayed: int | None
    came_back: int | None
    too_new: int | None


class KindWeeks(NamedTuple):
    """One kind by week, the oldest first: 12 settled weeks and what came after them.

    *usual_stayed* is the middle half of what stayed in the 12 weeks before the last settled one.
    """

    kind: Kind
    weeks: tuple[WeekCounts, ...]
    usual_stayed: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class PlaceOutcomes:
    """The finished work of places up to the week of *monday*, and *last_settled*, the last that tells what stayed.

    *flow* is that of the changes of the 12 weeks up to it. Nothing in it is about a person. Of weeks before
    *places_since*, which were told of with other places, only what was finished in that of *monday* is in it.
    """

    monday: date
    last_settled: date
    kinds: tuple[KindWeeks, ...]
    flow: Flow | None
    places_since: date | None = None


def place_outcomes(
    items: Iterable[FinishedItem], week: date, today: date, known_from: date, places_since: date | None = None
) -> PlaceOutcomes:
    """Return what was finished in one or several places up to the week that *week* lies in, as known on *today*.

    *items* are everybody's, given together so that a ticket over two repositories counts once. Weeks that
    begin before *known_from*, when the places were not read yet, are left out. So are those before
    *places_since*, a Monday, and who worked in them: what was said of them with other places, less what these
    have, would tell of the place that came or went, which may be one author's.
    """
    items = list(items)
    monday = monday_of(week)
    settled = min(last_settled_week(today), monday)
    works = counted_once(items, today, since=settled - WEEKS * _WEEK)
    since = max(known_from, places_since or known_from)
    kinds = [_kind_weeks(kind, [work for work in works if work.kind == kind], monday, settled, since) for kind in KINDS]
    changes = [item for item in items if item.kind == "change" and _in_twelve_weeks(item.finished_on, monday)]
    if places_since is not None:
        changes = [item for item in changes if item.finished_on >= places_since]
    return PlaceOutcomes(
        monday=monday,
        last_settled=settled,
        kinds=tuple(each for each in kinds if any(week.finished for week in each.weeks)),
        flow=_flow(list(dict.fromkeys(changes))),
        places_since=places_since,
    )


def _flow(changes: list[FinishedItem]) -> Flow | None:
    return flow(changes) if of_many_authors([(change.author,) for change in changes]) else None


def _kind_weeks(
    kind: Kind, works: Sequence[Work[FinishedItem]], monday: date, settled: date, known_from: date
) -> KindWeeks:
    shown = [work for work in works if work.finished_on >= known_from]
    many_authors = all(_many_authors(shown, last) for last in (monday, settled))
    counts = Counter((monday_of(work.finished_on), work.state) for work in works)
    weeks = [_week(each, counts, many_authors) for each in _mondays(settled, monday, known_from)]
    if monday < known_from and (finished := sum(counts[monday, state] for state in _STATES)):
        weeks = [WeekCounts(monday, finished, None, None, None)]
    usual = _usual(counts, _mondays(settled - _WEEK, settled - _WEEK, known_from)) if many_authors else None
    return KindWeeks(kind, tuple(weeks), usual)


def _many_authors(works: Iterable[Work[FinishedItem]], last_monday: date) -> bool:
    return of_many_authors(
        [[item.author for item in work.items] for work in works if _in_twelve_weeks(work.finished_on, last_monday)]
    )


def _in_twelve_weeks(day: date, last_monday: date) -> bool:
    """Return whether *day* is in the 12 weeks up to that of *last_monday*."""
    return last_monday - (WEEKS - 1) * _WEEK <= day < last_monday + _WEEK


def _mondays(twelve_to: date, last: date, known_from: date) -> list[date]:
    """Return the 12 weeks up to *twelve_to* and those after it up to *last*, by their Mondays."""
    first = twelve_to - (WEEKS - 1) * _WEEK
    mondays = [first + number * _WEEK for number in range((last - first).days // 7 + 1)]
    return [monday for monday in mondays if monday >= known_from]


def _week(monday: date, counts: _ByWeek, many_authors: bool) -> WeekCounts:
    stayed, came_back, too_new = (counts[monday, state] for state in _STATES)
    finished = stayed + came_back + too_new
    if not many_authors:
        return WeekCounts(monday, finished, None, None, None)
    return WeekCounts(monday, finished, stayed, came_back, too_new)


def _usual(counts: _ByWeek, mondays: Sequence[date]) -> tuple[int, int] | None:
    if len(mondays) < MIN_WEEKS_FOR_SPREAD:
        return None
    return middle_half(sorted(counts[monday, "stayed"] for monday in mondays))
