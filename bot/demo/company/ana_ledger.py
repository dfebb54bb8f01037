"""What Ana spends on each day, in whole cents, so that the figures of the demo's story come out.

The figures: four weeks with a Tuesday of $37.00, the four weeks before, the twelve settled weeks of cost
per finished change, the week of the digest. They are told apart by days relative to the demo's start, and
what they leave open is spread by chance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.demo.company.draws import Draws, spread
from bot.domain.money import NANO_PER_USD, seat_share_nano_usd

FOUR_WEEKS: Final = 28
_CLAUDE, _CURSOR, _TRIAGE, _CODEX = 115_50, 38_20, 26_30, 12_00
_BEFORE: Final = 188_60  # the four weeks before, the seat included
_SETTLED: Final = 431_00  # twelve settled weeks, the seat included
_DIGEST_WEEK: Final = 61_10  # the ISO week of the expensive Tuesday, the seat included
_BEFORE_CURSOR, _BEFORE_CODEX = 37_40, 9_50
TUESDAY_CLAUDE, TUESDAY_SONNET, TUESDAY_CURSOR, TUESDAY_TRIAGE = 34_10, 6_20, 1_90, 1_00
# Her other Tuesdays, the latest first: their median is $8.00.
_TUESDAYS: Final = (8_00, 7_40, 8_60, 7_80, 8_20, 8_00, 7_10, 9_30)
_TRIAGE_DAYS: Final = 70  # nightly-triage is no older than that
_MISSED: Final = 12  # days back: the one night of the four weeks on which it did not run
_WITH_RESULT: Final = frozenset({13, 20, 24, 31, 37, 44, 52, 59, 66})
_USUAL_CLAUDE, _USUAL_CURSOR, _USUAL_TRIAGE, _USUAL_CODEX = 480, 190, 95, 200
_NANO_PER_CENT: Final = NANO_PER_USD // 100


class Cents(NamedTuple):
    """What one day came to, by line; Codex at list price."""

    claude: int
    cursor: int
    triage: int
    codex: int


@dataclass(slots=True)
class Ledger:
    """Cents by day; a day that is missing came to nothing."""

    claude: dict[date, int] = field(default_factory=dict)
    cursor: dict[date, int] = field(default_factory=dict)
    triage: dict[date, int] = field(default_factory=dict)
    codex: dict[date, int] = field(default_factory=dict)

    def on(self, day: date) -> Cents:
        """Return what *day* came to."""
        return Cents(*(line.get(day, 0) for line in (self.claude, self.cursor, self.triage, self.codex)))

    def cents(self, days: Iterable[date]) -> int:
        """Return what the billed lines of *days* came to."""
        lines = (self.claude, self.cursor, self.triage)
        return sum(line.get(day, 0) for day in days for line in lines)


def expensive_tuesday(start: date) -> date:
    """Return the Tuesday of the ISO week before that of *start*."""
    return start - timedelta(days=start.weekday() + 6)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from *first* to *last*, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


class _Writer:
    """Fills a ledger, window by window."""

    def __init__(self, start: date, seat_nano_usd: int, draws: Draws) -> None:
        self.start, self.seat_nano_usd, self.draws = start, seat_nano_usd, draws
        self.ledger = Ledger()
        self.tuesday = expensive_tuesday(start)
        monday = start - timedelta(days=start.weekday())
        self.settled = days_between(monday - timedelta(weeks=14), monday - timedelta(days=15))
        self.week = days_between(monday - timedelta(weeks=1), monday - timedelta(days=1))
        # two weeks off in summer, within the settled weeks
        self.vacation = set(days_between(self.settled[7], self.settled[20]))

    def back(self, first: int, last: int) -> list[date]:
        """Return the days from *first* to *last* days back."""
        return days_between(self.start - timedelta(days=first), self.start - timedelta(days=last))

    def working(self, days: Iterable[date]) -> list[date]:
        """Return those of *days* on which she works."""
        return [day for day in days if day.weekday() < 5 and day not in self.vacation]

    def seat(self, days: Iterable[date]) -> int:
        """Return the seat's share of *days* in cents."""
        nano = sum(seat_share_nano_usd(self.seat_nano_usd, day) for day in days)
        return round(nano / _NANO_PER_CENT)

    def weights(self, days: Iterable[date], line: str, log_sd: float) -> list[float]:
        """Return how much larger or smaller each day is than another."""
        return [self.draws.log_normal(1.0, log_sd, "ana", line, day) for day in days]

    def share(self, line: dict[date, int], cents: int, days: Sequence[date], name: str, log_sd: float = 0.3) -> None:
        """Spread *cents* over *days* of *line*."""
        line.update(zip(days, spread(cents, self.weights(days, name, log_sd)), strict=True))

    def nights(self, days: Iterable[date]) -> list[date]:
        """Return those of *days* on which nightly-triage ran."""
        missed = self.start - timedelta(days=_MISSED)
        return [day for day in days if day != missed and (self.start - day).days <= _TRIAGE_DAYS]

    def usual_tuesdays(self, days: Iterable[date]) -> dict[date, int]:
        """Return what Claude Code comes to on the eight Tuesdays before the expensive one."""
        tuesdays = {self.tuesday - timedelta(weeks=1 + place): cents for place, cents in enumerate(_TUESDAYS)}
        return {day: tuesdays[day] - self.ledger.cents([day]) for day in days if day in tuesdays}

    def four_weeks(self) -> None:
        """Fill the last four weeks, the expensive Tuesday and the week around it first."""
        days, ledger, week = self.back(FOUR_WEEKS, 1), self.ledger, set(self.week)
        others = [day for day in self.working(days) if day != self.tuesday]
        nights = [night for night in self.nights(days) if night != self.tuesday]
        self.share(ledger.triage, _TRIAGE - TUESDAY_TRIAGE, nights, "triage", 0.08)
        self.share(ledger.cursor, _CURSOR - TUESDAY_CURSOR, others, "cursor")
        ledger.triage[self.tuesday], ledger.cursor[self.tuesday] = TUESDAY_TRIAGE, TUESDAY_CURSOR
        ledger.claude[self.tuesday] = TUESDAY_CLAUDE
        in_week = [day for day in others if day in week]
        left = _DIGEST_WEEK - self.seat(self.week) - ledger.cents(self.week)
        self.share(ledger.claude, left, in_week, "claude", 0.15)
        self.rest_of_claude(_CLAUDE, days, [day for day in others if day not in week])
        self.share(ledger.codex, _CODEX, others[2::3], "codex", 0.5)

    def rest_of_claude(self, cents: int, window: Iterable[date], days: Sequence[date]) -> None:
        """Bring Claude Code to *cents* in the *window* by what is still open on *days*."""
        ledger = self.ledger
        ledger.claude.update(self.usual_tuesdays(days))
        left = cents - sum(ledger.claude.get(day, 0) for day in window)
        self.share(ledger.claude, left, [day for day in days if day not in ledger.claude], "claude")

    def four_weeks_before(self) -> None:
        """Fill the four weeks before, what other lines leave going to Claude Code."""
        days, ledger = self.back(2 * FOUR_WEEKS, FOUR_WEEKS + 1), self.ledger
        working = self.working(days)
        self.share(ledger.triage, _USUAL_TRIAGE * FOUR_WEEKS, self.nights(days), "triage", 0.08)
        self.share(ledger.cursor, _BEFORE_CURSOR, working, "cursor")
        self.rest_of_claude(_BEFORE - self.seat(days) - ledger.cents(days), days, working)
        self.share(ledger.codex, _BEFORE_CODEX, working[1::4], "codex", 0.5)

    def settled_weeks(self) -> None:
        """Fill the days before, so that the settled weeks come to their sum."""
        ledger, earliest = self.ledger, self.start - timedelta(days=2 * FOUR_WEEKS)
        days = [day for day in self.settled if day < earliest]
        working = self.working(days)
        nights = self.nights(days)
        self.share(ledger.triage, (_USUAL_TRIAGE - 3) * len(nights), nights, "triage", 0.08)
        left = _SETTLED - self.seat(self.settled) - ledger.cents(self.settled)
        self.share(ledger.cursor, left // 4, working, "cursor")
        self.rest_of_claude(left - left // 4, days, working)

    def first_days(self, first: date) -> None:
        """Fill what lies before the settled weeks."""
        days = self.working(days_between(first, self.settled[0] - timedelta(days=1)))
        for day, weight in zip(days, self.weights(days, "claude", 0.3), strict=True):
            self.ledger.claude[day] = round(0.8 * _USUAL_CLAUDE * weight)


def write_ledger(start: date, first: date, seat_nano_usd: int, draws: Draws) -> Ledger:
    """Return Ana's ledger from *first* to the day before *start*."""
    writer = _Writer(start, seat_nano_usd, draws)
    writer.four_weeks()
    writer.four_weeks_before()
    writer.settled_weeks()
    writer.first_days(first)
    return writer.ledger


def ordinary_day(day: date, draws: Draws) -> Cents:
    """Return what a day after the demo's start comes to: like her usual ones."""

    def around(cents: int, line: str, log_sd: float) -> int:
        return round(cents * draws.log_normal(1.0, log_sd, "ana", line, day))

    triage = around(_USUAL_TRIAGE, "triage", 0.08)
    if day.weekday() > 4:
        return Cents(0, 0, triage, 0)
    codex = _USUAL_CODEX if draws.happens(0.3, "ana", "codex", day) else 0
    return Cents(around(_USUAL_CLAUDE, "claude", 0.3), around(_USUAL_CURSOR, "cursor", 0.3), triage, codex)


def runs_with_result(day: date, start: date, draws: Draws) -> int:
    """Return whether that night's run of nightly-triage changed something."""
    back = (start - day).days
    return int(back in _WITH_RESULT if back > 0 else draws.happens(0.11, "ana", "result", day))
