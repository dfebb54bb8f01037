"""What Ana finished, so that the figures of the demo's story come out; by days from the Monday of its week.

Seven changes in the last four weeks, nineteen that stayed in the twelve settled weeks, none on her two
weeks off, and eight tickets.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.demo.company.draws import Draws
from bot.demo.company.made import Made, returns_by_chance
from bot.demo.company.repositories import API, WEB, monday_of_start
from bot.demo.company.titles import title_of

ANA: Final = "ana"
_CHANGES_A_DAY, _TICKETS_A_DAY, _SHOWS_AI, _COMES_BACK = 0.36, 0.14, 0.6, 0.08


class _Day(NamedTuple):
    """Something of hers: *ai* says how help shows, by a trailer or because nightly-triage made it."""

    day: int
    place: str
    title: str
    ai: str = ""
    kind: str = "change"
    back_after: int = 0


_ITEMS: Final = (
    _Day(1, API, "Time out slow refund look-ups", "trailer"),
    _Day(-3, WEB, "Faster checkout page", "trailer"),
    _Day(-4, API, "Retry on 429", "trailer"),
    _Day(-5, API, "Refund look-ups give up too late", kind="ticket"),
    _Day(-10, API, "Clients are not told when to retry", kind="ticket"),
    _Day(-17, API, "Name the field that is missing"),
    _Day(-18, API, "Refunds can be sent twice", kind="ticket"),
    _Day(-19, API, "Idempotency keys for refunds", "trailer"),
    _Day(-21, API, "Label tickets that name a failing test", "agent"),
    _Day(-24, WEB, "Card errors beside the field", back_after=4),
    _Day(-27, API, "Page through disputes by cursor", "trailer"),
    _Day(-39, API, "Sign webhooks with the new key", "trailer"),
    _Day(-40, API, "Webhooks arrive unsigned after a rotation", kind="ticket"),
    _Day(-41, WEB, "Show the receipt before the survey"),
    _Day(-45, API, "Batch the nightly capture", "trailer"),
    _Day(-46, API, "Keep request ids across retries", "trailer"),
    _Day(-48, API, "Leave out cards that expired"),
    _Day(-54, API, "Answer in the caller's currency", "trailer"),
    _Day(-55, API, "Amounts are rounded twice", kind="ticket"),
    _Day(-60, API, "Count declined cards by reason", "trailer"),
    _Day(-61, API, "Limit exports to a month"),
    _Day(-63, API, "Split the refund handler"),
    _Day(-68, API, "Health check that asks the queue", "agent"),
    _Day(-73, API, "Close idle connections", "trailer"),
    _Day(-74, API, "Queue workers hang after a deploy", kind="ticket"),
    _Day(-74, API, "Drain workers before a deploy", "trailer"),
    _Day(-75, API, "Stop logging addresses"),
    _Day(-77, API, "Cache the list of banks"),
    _Day(-95, API, "One client for all banks", "trailer"),
    _Day(-96, API, "Bank look-ups are slow", kind="ticket"),
    _Day(-97, API, "Bank list is out of date", kind="ticket"),
)


class AnasWork:
    """What she finished on any day, relative to the demo's start."""

    def __init__(self, start: date, draws: Draws) -> None:
        self._start, self._draws = start, draws
        monday = monday_of_start(start)
        self._last = monday + timedelta(days=max(item.day for item in _ITEMS))
        self._by_day: dict[date, list[Made]] = {}
        for item in _ITEMS:
            self._by_day.setdefault(monday + timedelta(days=item.day), []).append(self._made(item))

    def _made(self, item: _Day) -> Made:
        return Made(
            item.place,
            ANA,
            item.title,
            self._draws.uniform("effort", item.title),
            kind="ticket" if item.kind == "ticket" else "change",
            shows_ai=bool(item.ai),
            agent_made=item.ai == "agent",
            returns=(item.back_after,) if item.back_after else (),
        )

    def on(self, day: date) -> Iterator[Made]:
        """Yield what she finished on *day*; after the story she goes on as before."""
        yield from self._by_day.get(day, ())
        if day > self._last and day >= self._start and day.weekday() < 5:
            yield from self._usual(day)

    def _usual(self, day: date) -> Iterator[Made]:
        draws = self._draws
        if draws.happens(_CHANGES_A_DAY, ANA, "change", day):
            place = WEB if draws.happens(0.2, ANA, "place", day) else API
            yield Made(
                place,
                ANA,
                title_of(place, "change", draws, ANA, day),
                draws.uniform("effort", ANA, day),
                shows_ai=draws.happens(_SHOWS_AI, ANA, "shows", day),
                returns=returns_by_chance(_COMES_BACK, draws, ANA, day)[:1],
            )
        if draws.happens(_TICKETS_A_DAY, ANA, "ticket", day):
            title = title_of(API, "ticket", draws, ANA, "ticket", day)
            yield Made(API, ANA, title, 0.5, kind="ticket")
