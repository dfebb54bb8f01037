"""The sources: what their keys may read, how fresh they are, what they could not give, how they stand to the bill."""

from collections.abc import Iterator
from functools import partial

from sqlmodel import Session

from bot.connectors.finished import WorkSource
from bot.doctor.guarding import carried_out
from bot.services import Services, Source
from bot.sources import KNOWN, WORK_KNOWN
from bot.views import doctor_sources as views
from bot.views.doctor import Line
from bot.views.wording import provider_name
from storage import bills, pulls
from storage.finished import last_finished_day


def source_lines(services: Services) -> Iterator[Line]:
    """Yield what is found of each connected source, then what would connect the others."""
    for source in services.all_sources:
        name = provider_name(source.kind)
        yield from carried_out(name, partial(_asked, source))
        yield from carried_out(name, partial(_remembered, services, source))
    connected = {source.kind for source in services.all_sources}
    known = {**KNOWN, **WORK_KNOWN}
    yield from (views.not_connected(kind, setting) for kind, setting in known.items() if kind not in connected)


def _asked(source: Source) -> Iterator[Line]:
    for found in source.findings():
        yield views.finding(source.kind, found.state, found.text)


def _remembered(services: Services, source: Source) -> Iterator[Line]:
    """Yield what the database knows of a source: nothing of a person, no amount."""
    now = services.now()
    with services.database.reading() as session:
        instance = bills.instance_of(session, source.kind, source.name)
        if instance is None:
            yield views.never_asked(source.kind)
            return
        health = pulls.health_of(session, instance)
        yield _freshness(session, services, source, instance)
        yield from views.flaws(source.kind, pulls.flaws_of(session, instance))
        yield from views.unmatched(source.kind, health.unmatched_accounts)
        if isinstance(source, WorkSource):  # finished work has no bill
            return
        months = bills.compared_months(
            session,
            source.kind,
            source.name,
            now.date(),
            revised_days=source.windows.each_run,
            comparable=source.bill_covers_rows,
        )
        yield from views.bills(source.kind, months, now.date())


def _freshness(session: Session, services: Services, source: Source, instance: int) -> Line:
    health, now = pulls.health_of(session, instance), services.now()
    if health.failing_since is not None:
        return views.fails(source.kind, health.failing_since, health.last_error, now)
    if health.last_success_at is None:
        return views.never_asked(source.kind)
    of_work = isinstance(source, WorkSource)
    data_to = last_finished_day(session, instance) if of_work else bills.last_reported_day(session, instance)
    return views.answers(source.kind, health.last_success_at, data_to, now)
