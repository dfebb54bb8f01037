"""A file of ccusage whose figures are known to the cent, and where each of them must show up."""

from datetime import date, timedelta
from typing import Any

from tests.cast import TODAY
from tests.senders import breakdown, by_agent, ccusage_file

OPUS, SONNET, CODEX = "claude-opus-4-5", "claude-sonnet-4-5", "gpt-5.1-codex"


def days_back(first: int, last: int, today: date = TODAY) -> bytes:
    """Return a file of the days from *first* to *last* days ago: $1.10 on one tool and $0.25 on another, each."""
    return ccusage_file(*(day_of(today - timedelta(days=back)) for back in range(first, last + 1)))


def day_of(day: date, opus_usd: float = 1.0) -> dict[str, Any]:
    """Return one day: Opus at *opus_usd*, ten cents of Sonnet, and a quarter on Codex."""
    claude = [
        breakdown(OPUS, (1_001, 400_000, 30_000, 5_000), opus_usd),
        breakdown(SONNET, (101, 20_000, 300, 400), 0.10),
    ]
    return by_agent(day, {"claude": claude, "codex": [breakdown(CODEX, (1_000, 2_000, 0, 500), 0.25)]})


def dear_day(day: date) -> dict[str, Any]:
    """Return a day of which the list price explains every cent: 41 million tokens read again on Opus."""
    tokens = (10_000, 41_000_000, 400_000, 60_000)  # at $5, $0.50, $6.25 and $25 a million
    return by_agent(day, {"claude": [breakdown(OPUS, tokens, 24.55)]})
