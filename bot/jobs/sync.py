"""Asking sources for usage: the days that are still revised, of everybody who is on."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

from bot.connectors.finished import WorkSource
from bot.connectors.pull import PullSource
from bot.domain.allowance import Allowance
from bot.jobs.asking import (
    Answer,
    Progress,
    Synced,
    answered,
    days_due,
    instance_of,
    is_first_of_the_day,
    without_holding_up,
)
from bot.jobs.backfill import fill_in
from bot.jobs.finished_work import sync_work
from bot.jobs.listing import take_listing
from bot.jobs.taking import Asking, take_day
from bot.services import Services, Source
from storage import pulls


def run(services: Services) -> dict[str, int]:
    """Ask every source for its last days, and for 15 weeks of those newly on; one failing stops no other."""
    done = [sync_any(services, source) for source in services.all_sources]
    return {
        "sources": len(done),
        "days": sum(one.days for one in done),
        "rows": sum(one.rows for one in done),
        "failed": sum(bool(one.failed) for one in done),
    }


def sync_any(
    services: Services, source: Source, days: int | None = None, progress: Progress = lambda _done, _all: None
) -> Synced:
    """Ask one source, of usage or of finished work."""
    if isinstance(source, WorkSource):
        return sync_work(services, source, days, progress)
    return sync_source(services, source, days, progress)


def sync_source(
    services: Services, source: PullSource, days: int | None = None, progress: Progress = lambda _done, _all: None
) -> Synced:
    """Ask one source for *days*, or for as many as are due, and fill in who is newly on.

    Once a day it is also asked for its accounts, its bill and the limits that it states.
    """
    asking = Asking(services, source, instance_of(services, source))
    return answered(services, source, asking.instance, partial(_ask, asking, days, progress))


def _ask(asking: Asking, days: int | None, progress: Progress) -> Answer:
    services, source = asking.services, asking.source
    due = is_first_of_the_day(services, asking.instance)
    flaws = without_holding_up(source, due, accounts=partial(take_listing, services, source))
    fill_in(services, source)
    first, taken, rows = _take_days(asking, days, flaws, progress)
    flaws += without_holding_up(source, due, bill=partial(_take_bill, asking), limits=partial(_take_allowances, asking))
    return Answer(first, taken, rows, flaws)


def _take_days(asking: Asking, days: int | None, flaws: Counter[str], progress: Progress) -> tuple[date, int, int]:
    """Take the days that are due; return the first that was asked for, how many came, and their rows."""
    today = asking.services.now().date()
    due = days_due(asking.services, asking.source, asking.instance, days)
    first = today - timedelta(days=due)
    taken = rows = 0
    for reported in asking.source.reported_days(first, today):
        rows += take_day(asking, reported)
        flaws.update(reported.flaws)
        taken += 1
        progress((reported.day - first).days + 1, due + 1)
    return first, taken, rows


def _take_bill(asking: Asking) -> None:
    today = asking.services.now().date()
    month_before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    bills = dict(asking.source.billed(month_before, today - timedelta(days=1)))
    if bills:
        asking.services.database.writing(lambda session: pulls.note_bills(session, asking.instance, bills))


def _take_allowances(asking: Asking) -> None:
    services = asking.services
    with services.database.reading() as session:
        collected = pulls.collected_accounts(session, asking.provider, services.marks)
    accounts = {each.name: each.account_id for each in collected if each.takes(services.now().date())}
    stated = {
        accounts[one.account]: Allowance(one.limit_nano_usd, one.spent_nano_usd, one.first, one.last)
        for one in asking.source.allowances()
        if one.account in accounts
    }
    services.database.writing(lambda session: pulls.put_allowances(session, asking.instance, stated, services.now()))
