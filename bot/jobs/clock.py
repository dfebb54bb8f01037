"""The ticker: the database says what is due, a claimed slot makes it happen once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.jobs import (
    alarms,
    digests,
    reconcile,
    report,
    retention,
    ruling,
    sealing,
    sync,
    team_digests,
    use_cases,
    user_groups,
)
from bot.jobs.announcing import announce_back_fills
from bot.jobs.watching import Watching
from bot.measuring.counters import PULLS, PULLS_FAILED, TICKS, TICKS_FAILED
from bot.services import Services, Source
from storage.choices import take_slot

log = structlog.get_logger()

Job = Callable[[Services], dict[str, int]]
JOBS: Final[Mapping[str, Job]] = {
    "digests": digests.run,
    "directory": user_groups.run_after_directory,
    "report": report.run,
    "retention": retention.run,
    "sync": sync.run,
    "team-digests": team_digests.run,
    "use-cases": use_cases.run,
}
# Comparing with bills and closing the log are no verbs of their own; the first follows the day's first sync.
_NIGHTLY: Final[Mapping[str, Job]] = {**JOBS, "reconcile": reconcile.run, "sealing": sealing.run}
_AT_ONCE: Final = 32  # every source may be slow at the same time
# The hour of the UTC day from which a nightly job is due.
_NIGHTLY_FROM: Final = {"directory": 1, "retention": 2, "reconcile": 3, "sealing": 4}


def start_clock(services: Services, each_minute: Callable[[], None]) -> BackgroundScheduler:
    """Start a ticker in this process; every replica has one, and a slot is taken by one of them."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(_AT_ONCE)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for each in ticks(services):
        scheduler.add_job(each, "interval", minutes=1)
    scheduler.add_job(lambda: _guarded("each_minute", each_minute, services), "interval", minutes=1)
    scheduler.start()
    return scheduler


def ticks(services: Services) -> list[Callable[[], None]]:
    """Return everything that is looked at each minute, one by one: what is slow holds up nothing else."""
    nightly = [partial(tick_nightly, services, name) for name in _NIGHTLY_FROM]
    asked = [partial(tick_source, services, source) for source in services.all_sources]
    return [
        *nightly,
        partial(tick_digests, services),
        partial(tick_team_digests, services),
        partial(tick_use_cases, services),
        partial(tick_report, services),
        partial(tick_rules, services),
        partial(tick_alarms, services),
        partial(tick_watching, services, Watching()),
        *asked,
    ]


def tick_nightly(services: Services, name: str) -> None:
    """Run a nightly job if its hour has come and nobody has taken its slot yet."""
    now = services.now()
    if now.hour >= _NIGHTLY_FROM[name]:
        _guarded(name, partial(_take_and_run, name, now.date().isoformat(), _NIGHTLY[name], now, services), services)


def tick_digests(services: Services) -> None:
    """Plan the weekly notes that are due once an hour."""
    now = services.now()
    _guarded("digests", partial(_take_and_run, "digests", f"{now:%Y-%m-%dT%H}", digests.run, now, services), services)


def tick_team_digests(services: Services) -> None:
    """Release the digests of teams that are due, every five minutes: at their hour, not up to an hour before."""
    now = services.now()
    slot = f"{now:%Y-%m-%dT%H}:{now.minute // 5 * 5:02}"
    _guarded("team-digests", partial(_take_and_run, "team-digests", slot, team_digests.run, now, services), services)


def tick_use_cases(services: Services) -> None:
    """Plan what the library has due once an hour."""
    now = services.now()
    slot = f"{now:%Y-%m-%dT%H}"
    _guarded("use-cases", partial(_take_and_run, "use-cases", slot, use_cases.run, now, services), services)


def tick_report(services: Services) -> None:
    """Make the organisation's report when it is due, and look at the month's budget, once an hour."""
    now = services.now()
    _guarded("report", partial(_take_and_run, "report", f"{now:%Y-%m-%dT%H}", report.run, now, services), services)


def tick_rules(services: Services) -> None:
    """Obey rules that have come into force; every replica looks for itself."""
    _guarded("rules", partial(ruling.keep_up, services), services)


def tick_alarms(services: Services) -> None:
    """Plan what people chose to be told at once; whichever replica finds it first does."""
    _guarded("alarms", partial(alarms.run, services), services)


def tick_watching(services: Services, watching: Watching) -> None:
    """Tell the operators what needs a look; every replica looks for itself, and each thing is told once a day."""
    _guarded("watching", partial(watching.look, services), services)


def tick_source(services: Services, source: Source) -> None:
    """Ask *source* once an hour; every source has its own claim, so that replicas share them."""
    now = services.now()
    claim = f"sync {source.kind}/{source.name}"
    _guarded(claim, partial(_take_and_ask, claim, f"{now:%Y-%m-%dT%H}", now, services, source), services)


def _take_and_ask(claim: str, slot: str, now: datetime, services: Services, source: Source) -> None:
    if services.database.writing(lambda session: take_slot(session, claim, slot, now)):
        done = sync.sync_any(services, source)
        services.measures.count(PULLS, source.kind)
        log.info("source_asked", source=source.kind, days=done.days, rows=done.rows, failed=bool(done.failed))
        if done.failed:
            services.measures.count(PULLS_FAILED, source.kind)
        else:
            announce_back_fills(services)


def _take_and_run(name: str, slot: str, job: Job, now: datetime, services: Services) -> None:
    if services.database.writing(lambda session: take_slot(session, name, slot, now)):
        counts = job(services)
        log.info("job_done", job=name, **counts)


def _guarded(name: str, work: Callable[[], Any], services: Services) -> None:
    job = name.partition(" ")[0]  # of a source's claim without which source
    services.measures.count(TICKS, job)
    try:
        work()
    except Exception:  # the other boundary: one failing job stops neither the ticker nor the others
        services.measures.count(TICKS_FAILED, job)
        log.exception("job_failed", job=name)
