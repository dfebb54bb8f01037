"""One person's days as the rules of hints read them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.hints.finding import Finding, HintKind
from bot.domain.hints.rules import Known, find_all
from bot.domain.hints.runaway import RecentRun
from bot.domain.people import Delivered
from bot.domain.usage import UsageRow
from tests.cast import T0, TODAY, row
from tests.senders import PRICES

USD = 10**9
ALWAYS = Delivered("anthropic", 1, "company", TODAY - timedelta(days=105), TODAY, T0)
NIGHT = datetime(2026, 11, 18, 2, 10, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def paid(back: int, usd: float, **changes: Any) -> UsageRow:
    """Return a day that was billed."""
    return row(**{"day": ago(back), "source": "anthropic", "billed_nano_usd": round(usd * USD)} | changes)


def usual(first: int = 60, last: int = 1, usd: float = 8.0) -> list[UsageRow]:
    """Return ordinary weekdays, from *first* to *last* days ago."""
    days = (back for back in range(first, last - 1, -1) if ago(back).weekday() < 5)
    return [paid(back, usd * (0.8 + 0.1 * (back % 5))) for back in days]


def night(back: int, *, result: int = 0, usd: float = 1.0, **changes: Any) -> UsageRow:
    """Return a night's run of a job."""
    told = {"run_kind": "schedule", "work": "nightly-triage", "tool": "meshclaw", "runs": 1, "runs_with_result": result}
    return paid(back, usd, **told | {"source": "meshclaw", "source_id": 2} | changes)


def nights(first: int = 28, last: int = 1, *, results: Iterable[int] = (13,), **changes: Any) -> list[UsageRow]:
    return [night(back, result=int(back in set(results)), **changes) for back in range(first, last - 1, -1)]


def calls(back: int, requests: int = 60, tokens: int = 1_400, answers: int = 180, **changes: Any) -> UsageRow:
    """Return a day of calls on a large model, each so long on average."""
    kinds = {
        "model": "claude-opus-4-5",
        "uncached_input_tokens": tokens * requests,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "cache_write_1h_tokens": 0,
        "output_tokens": answers * requests,
        "requests": requests,
    }
    return paid(back, requests * 0.0115, **kinds | changes)


def a_run(*nano_by_minute: int, begins: datetime = NIGHT, progress: int | None = None, **changes: Any) -> RecentRun:
    """Return a run that told of a cost each minute; *progress* is the last minute with a result."""
    minutes = tuple((begins + timedelta(minutes=number), nano) for number, nano in enumerate(nano_by_minute))
    last = None if progress is None else begins + timedelta(minutes=progress)
    told = {"source": "push", "tool": "meshclaw", "work": "dependency-bump", "run": "ab", "run_kind": "schedule"}
    return RecentRun(**told | {"lane": "billed", "minutes": minutes, "last_progress": last} | changes)


def known(rows: Iterable[UsageRow] = (), **changes: Any) -> Known:
    told: dict[str, Any] = {"rows": list(rows), "now": T0, "prices": PRICES, "deliveries": [ALWAYS]}
    return Known(**told | changes)


def kinds(found: Known) -> list[HintKind]:
    return sorted(each.kind for each in find_all(found))


def a_finding(
    kind: HintKind = "idle_schedule", usd: float | None = 20, subject: str = "job", **changes: Any
) -> Finding:
    told: dict[str, Any] = {"evidence": {}, "first": ago(14), "last": ago(1)}
    return Finding(kind, subject, saving_nano_usd=None if usd is None else round(usd * USD), **told | changes)
