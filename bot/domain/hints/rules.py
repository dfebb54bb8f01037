"""All rules over what is known of one person, and what would switch on those that have no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from bot.domain.allowance import Stated
from bot.domain.hints.borrow import Borrowable, borrow
from bot.domain.hints.days import Days, days_of
from bot.domain.hints.finding import Finding, HintKind
from bot.domain.hints.idle_schedule import BY_THE_CLOCK, idle_schedules
from bot.domain.hints.pace import allowance_pace, budget_pace
from bot.domain.hints.runaway import TELEMETRY, RecentRun, runaway
from bot.domain.hints.short_calls import short_calls
from bot.domain.hints.spike import LEAST_ACTIVE_DAYS, spike
from bot.domain.people import Delivered
from bot.domain.pricing import PriceBook
from bot.domain.usage import ON_ITS_OWN, UsageRow

# A day is looked at for a week; later it is one among others.
SPIKE_DAYS: Final = 7
# A subagent may work for somebody at the keyboard.
STARTED_ON_ITS_OWN: Final = ON_ITS_OWN - {"subagent"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person at *now* (aware, UTC): their own rows, counted once, shared jobs aside.

    *library* is None where there is none; *runs* are those of the last 72 hours, of people who chose the alarm.
    *reported* is what every source says, also where another one is counted.
    """

    rows: Sequence[UsageRow]
    now: datetime
    prices: PriceBook
    deliveries: Sequence[Delivered] = ()
    budget_nano_usd: int | None = None
    allowances: Sequence[Stated] = ()
    runs: Sequence[RecentRun] = ()
    reported: Sequence[UsageRow] = ()
    library: Sequence[Borrowable] | None = None
    own_teams: frozenset[str] = frozenset()
    seen_entries: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """Return the UTC day."""
        return self.now.date()

    @property
    def known_from(self) -> date | None:
        """Return the first day that a source has told of, with use or without; None before the first has."""
        return min((each.first_day for each in self.deliveries), default=None)


def find_all(known: Known) -> list[Finding]:
    """Return everything that the rules find, in no order that means anything."""
    found = [*running_away(known), *idle_schedules(known.rows, known.today)]
    found += short_calls(known.rows, known.today, known.prices)
    days = days_of(known.rows)
    found += _spikes(known, days)
    found += _paces(known, days)
    entry = known.library and borrow(known.rows, known.library, known.own_teams, known.seen_entries, known.today)
    return [*found, entry] if entry else found


def running_away(known: Known) -> list[Finding]:
    """Return the runs that run away now."""
    found = (runaway(run, _days_before(run, known), known.now) for run in known.runs)
    return [finding for finding in found if finding is not None]


def _days_before(run: RecentRun, known: Known) -> Sequence[UsageRow]:
    """Return the days that a run is measured against: of telemetry its own, since a provider knows no runs."""
    if run.source not in TELEMETRY:
        return known.rows
    return [row for row in known.reported if row.source == run.source]


def spike_of(known: Known, day: date, days: Days | None = None) -> Finding | None:
    """Return *day* if it came to far more than usual; a day that is not over can only come to more."""
    sources = {row.source_id for row in known.rows if row.day == day}
    began = [each.first_day for each in known.deliveries if each.source_id in sources]
    return spike(known.rows, day, max(began, default=date.min), days)


def _spikes(known: Known, days: Days) -> list[Finding]:
    found = (spike_of(known, known.today - timedelta(days=back), days) for back in range(1, SPIKE_DAYS + 1))
    return [finding for finding in found if finding is not None]


def _paces(known: Known, days: Days) -> list[Finding]:
    found = [allowance_pace(known.rows, stated, known.now) for stated in known.allowances]
    if known.budget_nano_usd is not None:
        found.append(budget_pace(known.rows, known.budget_nano_usd, known.today, days))
    return [finding for finding in found if finding is not None]


class SwitchedOff(NamedTuple):
    """A hint that has no data, and what it waits for."""

    kind: HintKind
    waits_for: str


def _tells_of_runs(row: UsageRow) -> bool:
    """Whether a row is of a source that tells of runs while they run."""
    if row.source in TELEMETRY:
        return row.run_kind in STARTED_ON_ITS_OWN
    return row.source == "push" and bool(row.runs)


def what_would_switch_on(known: Known, *, has_alarms: bool) -> list[SwitchedOff]:
    """Return the hints that are off for this person, each with what would switch it on."""
    rows = known.rows
    off = []
    if not has_alarms:
        off.append(SwitchedOff("runaway", "alarms"))
    elif not known.runs and not any(_tells_of_runs(row) for row in known.reported):
        off.append(SwitchedOff("runaway", "runs"))
    if len(days_of(rows).active_before(known.today)) < LEAST_ACTIVE_DAYS:
        off.append(SwitchedOff("spike", "days"))
    by_the_clock = [row for row in rows if row.run_kind in BY_THE_CLOCK]
    if by_the_clock and not any(row.runs_with_result for row in by_the_clock):
        off.append(SwitchedOff("idle_schedule", "results"))
    if not any(row.requests for row in rows):
        off.append(SwitchedOff("short_calls", "requests"))
    if known.budget_nano_usd is None and not known.allowances:
        off.append(SwitchedOff("pace", "limit"))
    if known.library is None:
        off.append(SwitchedOff("borrow", "library"))
    return off
