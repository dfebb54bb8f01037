"""Deleting what is no longer kept: old days become months, leavers are erased."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from bot.services import Services
from storage import choices, finished_retention, hints, outbox, recent_runs, retention, use_case_retention
from storage.erasure import erase
from storage.people import by_person_id, left_before

# Pushed events are recognised for 35 days; older ones are refused at the door.
EVENT_DAYS = 35
_REQUEST_DAYS = 2
_MESSAGE_DAYS = 30
_HINT_DAYS = 180
# A month's gap can be told from its 10th day until the next month is over, once.
_ALERT_DAYS = 60
# Items are facts about repositories and projects.
_ITEM_MONTHS = 25
_LIBRARY_NAME_MONTHS = 13
_TAKEN_BACK_DAYS = 28


def run(services: Services) -> dict[str, int]:
    """Apply the policy's periods; running it again changes nothing."""
    now, rules = services.now(), services.policy.retention
    today = now.date()
    folded = _fold(services, today - timedelta(days=rules.daily_days))
    erased = _erase_leavers(services, today - timedelta(days=rules.leaver_days))
    oldest_month = _months_back(today, rules.monthly_months)
    database = services.database
    database.writing(lambda session: retention.drop_months_before(session, oldest_month))
    events_from = today - timedelta(days=EVENT_DAYS + 1)
    database.writing(lambda session: retention.drop_event_marks_before(session, events_from))
    # a series that is forgotten would count in full again: no value that old is taken
    database.writing(lambda session: retention.drop_series_before(session, events_from))
    kept_from = today - timedelta(days=rules.daily_days)
    database.writing(lambda session: retention.drop_unlinked_before(session, kept_from))
    _drop_finished(services, kept_from, oldest_month)
    database.writing(retention.drop_orphans)
    seen_at, alerts_at = now - timedelta(days=_REQUEST_DAYS), now - timedelta(days=_ALERT_DAYS)
    database.writing(lambda session: choices.drop_seen_before(session, seen_at, alerts_at=alerts_at))
    database.writing(lambda session: outbox.drop_planned_before(session, now - timedelta(days=_MESSAGE_DAYS)))
    _drop_hints(services)
    _forget_library_names(services)
    return {"rows_folded": folded, "leavers_erased": erased}


def _forget_library_names(services: Services) -> None:
    """Let the library's answers count on without names, and drop what authors took back."""
    today, database = services.now().date(), services.database
    names_from = _months_back(today, _LIBRARY_NAME_MONTHS)
    database.writing(lambda session: use_case_retention.drop_names_before(session, names_from))
    taken_back_from = today - timedelta(days=_TAKEN_BACK_DAYS)
    database.writing(lambda session: use_case_retention.drop_withdrawn_before(session, taken_back_from))


def _drop_hints(services: Services) -> None:
    """Drop hints that were shown long ago, and runs by the minute that the clock has not dropped already."""
    now, hours = services.now(), services.policy.retention.raw_hours
    hints_from, minutes_from = now.date() - timedelta(days=_HINT_DAYS), now - timedelta(hours=hours)
    services.database.writing(lambda session: hints.drop_hints_before(session, hints_from))
    services.database.writing(lambda session: recent_runs.drop_minutes_before(session, minutes_from))


def _drop_finished(services: Services, titles_from: date, outcomes_from: date) -> None:
    """Drop what is no longer kept of finished work: titles first, then items, then whose they were."""
    database = services.database
    items_from = _months_back(services.now().date(), _ITEM_MONTHS)
    marked_from = datetime.combine(outcomes_from, time(), UTC)
    database.writing(lambda session: finished_retention.empty_titles_before(session, titles_from))
    database.writing(lambda session: finished_retention.drop_stated_before(session, titles_from))
    database.writing(lambda session: finished_retention.drop_items_before(session, items_from))
    database.writing(lambda session: finished_retention.drop_outcomes_before(session, outcomes_from, marked_from))


def _fold(services: Services, cutoff: date) -> int:
    with services.database.reading() as session:
        persons = retention.persons_with_days_before(session, cutoff)
    folded = 0
    for person_id in persons:
        with services.database.reading() as session:
            viewer = by_person_id(session, person_id)
        if viewer is not None:
            folded += services.database.writing(
                partial(retention.fold_into_months, viewer=viewer, cutoff=cutoff, overlaps=services.overlaps)
            )
    return folded


def _erase_leavers(services: Services, before: date) -> int:
    with services.database.reading() as session:
        leavers = left_before(session, before)
    today = services.now().date()
    for person_id in leavers:
        services.database.writing(partial(erase, person_id=person_id, marks=services.marks, today=today))
    return len(leavers)


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
