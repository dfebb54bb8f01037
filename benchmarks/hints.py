"""Hints: every rule over 15 weeks of rows, counted once and chosen from, person by person on one core."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from time import process_time
from typing import Final

from benchmarks.sent import NOW
from benchmarks.table import Row
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.domain.allowance import Allowance, Stated
from bot.domain.counting import count_once
from bot.domain.hints.choose import History, asked_for, unasked
from bot.domain.hints.rules import Known, find_all
from bot.domain.people import Delivered
from bot.domain.usage import RunKind, UsageRow

_PEOPLE: Final = 10_000
_DAYS: Final = 105
_TODAY: Final = NOW.date()
_USD: Final = 10**9
# tool, model, what started it, job, USD on a usual day
_LINES: Final[tuple[tuple[str, str, RunKind, str, float], ...]] = (
    ("claude-code", "claude-opus-4-5", "person", "", 3.0),
    ("claude-code", "claude-sonnet-4-5", "person", "", 4.0),
    ("cursor", "claude-4.5-sonnet", "person", "", 1.5),
    ("meshclaw", "claude-sonnet-4-5", "schedule", "nightly-triage", 1.0),
    ("meshclaw", "claude-haiku-4-5", "heartbeat", "inbox-watch", 0.5),
)


def main() -> list[Row]:
    """Measure and return the row of the table."""
    return [measured(_PEOPLE)]


def measured(people: int) -> Row:
    """Look at so many people, each with rows, a budget and an allowance of their own."""
    prices, overlaps, chance = price_book(None), load_overlaps(None), random.Random(5)
    told, rows_seen, began_on = 0, 0, _TODAY - timedelta(days=_DAYS)
    deliveries = [Delivered("anthropic", 1, "company", began_on, _TODAY, NOW)]
    month = (_TODAY.replace(day=1), _TODAY.replace(day=28))
    seconds = 0.0
    for _ in range(people):
        rows = list(_rows(chance))
        rows_seen += len(rows)
        stated = Stated("anthropic", Allowance(200 * _USD, 120 * _USD, *month), NOW)
        began = process_time()
        known = Known(count_once(rows, overlaps).counted, NOW, prices, deliveries, 150 * _USD, [stated])
        found = find_all(known)
        told += asked_for(found, History(), _TODAY) is not None
        unasked(found, History(), _TODAY, known_from=began_on, is_complete=True)
        seconds += process_time() - began
    assert told, "nobody has a hint: nothing is measured"
    what = f"all hints for {people:,} people with 15 weeks of rows ({rows_seen // people} each), one core"
    return Row(what, f"{seconds:.1f} s", "< 60 s")


def _rows(chance: random.Random) -> Iterator[UsageRow]:
    """Yield somebody's days, more or less dear than another's; jobs run every day, people on weekdays."""
    level = chance.lognormvariate(0, 1)
    for back in range(1, _DAYS + 1):
        day = _TODAY - timedelta(days=back)
        for tool, model, kind, work, usd in _LINES:
            if day.weekday() < 5 or work:
                yield _row(day, (tool, model, kind, work), usd * level * chance.lognormvariate(0, 0.6), chance)


def _row(day: date, line: tuple[str, str, RunKind, str], usd: float, chance: random.Random) -> UsageRow:
    tool, model, kind, work = line
    tokens = int(usd * 50_000)
    return UsageRow(
        day, "anthropic", 1, tool, model, kind, work,
        uncached_input_tokens=tokens, cache_read_tokens=tokens * 9, cache_write_tokens=tokens // 2,
        cache_write_1h_tokens=0, output_tokens=tokens // 5, requests=1 + tokens // 1_000, failed_requests=0,
        runs=1 if work else None, runs_with_result=int(chance.random() < 0.3) if work else None,
        billed_nano_usd=int(usd * _USD), list_value_nano_usd=int(usd * _USD), list_value_by="price list",
    )  # fmt: skip


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<95} {row.figure:>12}   {row.bar}")
