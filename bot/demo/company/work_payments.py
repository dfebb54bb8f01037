"""What Payments finished in its two repositories, week by week, so that its digest says what the story says.

The week before the demo's own has eleven changes and six tickets, the one two weeks earlier nine changes
that stayed and one that came back; of eleven earlier weeks the middle half has 8 to 12 that stayed. One change a
week goes without a review: over twelve weeks that is 1 of 11.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.demo.company.draws import Draws
from bot.demo.company.made import Made, in_any_order, returns_by_chance
from bot.demo.company.people import everybody
from bot.demo.company.presence import activity
from bot.demo.company.repositories import PAYMENTS, monday_of_start
from bot.demo.company.titles import title_of
from bot.demo.company.work_ana import ANA

_SHOWS_AI, _COMES_BACK = 0.5, 0.07
_WORKING_DAYS: Final = 5


class _Week(NamedTuple):
    """How many changes of a week stayed and came back, and how many tickets were closed."""

    stayed: int
    came_back: int
    tickets: int


# Weeks before the one in which the demo starts, that one first; it is not over, and what comes after is drawn.
_WEEKS: Final = (
    _Week(10, 1, 5),
    _Week(10, 1, 6),
    _Week(9, 1, 4),
    _Week(9, 1, 7),
    _Week(10, 0, 5),
    _Week(8, 1, 6),
    _Week(12, 0, 8),
    _Week(13, 1, 5),
    _Week(8, 0, 4),
    _Week(11, 1, 6),
    _Week(12, 1, 7),
    _Week(14, 0, 6),
    _Week(9, 0, 3),
    _Week(7, 0, 4),
    _Week(6, 0, 4),
    _Week(8, 0, 5),
)


class PaymentsWork:
    """What the team finished on any day."""

    def __init__(self, start: date, draws: Draws) -> None:
        self._monday, self._draws = monday_of_start(start), draws
        self._team = [each for each in everybody() if each.team == "Payments" and each.handle != ANA]

    def on(self, day: date) -> Iterator[Made]:
        """Yield the changes and tickets of *day*."""
        if day.weekday() >= _WORKING_DAYS:
            return
        monday = day - timedelta(days=day.weekday())
        plan = self._plan(monday)
        changes = plan.stayed + plan.came_back
        efforts = in_any_order(changes, self._draws, "payments", monday)
        returning = in_any_order(changes, self._draws, "payments back", monday)[: plan.came_back]
        for number in _of_day(changes, day):
            yield self._change(day, number, efforts[number], changes, number in returning)
        for number in _of_day(plan.tickets, day):
            yield self._ticket(day, number)

    def _plan(self, monday: date) -> _Week:
        back = (self._monday - monday).days // 7
        if 0 <= back < len(_WEEKS):
            return _WEEKS[back]
        changes = 8 + int(6 * self._draws.uniform("payments changes", monday))
        came_back = int(self._draws.happens(_COMES_BACK * changes, "payments came back", monday))
        return _Week(changes - came_back, came_back, 4 + int(4 * self._draws.uniform("payments tickets", monday)))

    def _change(self, day: date, number: int, effort: int, changes: int, returns: bool) -> Made:
        draws, name = self._draws, ("payments", day, number)
        place = PAYMENTS[1] if draws.happens(0.35, "place", *name) else PAYMENTS[0]
        return Made(
            place,
            self._author(day, number),
            title_of(place, "change", draws, *name),
            (effort + 0.5) / changes,
            shows_ai=draws.happens(_SHOWS_AI, "shows", *name),
            reviewed=effort != changes // 2,
            returns=returns_by_chance(1.0, draws, *name)[:1] if returns else (),
        )

    def _ticket(self, day: date, number: int) -> Made:
        name = ("payments ticket", day, number)
        title = title_of(PAYMENTS[0], "ticket", self._draws, *name)
        return Made(PAYMENTS[0], self._author(day, -number - 1), title, 0.5, kind="ticket")

    def _author(self, day: date, number: int) -> str:
        there = [each for each in self._team if activity(each, day, self._draws)] or self._team
        return there[int(len(there) * self._draws.uniform("payments author", day, number))].handle


def _of_day(count: int, day: date) -> Iterator[int]:
    """Yield which of a week's *count* items belong to a weekday."""
    yield from (number for number in range(count) if number * _WORKING_DAYS // count == day.weekday())
