"""What everybody else at Larkfield finished: drawn by how they work, and a few things that the demo shows."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.demo.company.draws import Draws
from bot.demo.company.habits import HEAVY, Habits, habits_of
from bot.demo.company.interactive import growth
from bot.demo.company.made import Made, returns_by_chance
from bot.demo.company.people import Person, everybody
from bot.demo.company.presence import activity
from bot.demo.company.repositories import API, BY_TEAM, SUPPORT, monday_of_start
from bot.demo.company.titles import bump_of, title_of

_CHANGES_A_DAY: Final = 0.35
# Finished work goes with what is billed to this power: twice the spend with about a fifth more. What the report's
# curve has to find.
ELASTICITY: Final = 0.30
_HEAVY_USD: Final = 35.0
_WITHOUT_AI_USD: Final = 0.3  # as if those without it spent that
_COMES_BACK, _SHOWS_AI, _UNREVIEWED, _TICKETS, _REOPENED = 0.07, 0.55, 0.08, 0.3, 0.05
_CASES_A_DAY: Final = 0.9
_GUEST_IN_API: Final = 0.4
_BUMPED: Final = ("acme/platform", "acme/site", "acme/ios")
_FEW: Final = frozenset({"bo"})  # two changes in all

# Days from the Monday of the demo's week.
_STORY: Final[dict[int, tuple[Made, ...]]] = {
    -20: (Made("acme/android", "bo", "Crash when a photo is missing", 0.4),),
    -18: (Made("acme/android", "bo", "Smaller pictures in lists", 0.6),),
    -15: (Made("acme/ci", "rui", "Run the slowest tests first", 0.7, shows_ai=True, returns=(2, 3)),),
    -11: (Made("acme/platform", "tove", "Forget the token ghp_" + "0demo" * 6, 0.3),),
    -6: (Made("acme/ci", "rui", "<!channel> *Faster* builds & `less` waiting", 0.5, shows_ai=True),),
    -5: (Made("acme/platform", "dag", "Raise my own quota", 0.1, accepted=False, reviewed=False),),
    -4: (Made("acme/ci", "emre", "Retry builds that lost their runner", 0.5, shows_ai=True, agent_made=True),),
}


class OthersWork:
    """What all who have no figures of their own finished on any day."""

    def __init__(self, start: date, draws: Draws) -> None:
        self._start, self._draws, self._monday = start, draws, monday_of_start(start)
        people = [each for each in everybody() if each.team in BY_TEAM and each.team != "Payments"]
        self._habits = {each: habits_of(each, draws) for each in people if each.handle not in _FEW}
        self._web = [each for each in people if each.team == "Web"]
        self._support = [each for each in everybody() if each.team == "Support"]

    def on(self, day: date) -> Iterator[Made]:
        """Yield what was finished on *day* in repositories."""
        yield from _STORY.get((day - self._monday).days, ())
        for each, habits in self._habits.items():
            yield from self._of(each, habits, day)
        yield from self._guest(day)
        if day.weekday() == 0:
            yield from (Made(place, None, bump_of(self._draws, place, day), 0.1) for place in _BUMPED)

    def _of(self, each: Person, habits: Habits, day: date) -> Iterator[Made]:
        amount = activity(each, day, self._draws) * growth(day, self._start)
        usd = _HEAVY_USD if each.handle == HEAVY else habits.billed_usd
        expected = _CHANGES_A_DAY * amount * (usd or _WITHOUT_AI_USD) ** ELASTICITY
        count = int(expected) + self._draws.happens(expected % 1, "changes", each.handle, day)
        yield from (self._change(each, usd > 0, day, number) for number in range(count))
        if self._draws.happens(_TICKETS * expected, "ticket", each.handle, day):
            name = ("ticket", each.handle, day)
            place = BY_TEAM[each.team][0]
            returns = returns_by_chance(_REOPENED, self._draws, *name)[:1]
            yield Made(
                place, each.handle, title_of(place, "ticket", self._draws, *name), 0.5, kind="ticket", returns=returns
            )

    def _change(self, each: Person, uses_ai: bool, day: date, number: int) -> Made:
        draws, name = self._draws, (each.handle, day, number)
        places = BY_TEAM[each.team]
        place = places[int(len(places) * draws.uniform("place", *name) ** 1.5)]
        return Made(
            place,
            each.handle,
            title_of(place, "change", draws, *name),
            draws.uniform("effort", *name),
            shows_ai=uses_ai and draws.happens(_SHOWS_AI, "shows", *name),
            reviewed=not draws.happens(_UNREVIEWED, "unreviewed", *name),
            returns=returns_by_chance(_COMES_BACK, draws, *name),
        )

    def _guest(self, day: date) -> Iterator[Made]:
        """Yield what somebody of Web adds to the repository that Ana works in."""
        if day.weekday() < 5 and self._draws.happens(_GUEST_IN_API, "guest", day):
            who = self._web[int(len(self._web) * self._draws.uniform("guest who", day))]
            title = title_of(API, "change", self._draws, "guest", day)
            yield Made(API, who.handle, title, self._draws.uniform("effort", "guest", day))

    def cases_on(self, day: date) -> Iterator[Made]:
        """Yield the tickets that Support closed on *day*, in its own system."""
        for each in self._support:
            amount = activity(each, day, self._draws)
            expected = _CASES_A_DAY * amount
            count = int(expected) + self._draws.happens(expected % 1, "cases", each.handle, day)
            for number in range(count):
                name = ("case", each.handle, day, number)
                returns = returns_by_chance(_REOPENED, self._draws, *name)[:1]
                title = title_of(SUPPORT, "ticket", self._draws, *name)
                yield Made(SUPPORT, each.handle, title, 0.5, kind="ticket", returns=returns)
