"""Asking one source, of usage or of finished work: what changes slowly, and how it answered."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import NamedTuple

import structlog

from bot.errors import ConnectorError, WorthwhileError
from bot.services import Services, Source
from storage import pulls
from storage.ids import source_id

log = structlog.get_logger()
Progress = Callable[[int, int], None]  # days done, of days asked for


class Synced(NamedTuple):
    """What came of asking one source; *failed* says why it did not answer. *rows* are everybody's."""

    source: str
    days: int
    rows: int
    seconds: float
    unmatched: int | None = None
    failed: str = ""


class Answer(NamedTuple):
    """What a source said: from which day on, of how many days, how many rows, and what could not be used."""

    first: date
    days: int
    rows: int
    flaws: Counter[str]


def instance_of(services: Services, source: Source) -> int:
    """Return the id of the source's own row, making it when it is new."""
    return services.database.writing(partial(source_id, kind=source.kind, name=source.name))


def provider_of(source: Source) -> str:
    """Return whose accounts the source names."""
    return source.provider or source.kind


def health(services: Services, instance: int) -> pulls.SourceHealth:
    """Return how a source is doing."""
    with services.database.reading() as session:
        return pulls.health_of(session, instance)


def days_due(services: Services, source: Source, instance: int, days: int | None) -> int:
    """Return for how many days back the source is asked: *days*, or as many as are due, never more than are kept."""
    due = days or source.windows.days_due(health(services, instance).last_success_at, services.now())
    return min(due, services.policy.retention.daily_days)


def is_first_of_the_day(services: Services, instance: int) -> bool:
    """Return whether the source has not answered yet today (UTC)."""
    last = health(services, instance).last_success_at
    return last is None or last.date() != services.now().date()


def without_holding_up(source: Source, due: bool, **parts: Callable[[], object]) -> Counter[str]:
    """Take what changes slowly, if it is *due*; return what the provider did not give, a line each.

    It does not hold the days up: a key that may not read it still brings them.
    """
    flaws: Counter[str] = Counter()
    for what, take in parts.items() if due else ():
        try:
            take()
        except ConnectorError as error:
            flaws[f"{what} not read: {error}"] += 1
        except WorthwhileError as error:
            log.warning("slow_part_failed", source=source.kind, part=what, error=type(error).__name__)
    return flaws


def answered(services: Services, source: Source, instance: int, ask: Callable[[], Answer]) -> Synced:
    """Ask, and remember how the source answered."""
    started = time.monotonic()
    database, now = services.database, services.now
    try:
        answer = ask()
    except ConnectorError as error:
        log.warning("source_failed", source=source.kind, permanent=error.permanent)
        reason = str(error)
        database.writing(lambda session: pulls.note_failure(session, instance, now(), reason))
        return Synced(source.kind, 0, 0, time.monotonic() - started, failed=reason)
    today = now().date()
    database.writing(lambda session: pulls.note_flaws(session, instance, answer.flaws, answer.first, today))
    database.writing(lambda session: pulls.note_success(session, instance, now()))
    unmatched = health(services, instance).unmatched_accounts
    return Synced(source.kind, answer.days, answer.rows, time.monotonic() - started, unmatched)
