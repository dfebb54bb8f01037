"""Asking systems of record for finished work: the days that are still revised, and 15 weeks for those newly on."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.connectors.finished import ReportedWork, WorkSource
from bot.domain.outcomes.revised import Asked
from bot.jobs.asking import (
    Answer,
    Progress,
    Synced,
    answered,
    days_due,
    instance_of,
    is_first_of_the_day,
    provider_of,
    without_holding_up,
)
from bot.jobs.listing import take_listing
from bot.jobs.taking_work import Piece, WorkAsking, accounts_that_are_on, take_work
from bot.services import Services
from storage import pulls

# Many days are asked for in pieces, each with the days before it whose small changes may belong to its
# own, and with the days after it on which its items can still come back.
_PIECE: Final = timedelta(days=28)
_BEFORE: Final = timedelta(days=2)
_AFTER: Final = timedelta(days=14)
_DAY: Final = timedelta(days=1)


def sync_work(
    services: Services, source: WorkSource, days: int | None = None, progress: Progress = lambda _done, _all: None
) -> Synced:
    """Ask one source for *days*, or for as many as are due, and fill in who is newly on.

    Once a day it is also asked for its accounts.
    """
    instance = instance_of(services, source)
    return answered(services, source, instance, partial(_ask, services, source, instance, days, progress))


def _ask(services: Services, source: WorkSource, instance: int, days: int | None, progress: Progress) -> Answer:
    due = is_first_of_the_day(services, instance)
    flaws = without_holding_up(source, due, accounts=partial(take_listing, services, source))
    fill_in_work(services, source)
    today = services.now().date()
    back = days_due(services, source, instance, days)
    first = today - timedelta(days=back)
    asking = WorkAsking(services, source, instance)
    taken = _Taken()
    for piece in _due(first, today):
        taken.take(asking, piece)
        progress((piece.last - first).days + 1, back + 1)
    if taken.complete:
        _note(asking, first)
    return Answer(first, back + 1, taken.rows, flaws + taken.flaws)


class _Taken:
    """What was taken so far, over all pieces."""

    def __init__(self) -> None:
        self.rows = 0
        self.complete = True
        self.flaws: Counter[str] = Counter()

    def take(self, asking: WorkAsking, piece: Piece) -> None:
        work: ReportedWork = asking.source.reported_work(*piece.asked)
        self.rows += take_work(asking, work, piece)
        self.complete = self.complete and work.complete
        self.flaws += work.flaws


def _due(first: date, today: date) -> Iterator[Piece]:
    """Yield the days that are due as one piece, so long as they are no more than a piece has."""
    if today - first <= _BEFORE + _PIECE + _AFTER:
        yield Piece(first, today, Asked(first, today))
    else:
        yield from _pieces(first, today)


def _pieces(first: date, today: date) -> Iterator[Piece]:
    start = first
    while start <= today:
        last = min(start + _PIECE - _DAY, today)
        yield Piece(start, last, Asked(start - _BEFORE, min(last + _AFTER, today)))
        start = last + _DAY


def fill_in_work(services: Services, source: WorkSource) -> int:
    """Take the days that are kept for every account for which *source* has never delivered, together.

    Returns for how many accounts. A piece that fails leaves all of them waiting.
    """
    instance = instance_of(services, source)
    with services.database.reading() as session:
        collected = pulls.collected_accounts(session, provider_of(source), services.marks)
        new = {account.account_id for account in pulls.without_delivery(session, instance, collected)}
    if not new:
        return 0
    today = services.now().date()
    first = today - timedelta(days=services.policy.retention.daily_days)
    asking = WorkAsking(services, source, instance, filled=new)
    taken = _Taken()
    for piece in _pieces(first, today):
        taken.take(asking, piece)
    _note(asking, first, new)
    return len(new)


def _note(asking: WorkAsking, first: date, only: Collection[int] | None = None) -> None:
    """Remember that the days from *first* to yesterday came for everybody who is on, or for some accounts *only*."""
    services = asking.services
    now = services.now()

    def note(session: Session) -> None:
        accounts = only or [each.account_id for each in accounts_that_are_on(session, asking)]
        pulls.note_days(session, asking.instance, accounts, first, now.date() - _DAY, now)

    services.database.writing(note)
