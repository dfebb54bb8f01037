"""A run that started on its own, costs far more than its job usually does, and saves nothing (rule N1)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from bot.domain.hints.finding import Finding, claimed
from bot.domain.money import NANO_PER_USD
from bot.domain.summary import Lane
from bot.domain.usage import ON_ITS_OWN, UsageRow

LEAST_COST_NANO_USD: Final = 10 * NANO_PER_USD
TIMES_USUAL: Final = 6
NEW_JOB_NANO_USD_AN_HOUR: Final = 10 * NANO_PER_USD
WITHOUT_PROGRESS: Final = timedelta(minutes=30)
HISTORY_DAYS: Final = 56
# Of a job that ran on fewer days nothing is usual yet.
_LEAST_DAYS: Final = 3
# A run that has told of nothing for so long is over, or its events came late.
_ALIVE_FOR: Final = timedelta(minutes=30)
_HOUR: Final = timedelta(hours=1)
_SAVED_HOURS: Final = 2
# Sources that tell of a run what its client happens to say, and not whether it came to something.
TELEMETRY: Final = frozenset({"otel", "otel-metrics"})
_NUMBERS: Final = re.compile(r"\d+|\b[0-9a-f]{6,}\b")


@dataclass(frozen=True, slots=True)
class RecentRun:
    """One run as its events told it: what it came to minute by minute in one lane, the oldest first.

    *last_progress* is the last minute in which something was saved, finished or said by a person.
    """

    source: str
    tool: str
    work: str
    run: str
    run_kind: str
    lane: Lane
    minutes: tuple[tuple[datetime, int], ...]
    last_progress: datetime | None = None

    @property
    def began(self) -> datetime:
        """Return the first minute that it told of."""
        return self.minutes[0][0]

    @property
    def last(self) -> datetime:
        """Return the last minute that it told of."""
        return self.minutes[-1][0]

    @property
    def saved_nothing_since(self) -> datetime:
        """Return since when it has told of nothing saved or finished."""
        return max(self.began, self.last_progress) if self.last_progress else self.began


def runaway(run: RecentRun, rows: Iterable[UsageRow], now: datetime) -> Finding | None:
    """Return *run* if it runs away as of *now*; *rows* are the person's days, from which the job's usual cost is told.

    An earlier run counts as if it had spent everything within an hour: never an alarm too many.
    """
    cost = sum(nano for _, nano in run.minutes)
    without = run.last - run.saved_nothing_since
    if run.run_kind not in ON_ITS_OWN or cost < LEAST_COST_NANO_USD or without < WITHOUT_PROGRESS:
        return None
    if not -_ALIVE_FOR <= now - run.last <= _ALIVE_FOR:
        return None
    an_hour = sum(nano for minute, nano in run.minutes if minute > run.last - _HOUR)
    usual = usual_run_costs(run, rows)
    bar = TIMES_USUAL * _ninth_tenth(usual) if usual else NEW_JOB_NANO_USD_AN_HOUR
    if an_hour < bar:
        return None
    day = run.began.date()
    values: dict[str, int | str] = {
        "source": run.source,
        "tool": run.tool,
        "run": run.run,
        "lane": run.lane,
        "cost_nano_usd": cost,
        "minutes": _minutes(run.last - run.began),
        "minutes_without_result": _minutes(without),
        "last_hour_nano_usd": an_hour,
        "days_before": len(usual),
    }
    if usual:
        # telemetry counts no runs: there all of a day is the measure
        values["usual_day_nano_usd" if run.source in TELEMETRY else "usual_run_nano_usd"] = int(median(usual))
    saving = claimed(an_hour * _SAVED_HOURS) if run.lane == "billed" else None
    return Finding("runaway", run.work or run.tool, values, saving, day, run.last.date())


def usual_run_costs(run: RecentRun, rows: Iterable[UsageRow]) -> list[int]:
    """Return what a run of the same job (where runs are not counted, all of it) came to on each day before.

    In nano-USD; empty of a job that is new.

    A job that is renamed daily is the same one: numbers in its name do not count.
    """
    began, family = run.began.date(), _family(run.work or run.tool)
    name = "billed_nano_usd" if run.lane == "billed" else "list_value_nano_usd"
    days: dict[date, list[int]] = {}
    for row in rows:
        value: int | None = getattr(row, name)
        if not timedelta(0) < began - row.day <= timedelta(days=HISTORY_DAYS) or value is None:
            continue
        if row.tool == run.tool and row.ran_on_its_own and _family(row.work or row.tool) == family:
            sums = days.setdefault(row.day, [0, 0])
            sums[0] += value
            sums[1] += row.runs or 0
    costs = [cost // max(1, runs) for cost, runs in days.values() if cost > 0]
    return costs if len(costs) >= _LEAST_DAYS else []


def _ninth_tenth(costs: Sequence[int]) -> int:
    ordered = sorted(costs)
    return ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]


def _family(job: str) -> str:
    return _NUMBERS.sub("#", job)


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
