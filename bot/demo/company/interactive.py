"""What people used at the keyboard on a day: Claude Code, Cursor and Codex, from cents to rows."""

from collections.abc import Iterator
from datetime import date
from math import exp
from typing import Final, NamedTuple

from msgspec import structs

from bot.demo.company.draws import Draws
from bot.demo.company.habits import Habits
from bot.demo.company.tokens import (
    CODEX,
    CODEX_SESSIONS,
    HAIKU,
    LONG_SESSIONS,
    OPUS,
    PREVIEW,
    SONNET,
    Label,
    Shape,
    priced_row,
    work_of,
)
from bot.domain.money import NANO_PER_USD
from bot.domain.pricing import PriceBook
from bot.domain.usage import UsageRow

CURSOR_SONNET: Final = "claude-4.5-sonnet"
CURSOR_OWN: Final = "composer-1"
_NANO_PER_CENT: Final = NANO_PER_USD // 100
_FAILED_EVERY: Final = 70  # about one request in so many fails
_GROWTH_A_WEEK: Final = 0.012
_GROWING_WEEKS: Final = 60


class Spent(NamedTuple):
    """Cents of a person's day by tool and model; Codex at list price."""

    opus: int = 0
    sonnet: int = 0
    haiku: int = 0
    cursor: int = 0
    codex: int = 0


def growth(day: date, start: date) -> float:
    """Return how much more is used on *day* than when the demo starts."""
    weeks = (day - start).days / 7
    return exp(_GROWTH_A_WEEK * max(-_GROWING_WEEKS, min(_GROWING_WEEKS, weeks)))


def spent_on(day: date, handle: str, habits: Habits, amount: float, draws: Draws) -> Spent:
    """Return what *handle* spends on a day that is *amount* of a usual one."""

    def cents(usd: float, tool: str) -> int:
        if not usd or not amount:
            return 0
        return round(100 * amount * draws.log_normal(usd, habits.day_log_sd, "day", tool, handle, day))

    claude = cents(habits.claude_usd, "claude-code")
    opus, haiku = round(claude * habits.opus), round(claude * habits.haiku)
    uses_codex = draws.happens(0.7, "codex today", handle, day)
    return Spent(
        opus=opus,
        sonnet=max(0, claude - opus - haiku),
        haiku=haiku,
        cursor=cents(habits.cursor_usd, "cursor"),
        codex=cents(habits.codex_usd, "codex") if uses_codex else 0,
    )


def claude_rows(day: date, spent: Spent, shape: Shape, prices: PriceBook) -> Iterator[UsageRow]:
    """Yield Claude Code's rows, billed per use at list price."""
    for model, cents in ((OPUS, spent.opus), (SONNET, spent.sonnet), (HAIKU, spent.haiku)):
        if cents:
            work = work_of(cents, model, shape)
            label = Label("anthropic", "claude-code", model)
            yield priced_row(day, label, work, prices, failed=work.requests // _FAILED_EVERY)


def cursor_row(day: date, cents: int, model: str, prices: PriceBook) -> UsageRow:
    """Return Cursor's row: its own cents; of its own model it tells no tokens."""
    label, billed = Label("cursor", "cursor", model), cents * _NANO_PER_CENT
    work = work_of(cents, SONNET, LONG_SESSIONS)
    if model == CURSOR_OWN:
        return UsageRow(
            day, label.source, 0, label.tool, model, "person", requests=work.requests, billed_nano_usd=billed
        )
    row = priced_row(day, label, work, prices)
    return structs.replace(row, billed_nano_usd=billed, list_value_nano_usd=None, list_value_by="")


def codex_rows(day: date, cents: int, *, preview: bool, prices: PriceBook) -> Iterator[UsageRow]:
    """Yield Codex's rows: nobody is billed, and of the model on trial nobody knows the price."""
    if cents:
        work = work_of(cents, CODEX, CODEX_SESSIONS)
        yield priced_row(day, Label("openai", "codex", CODEX), work, prices, billed=False)
    if preview:
        tried = work_of(90, PREVIEW, CODEX_SESSIONS)
        yield priced_row(day, Label("openai", "codex", PREVIEW), tried, prices, billed=False)
