"""The jobs on MeshClaw, Larkfield's made-up agent platform, that run on their own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from msgspec import structs

from bot.demo.company.draws import Draws
from bot.demo.company.tokens import AGENT, HAIKU, NEVER_REREAD, OPUS, SONNET, Label, Shape, priced_row, work_of
from bot.domain.pricing import PriceBook
from bot.domain.usage import RunKind, UsageRow

NIGHTLY_TRIAGE: Final = "nightly-triage"
RUNAWAY_JOB: Final = "dependency-bump"
RUNAWAY_OWNER: Final = "dag"
UNOWNED: Final = "build-farm"  # an account that belongs to nobody
_RUNAWAY_CENTS: Final = 4_760
RUNAWAY_BEGAN: Final = time(2, 10)
_EVERY_DAY: Final = range(7)
_WEEKDAYS: Final = range(5)
_FRIDAY: Final = range(4, 5)


class Job(NamedTuple):
    """A job: whose, what starts it, on which model, what a run costs, and how often one changes something."""

    work: str
    owner: str
    run_kind: RunKind
    model: str
    cents_a_run: float
    runs_a_day: int
    result: float
    days: range = _WEEKDAYS
    failed: float = 0.02
    shape: Shape = AGENT


JOBS: Final = (
    Job(RUNAWAY_JOB, RUNAWAY_OWNER, "schedule", SONNET, 95, 1, 0.45, _EVERY_DAY),
    Job("flaky-sweep", "rui", "schedule", SONNET, 140, 2, 0.7),
    Job("release-notes", "mo", "schedule", SONNET, 85, 1, 1.0, _FRIDAY),
    Job("inbox-watch", "noor", "heartbeat", HAIKU, 3.5, 24, 0.03, _EVERY_DAY),
    Job("queue-watch", "caleb", "heartbeat", HAIKU, 2, 96, 0.02, _EVERY_DAY),
    Job("memory-tidy", "teo", "dream", SONNET, 55, 1, 0.0, _EVERY_DAY),
    # writes to the cache for an hour what no later run reads
    Job("schema-drift", "hugo", "schedule", SONNET, 120, 1, 0.4, shape=NEVER_REREAD._replace(written_for_an_hour=True)),
    Job("doc-sync", "elif", "schedule", HAIKU, 30, 1, 0.5),
    Job("retry-build", "emre", "webhook", SONNET, 60, 7, 0.5, failed=0.38),
    Job("crash-sorter", "aoife", "webhook", SONNET, 45, 4, 0.45),
    Job("ticket-to-test", "carla", "webhook", SONNET, 40, 3, 0.5),
    Job("review-swarm", "greta", "subagent", OPUS, 190, 3, 0.6),
    Job("canary-reader", "account-115", "heartbeat", HAIKU, 6, 48, 0.05, _EVERY_DAY),
    Job("screenshot-diff", "account-090", "schedule", SONNET, 180, 4, 0.3),
    Job("link-checker", "account-088", "schedule", HAIKU, 12, 1, 0.3),
    Job("dead-code-sweep", "account-095", "schedule", SONNET, 110, 1, 0.5),
    Job("contract-drift", "account-109", "webhook", SONNET, 35, 3, 0.4),
    Job("log-gardener", "account-122", "schedule", HAIKU, 20, 1, 0.35, _EVERY_DAY),
    Job("lint-report", "account-063", "schedule", HAIKU, 9, 1, 0.3),
    Job("changelog-draft", "account-065", "schedule", HAIKU, 14, 1, 0.5),
    Job("stale-branches", "account-068", "schedule", HAIKU, 8, 1, 0.25),
    Job("licence-check", "account-071", "schedule", HAIKU, 11, 1, 0.4),
    Job("test-names", "account-075", "schedule", HAIKU, 7, 1, 0.3),
    Job("image-sizes", "account-078", "schedule", HAIKU, 12, 1, 0.35),
    Job("todo-reader", "account-086", "schedule", HAIKU, 10, 1, 0.2),
    Job("error-digest", "account-092", "schedule", HAIKU, 16, 1, 0.5),
    Job("schema-notes", "account-096", "schedule", HAIKU, 9, 1, 0.45),
    Job("release-tags", "account-101", "schedule", HAIKU, 8, 1, 0.3),
    Job("flag-cleaner", "account-104", "schedule", HAIKU, 13, 1, 0.4),
    Job("query-watch", "account-108", "schedule", HAIKU, 11, 1, 0.25),
    Job("typo-hunter", "account-113", "schedule", HAIKU, 10, 1, 0.35),
    Job("build-repair", UNOWNED, "service", SONNET, 130, 16, 0.5, _EVERY_DAY),
)


def runaway_day(start: date) -> date:
    """Return the last Wednesday before *start*, on which Dag's agent did not stop."""
    return start - timedelta(days=(start.weekday() - 2) % 7 or 7)


def runaway_began(start: date) -> datetime:
    """Return when it began, for what watches live events; days alone do not tell."""
    return datetime.combine(runaway_day(start), RUNAWAY_BEGAN, tzinfo=UTC)


def job_rows(day: date, start: date, amount: float, draws: Draws, prices: PriceBook) -> Iterator[tuple[str, UsageRow]]:
    """Yield the owner's handle and the row of every job that ran on *day*, at *amount* of its usual cost."""
    for job in JOBS:
        if job.work == RUNAWAY_JOB and day == runaway_day(start):
            yield job.owner, job_row(day, job, _RUNAWAY_CENTS, (1, 0), prices)
        elif day.weekday() in job.days:
            runs = _around(job.runs_a_day, draws.uniform("runs", job.work, day))
            results = sum(draws.happens(job.result, "result", job.work, day, run) for run in range(runs))
            cost = runs * job.cents_a_run * amount * draws.log_normal(1.0, 0.2, "cost", job.work, day)
            yield job.owner, job_row(day, job, max(1, round(cost)), (runs, results), prices)


def _around(usual: int, chance: float) -> int:
    """Return a number of runs near the usual one; a job that runs once runs once."""
    return usual if usual == 1 else max(1, round(usual * (0.8 + 0.4 * chance)))


def job_row(day: date, job: Job, cents: int, runs: tuple[int, int], prices: PriceBook) -> UsageRow:
    """Return the row of a job's *runs* (and runs with a result) of a day that came to *cents*."""
    work = work_of(cents, job.model, job.shape)
    label = Label("meshclaw", "meshclaw", job.model, job.run_kind, job.work)
    row = priced_row(day, label, work, prices, failed=round(work.requests * job.failed))
    return structs.replace(row, runs=runs[0], runs_with_result=runs[1])
