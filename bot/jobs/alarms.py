"""Telling at once, of people who chose so: a job that runs away, or a day far above usual. At most one a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.due import after_quiet_hours, zone
from bot.domain.hints.choose import Shown, at_once
from bot.domain.hints.finding import Finding
from bot.domain.hints.keys import hint_key
from bot.domain.hints.rules import Known, running_away, spike_of
from bot.domain.hints.runaway import RecentRun
from bot.domain.hints.wishes import TOLD_AT_ONCE
from bot.domain.people import Viewer
from bot.jobs.kind import Payload, ToPerson
from bot.services import Services
from bot.views import hints as views
from bot.views.blocks import Message
from storage import recent_runs
from storage.hints import alarm_of, history_of, record
from storage.known_rows import read_known
from storage.people import by_person_id
from storage.planning import plan

ALARM: Final = "alarm"
# What arrived in so many minutes is looked at each minute, so that a tick that was missed loses nothing.
_NEWS: Final = timedelta(minutes=10)
_LATE: Final = timedelta(hours=2)


def run(services: Services) -> dict[str, int]:
    """Plan what is told at once; drop minutes of runs that are too old. Where nobody chose it, nothing is written."""
    now = services.now()
    oldest = now - timedelta(hours=services.policy.retention.raw_hours)
    with services.database.reading() as session:
        is_old = recent_runs.any_minutes_before(session, oldest)
        persons = recent_runs.persons_with_news(session, now - _NEWS)
    if is_old:
        services.database.writing(lambda session: recent_runs.drop_minutes_before(session, oldest))
    return {"planned": sum(_look(services, person_id, now) for person_id in persons)}


def _look(services: Services, person_id: int, now: datetime) -> int:
    """Plan what is found of one person's, if anything; return how many messages that is."""
    with services.database.reading() as session:
        viewer = by_person_id(session, person_id)
        found = _found(read_known(session, person_id, now, services.prices, services.overlaps))
        if viewer is None or at_once(found, history_of(session, person_id), now.date()) is None:
            return 0
    return services.database.writing(partial(_plan, viewer=viewer, found=found, now=now))


def _found(known: Known) -> list[Finding]:
    days = (spike_of(known, known.today - timedelta(days=back)) for back in (0, 1))
    return [*running_away(known), *(each for each in days if each is not None)]


def _plan(session: Session, viewer: Viewer, found: Sequence[Finding], now: datetime) -> int:
    """Remember what is shown, and plan its message, unless somebody else has done so."""
    today, person_id = now.date(), viewer.person_id
    finding = at_once(found, history_of(session, person_id), today)
    if finding is None:
        return 0
    # a run that runs away is told of at any hour, a dear day waits for the morning
    due_at = now if finding.kind == "runaway" else after_quiet_hours(now, viewer.tz)
    record(session, person_id, finding, "at once", today.isoformat(), today)
    payload = {"day": today.isoformat()}
    return plan(session, ALARM, today.isoformat(), [(person_id, due_at)], now, payload=payload)


def compose(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Return what the person is told; None where they have answered meanwhile, or the run has saved something."""
    now = services.now()
    with services.database.reading() as session:
        shown = alarm_of(session, viewer.person_id, date.fromisoformat(payload["day"]))
        known = read_known(session, viewer.person_id, now, services.prices, services.overlaps)
    if shown is None or shown.answer:
        return None
    key = hint_key(services.marks, viewer.person_id, shown.finding)
    if shown.finding.kind != "runaway":
        return views.alarm(shown.finding, key, now.date())
    run = _still_running(shown, known)
    if run is None:
        return None
    since = run.saved_nothing_since.astimezone(zone(viewer.tz))
    return views.alarm(shown.finding, key, now.date(), f"{since:%H:%M}")


def _still_running(shown: Shown, known: Known) -> RecentRun | None:
    """Return the run if it has saved nothing since it was found."""
    run = next((run for run in known.runs if run.run == shown.finding.word("run")), None)
    if run is None or run.last - run.saved_nothing_since < timedelta(
        minutes=shown.finding.number("minutes_without_result")
    ):
        return None
    return run


KIND: Final = ToPerson(compose, needs=TOLD_AT_ONCE, late=_LATE, at_night=True)
