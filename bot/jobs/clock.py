"""The ticker: the database says what is due, a claimed slot makes it happen once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot.jobs import directory, retention, sync
from bot.services import Services
from storage.choices import take_slot

log = structlog.get_logger()

Job = Callable[[Services], dict[str, int]]
JOBS: Final[Mapping[str, Job]] = {"directory": directory.run, "retention": retention.run, "sync": sync.run}
# The hour of the UTC day from which a nightly job is due.
_NIGHTLY_FROM: Final = {"directory": 1, "retention": 2}
_HOURLY: Final = ("sync",)


def start_clock(services: Services, each_minute: Callable[[], None]) -> BackgroundScheduler:
    """Start a ticker in this process; every replica has one, and a slot is taken by one of them."""
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(lambda: tick(services), "interval", minutes=1)
    scheduler.add_job(lambda: _guarded("each_minute", each_minute), "interval", minutes=1)
    scheduler.start()
    return scheduler


def tick(services: Services) -> None:
    """Run the jobs that are due and that nobody has taken yet."""
    now = services.now()
    for name, hour in _NIGHTLY_FROM.items():
        if now.hour >= hour:
            _guarded(name, partial(_take_and_run, name, now.date().isoformat(), now, services))
    for name in _HOURLY:
        _guarded(name, partial(_take_and_run, name, f"{now:%Y-%m-%dT%H}", now, services))


def _take_and_run(name: str, slot: str, now: datetime, services: Services) -> None:
    if services.database.writing(lambda session: take_slot(session, name, slot, now)):
        counts = JOBS[name](services)
        log.info("job_done", job=name, **counts)


def _guarded(name: str, work: Callable[[], Any]) -> None:
    try:
        work()
    except Exception:  # the other boundary: one failing job stops neither the ticker nor the others
        log.exception("job_failed", job=name)
