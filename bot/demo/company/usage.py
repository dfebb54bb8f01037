"""What each source reports of everybody at Larkfield on any day. Made up, from a seed."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from bot.connectors.pull import ReportedRow
from bot.demo.company.ana import Ana
from bot.demo.company.draws import Draws
from bot.demo.company.habits import HEAVY, STORY, Habits, habits_of
from bot.demo.company.interactive import (
    CURSOR_OWN,
    CURSOR_SONNET,
    Spent,
    claude_rows,
    codex_rows,
    cursor_row,
    growth,
    spent_on,
)
from bot.demo.company.jobs import UNOWNED, job_rows
from bot.demo.company.people import DOMAIN, Person, everybody, person
from bot.demo.company.presence import activity
from bot.demo.company.tokens import AGENT, LONG_SESSIONS, SONNET, Label, priced_row, work_of
from bot.domain.money import NANO_PER_USD, seat_share_nano_usd
from bot.domain.pricing import PriceBook
from bot.domain.usage import SEAT_TIER, UsageRow

KINDS: Final = ("anthropic", "cursor", "copilot", "openai", "meshclaw")
SEED: Final = 45  # one of those with a plausible split between teams
HISTORY_DAYS: Final = 105  # as long as daily rows are kept
SEAT_USD: Final = 19
_NANO_PER_CENT: Final = NANO_PER_USD // 100
_REMEMBERED_DAYS: Final = 160

# source kind -> who and what it reports of one day
Reports = dict[str, tuple[ReportedRow, ...]]


class Company:
    """Larkfield's use of AI, relative to the day on which the demo starts; days after it go on alike."""

    def __init__(
        self, start: date, prices: PriceBook, *, seed: int = SEED, seat_nano_usd: int = SEAT_USD * NANO_PER_USD
    ) -> None:
        self.start, self.first_day = start, start - timedelta(days=HISTORY_DAYS)
        self._prices, self._seat_nano_usd = prices, seat_nano_usd
        self._draws = Draws(seed)
        self._habits = {each: habits_of(each, self._draws) for each in everybody()}
        self._ana = Ana(start, self.first_day, seat_nano_usd, self._draws, prices)
        self._heavy = person(HEAVY)
        self._email_of = {each.handle: each.email for each in everybody()} | {UNOWNED: f"{UNOWNED}@{DOMAIN}"}
        self._mobile = frozenset(each.email for each in everybody() if each.team == self._heavy.team)
        self.day = lru_cache(_REMEMBERED_DAYS)(self._day)

    def rows(self, kind: str, day: date) -> tuple[ReportedRow, ...]:
        """Return what the source *kind* reports of *day*, of everybody; nothing before the first day."""
        return self.day(day)[kind] if day >= self.first_day else ()

    def _day(self, day: date) -> Reports:
        rows = [row for each, habits in self._habits.items() for row in self._of(each, habits, day)]
        amount = growth(day, self.start)
        jobs = job_rows(day, self.start, amount, self._draws, self._prices)
        rows += (ReportedRow(self._email_of[owner], row) for owner, row in jobs)
        rows += self._of_heavy(day, rows)
        return {kind: tuple(each for each in rows if each.row.source == kind) for kind in KINDS}

    def _of(self, each: Person, habits: Habits, day: date) -> Iterator[ReportedRow]:
        used = self._ana.rows(day) if each.handle == STORY else self._used(each, habits, day)
        yield from (ReportedRow(each.email, row) for row in used)
        if habits.has_seat:
            yield ReportedRow(each.email, self._seat(day))

    def _used(self, each: Person, habits: Habits, day: date) -> Iterator[UsageRow]:
        amount = activity(each, day, self._draws) * growth(day, self.start)
        if not amount:
            return
        spent = spent_on(day, each.handle, habits, amount, self._draws)
        yield from claude_rows(day, spent, habits.shape, self._prices)
        if spent.cursor:
            own = self._draws.happens(0.4, "cursor model", each.handle, day)
            yield cursor_row(day, spent.cursor, CURSOR_OWN if own else CURSOR_SONNET, self._prices)
        preview = habits.tries_preview and self._draws.happens(0.4, "preview", each.handle, day)
        yield from codex_rows(day, spent.codex, preview=preview, prices=self._prices)

    def _seat(self, day: date) -> UsageRow:
        share = seat_share_nano_usd(self._seat_nano_usd, day)
        return UsageRow(day, "copilot", 0, "copilot", "", tier=SEAT_TIER, billed_nano_usd=share)

    def _of_heavy(self, day: date, others: Iterable[ReportedRow]) -> Iterator[ReportedRow]:
        """Yield what one person in Mobile uses: twice what all the others there come to, day by day."""
        billed = [each.row for each in others if each.account in self._mobile]
        seats = sum(row.billed_nano_usd or 0 for row in billed if row.is_seat)
        use = sum(row.billed_nano_usd or 0 for row in billed if not row.is_seat)
        # seats cost on seven days, people work on five
        cents = 2 * (use + (seats * 7 // 5 if day.weekday() < 5 else 0)) // _NANO_PER_CENT
        agents = cents * 45 // 100
        if cents < 10:
            return
        opus = (cents - agents) * 7 // 10
        spent = Spent(opus=opus, sonnet=cents - agents - opus)
        for row in claude_rows(day, spent, LONG_SESSIONS, self._prices):
            yield ReportedRow(self._heavy.email, row)
        label = Label("anthropic", "claude-code", SONNET, "subagent", "parallel-review")
        work = work_of(agents, SONNET, AGENT)
        yield ReportedRow(self._heavy.email, priced_row(day, label, work, self._prices, failed=work.requests // 50))
