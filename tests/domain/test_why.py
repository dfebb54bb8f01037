"""The arithmetic of a day's avoidable cost, worked out by hand, and said as one line with one option."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.pricing import Rates
from bot.domain.usage import UsageRow
from bot.domain.why import WhyLine, why_lines
from bot.views.why_lines import why_blocks
from tests.cast import row

# USD a million: new input, read, written for five minutes, for an hour, output
STANDARD = Rates(*(Decimal(price) / 1_000_000 for price in ("3", "0.30", "3.75", "6", "15")))
PRIORITY = Rates(*(rate * 2 for rate in STANDARD))
M = 1_000_000


def book(_provider: str, model: str, _day: date, tier: str) -> Rates | None:
    return None if model == "unpriced" else PRIORITY if tier == "priority" else STANDARD


def day(new: int, read: int, written: int = 0, hour: int = 0, out: int = 0, **changes: Any) -> UsageRow:
    counts = zip(
        ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "output_tokens"),
        (new, read, written, hour, out),
        strict=True,
    )
    return row(**{**dict(counts), "requests": 100, "failed_requests": 0, "billed_nano_usd": 10**10, **changes})


def line(*rows: UsageRow) -> tuple[str, int, int, int] | None:
    """Return the first line: its kind, its counts, and cents."""
    found = why_lines(rows, book)
    return (found[0].kind, found[0].number, found[0].of, found[0].nano_usd // 10**7) if found else None


@pytest.mark.parametrize(
    ("used", "told"),
    [
        # 70 % of 10 million read at a tenth of $3: 7 million × $2.70
        (day(10 * M, 0), ("sent_in_full", 100, 100, 18_90)),
        (day(6 * M, 4 * M), ("sent_in_full", 60, 100, 8_10)),
        (day(5 * M, 5 * M), None),
        (day(10 * M, 0, requests=2_001), None),  # short requests have nothing to keep
        (day(10 * M, 0, requests=49), None),
        (day(10 * M, 0, model="unpriced"), None),
        (day(10 * M, 0, output_tokens=None), None),
    ],
)
def test_text_that_is_sent_in_full(used: UsageRow, told: Any) -> None:
    assert line(used) == told


@pytest.mark.parametrize(
    ("used", "told"),
    [
        (day(0, 0, 4 * M, requests=10), ("written_unread", 4 * M, 0, 3_00)),
        (day(0, M // 2, 4 * M, requests=10), ("written_unread", 4 * M, M // 2, 1_65)),
        (day(0, 12 * M // 10, 4 * M, requests=10), None),  # three reads for ten written pay off
        (day(0, M, 0, 2 * M, requests=10), ("written_unread", 2 * M, M, 3_30)),
        (day(0, 24 * M // 10, 0, 2 * M, requests=10), None),
    ],
)
def test_writes_that_nobody_read(used: UsageRow, told: Any) -> None:
    assert line(used) == told


@pytest.mark.parametrize(
    ("failed", "asked", "told"),
    [(25, 100, ("failed", 25, 100, 2_50)), (24, 100, None), (19, 40, None), (None, 100, None), (25, None, None)],
)
def test_requests_that_failed(failed: int | None, asked: int | None, told: Any) -> None:
    assert line(day(M, 9 * M, failed_requests=failed, requests=asked)) == told


def test_a_job_at_a_priority_price_and_nobody_at_the_keyboard() -> None:
    used = day(M, 9 * M, out=M // 10, tier="priority")
    job: dict[str, Any] = {"run_kind": "schedule", "work": "nightly-triage"}

    assert line(used) is None
    assert line(day(M, 9 * M, out=M // 10, tier="priority", **job)) == ("priority", 100, 0, 7_20)
    assert line(day(M, 9 * M, out=M // 10, **job)) is None


def test_there_are_two_lines_at_most_the_larger_first_and_none_for_cents() -> None:
    rows = [day(number * M, 0, tool=f"tool-{number}") for number in range(1, 5)]

    assert [each.tool for each in why_lines(rows, book)] == ["tool-4", "tool-3"]
    assert why_lines([day(0, 0, M // 2, requests=10)], book) == []


def test_each_line_has_its_arithmetic_and_one_option() -> None:
    lines = [
        WhyLine(kind, "claude-code", "opus", "nightly" if kind == "priority" else "", 60, 100, 8 * 10**9)
        for kind in ("sent_in_full", "written_unread", "failed", "priority")
    ]
    texts = [block["text"]["text"] for block in why_blocks(lines)]

    assert all(text.count("*One option:*") == 1 and text.endswith("Your call.") and "$8.00" in text for text in texts)
    assert "60 of 100 input tokens were sent in full" in texts[0]
    assert "nightly, which ran on its own, ran at a priority price" in texts[3]
