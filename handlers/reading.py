"""What the database knows of one person's period: usage, finished work, and how far the sources reach."""

from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.counting import count_once
from bot.domain.people import Delivered, Standing, Viewer, awaited
from bot.domain.period import Period
from bot.domain.usage import UsageRow
from bot.domain.weekly import Span
from bot.services import Services
from bot.views.outcomes import OwnWork
from handlers.outcomes import first_day_used, outcomes_of, own_work, read_finished
from handlers.own_cost import Split, split
from storage.choices import settings_of
from storage.links import links_of
from storage.usage import deliveries_for, months_of, usage_of


class Read(NamedTuple):
    """A period and the one before it, counted once and without the jobs that the person shares."""

    rows: Split  # the period's, those of shared jobs apart
    earlier: list[UsageRow]
    this_month: list[UsageRow]
    deliveries: list[Delivered]
    awaited: list[str]  # kinds of sources that are asked for this person and have not delivered yet
    choices: dict[str, str]
    work: OwnWork
    has_shared_unnamed: bool  # days of which no job's name is kept, though the person shares some

    @property
    def delivered(self) -> Span | None:
        """From which to which day sources have reported."""
        if not self.deliveries:
            return None
        return min(each.first_day for each in self.deliveries), max(each.last_day for each in self.deliveries)


def read_period(session: Session, viewer: Viewer, period: Period, today: date, services: Services) -> Read:
    """Return everything that is known of *period* for the person who asks."""
    finished = read_finished(session, viewer, today)
    before, month_start = period.previous(), today.replace(day=1)
    first = min(before.first, month_start, first_day_used(finished, period, today, services))
    rows = count_once(usage_of(session, viewer.person_id, first, max(period.last, today)), services.overlaps).counted
    deliveries = deliveries_for(session, viewer.person_id)
    outcomes = outcomes_of(finished, rows, deliveries, period, today)
    months = _months(session, viewer, period, today, services)
    apart = split([*rows, *months], finished.marks)
    return Read(
        rows=apart.within(period.first, period.last),
        earlier=[row for row in apart.own if before.first <= row.day <= before.last],
        this_month=[row for row in apart.own if row.day >= month_start],
        deliveries=deliveries,
        awaited=_awaited(session, viewer, deliveries, services),
        choices=settings_of(session, viewer.person_id),
        work=own_work(session, viewer, services, finished, outcomes),
        has_shared_unnamed=bool(months and finished.marks.shared_jobs),
    )


def _months(session: Session, viewer: Viewer, period: Period, today: date, services: Services) -> list[UsageRow]:
    """Return what remains of a month whose days are no longer all kept."""
    if period.kind == "month" and period.first < _kept_from(today, services):
        return months_of(session, viewer.person_id, period.first, period.last)
    return []


def _kept_from(today: date, services: Services) -> date:
    return today - timedelta(days=services.policy.retention.daily_days)


def _awaited(session: Session, viewer: Viewer, deliveries: list[Delivered], services: Services) -> list[str]:
    """Return the kinds of sources that know this person and have not delivered yet: a sum lacks them."""
    if viewer.standing is Standing.PAUSED or not services.sources:
        return []
    return awaited(services.asked, links_of(session, viewer.person_id), deliveries)


def is_whole(period: Period, read: Read, today: date, services: Services) -> bool:
    """Return whether days are kept and delivered for the whole of a period."""
    return period.first >= _kept_from(today, services) and any(d.first_day <= period.first for d in read.deliveries)
