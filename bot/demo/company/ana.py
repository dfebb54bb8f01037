"""Ana's rows: her ledger's cents as tokens, and the Tuesday that cost $37.00."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.demo.company.ana_ledger import (
    TUESDAY_SONNET,
    Ledger,
    expensive_tuesday,
    ordinary_day,
    runs_with_result,
    write_ledger,
)
from bot.demo.company.draws import Draws
from bot.demo.company.habits import STORY
from bot.demo.company.interactive import CURSOR_SONNET, Spent, claude_rows, codex_rows, cursor_row
from bot.demo.company.jobs import NIGHTLY_TRIAGE, Job, job_row
from bot.demo.company.tokens import LONG_SESSIONS, OPUS, SONNET, Label, Work, priced_row
from bot.domain.pricing import PriceBook, Tokens
from bot.domain.usage import UsageRow

_TRIAGE: Final = Job(NIGHTLY_TRIAGE, STORY, "schedule", SONNET, 95, 1, 0.11, range(7))
# The long day on Opus: 310 requests that each carried about 132,000 tokens of earlier conversation.
_LONG_DAY: Final = Work(Tokens(0, 41_000_000, 704_000, 0, 120_000), 310)


class Ana:
    """Her use on any day, relative to the demo's start."""

    def __init__(self, start: date, first: date, seat_nano_usd: int, draws: Draws, prices: PriceBook) -> None:
        self._start, self._draws, self._prices = start, draws, prices
        self._ledger: Ledger = write_ledger(start, first, seat_nano_usd, draws)
        self._tuesday = expensive_tuesday(start)

    def rows(self, day: date) -> Iterator[UsageRow]:
        """Yield her rows of *day*, the seat aside."""
        prices = self._prices
        cents = self._ledger.on(day) if day < self._start else ordinary_day(day, self._draws)
        yield from self._claude(day, cents.claude)
        if cents.cursor:
            yield cursor_row(day, cents.cursor, CURSOR_SONNET, prices)
        yield from codex_rows(day, cents.codex, preview=False, prices=prices)
        if cents.triage:
            runs = (1, runs_with_result(day, self._start, self._draws))
            yield job_row(day, _TRIAGE, cents.triage, runs, prices)

    def _claude(self, day: date, cents: int) -> Iterator[UsageRow]:
        if day == self._tuesday:
            label = Label("anthropic", "claude-code", OPUS)
            yield priced_row(day, label, _LONG_DAY, self._prices, failed=2)
            yield from claude_rows(day, Spent(sonnet=TUESDAY_SONNET), LONG_SESSIONS, self._prices)
            return
        opus = round(cents * (0.2 + 0.25 * self._draws.uniform("ana", "opus", day)))
        yield from claude_rows(day, Spent(opus=opus, sonnet=cents - opus), LONG_SESSIONS, self._prices)
