"""A job that runs by the clock and mostly changes nothing (rule N7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.domain.hints.finding import Finding, claimed
from bot.domain.usage import BIT, UsageRow

WINDOW_DAYS: Final = 14
SHOWN_DAYS: Final = 28
LEAST_RUNS: Final = 5
LEAST_WITHOUT_PERCENT: Final = 80
# What the clock starts; a webhook or a sub-agent has a reason to run, and a dream is not meant to change anything.
BY_THE_CLOCK: Final = frozenset({"schedule", "heartbeat"})
_UNKNOWN_BITS: Final = BIT["runs"] | BIT["runs_with_result"]


@dataclass(slots=True)
class _Job:
    """One job's runs in the window and in the four weeks, and what it came to in the window."""

    runs: int = 0
    results: int = 0
    shown_runs: int = 0
    shown_results: int = 0
    billed_nano_usd: int | None = None
    is_known: bool = True
    source_ids: set[int] | None = None


def idle_schedules(rows: Iterable[UsageRow], today: date) -> list[Finding]:
    """Return the jobs of which at least four of five runs of the last 14 days had no result.

    A job counts only where its runs and results are known in full, and only from a source that has told
    of a result before: of one that never does, nothing can be said.
    """
    rows = [row for row in rows if row.day < today]
    telling = {row.source_id for row in rows if row.runs_with_result}
    first, shown_first = today - timedelta(days=WINDOW_DAYS), today - timedelta(days=SHOWN_DAYS)
    jobs: dict[tuple[str, str], _Job] = {}
    for row in rows:
        if row.run_kind in BY_THE_CLOCK and row.day >= shown_first and (row.work or row.tool):
            _add(jobs.setdefault((row.tool, row.work or row.tool), _Job()), row, telling, in_window=row.day >= first)
    found = [_finding(tool, name, job, today) for (tool, name), job in sorted(jobs.items())]
    return [finding for finding in found if finding is not None]


def _add(job: _Job, row: UsageRow, telling: set[int], *, in_window: bool) -> None:
    if row.runs is None or row.runs_with_result is None or row.partly_unknown & _UNKNOWN_BITS:
        # a second row of the same run, as of another model, may come without runs of its own
        job.is_known = job.is_known and not in_window
        return
    job.shown_runs += row.runs
    job.shown_results += row.runs_with_result
    if not in_window:
        return
    job.is_known = job.is_known and row.source_id in telling
    job.runs += row.runs
    job.results += row.runs_with_result
    if row.billed_nano_usd is not None:
        job.billed_nano_usd = (job.billed_nano_usd or 0) + row.billed_nano_usd


def _finding(tool: str, name: str, job: _Job, today: date) -> Finding | None:
    without = job.runs - job.results
    if not job.is_known or job.runs < LEAST_RUNS or without * 100 < LEAST_WITHOUT_PERCENT * job.runs:
        return None
    saving = None
    if job.billed_nano_usd is not None:
        saving = job.billed_nano_usd * without * (SHOWN_DAYS // WINDOW_DAYS) // job.runs
    values: dict[str, int | str] = {
        "tool": tool,
        "runs": job.runs,
        "runs_without_result": without,
        "runs_in_four_weeks": job.shown_runs,
        "results_in_four_weeks": job.shown_results,
    }
    if job.billed_nano_usd is not None:
        values["billed_nano_usd"] = job.billed_nano_usd
    first, last = today - timedelta(days=WINDOW_DAYS), today - timedelta(days=1)
    return Finding("idle_schedule", name, values, claimed(saving), first, last)
