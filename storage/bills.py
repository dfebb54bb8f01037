"""What the provider billed beside what the source reported, over everybody, day by day."""

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, cast, func, select
from sqlalchemy.types import BigInteger
from sqlmodel import Session

from bot.domain.period import month_of
from bot.domain.reconciliation import ComparedMonth, ReportedSums, reconcile
from storage.ids import table_of
from storage.tables import Source, SourceDay, SourceState, SourceTotal

_sources, _states = table_of(Source), table_of(SourceState)
_totals, _days = table_of(SourceTotal), table_of(SourceDay)


def _sum_of(name: str) -> Any:
    # PostgreSQL adds 64-bit integers up as numeric
    return cast(func.sum(_days.c[name]), BigInteger)


_SUMS: Final = (
    select(
        _totals.c.day,
        _totals.c.bill_nano_usd,
        _sum_of("billed_nano_usd"),
        _sum_of("list_value_nano_usd"),
        _totals.c.accounts,
    )
    .select_from(_totals.outerjoin(_days, and_(_days.c.source_id == _totals.c.source_id, _days.c.day == _totals.c.day)))
    .where(
        _totals.c.source_id == bindparam("source"),
        _totals.c.day.between(bindparam("first"), bindparam("last")),
    )
    .group_by(_totals.c.day, _totals.c.bill_nano_usd, _totals.c.accounts)
    .order_by(_totals.c.day)
)
_LAST_REPORTED: Final = select(func.max(_totals.c.day)).where(
    _totals.c.source_id == bindparam("source"), _totals.c.accounts > 0
)
_INSTANCE: Final = (
    select(_sources.c.id, _states.c.last_success_at)
    .select_from(_sources.outerjoin(_states, _states.c.source_id == _sources.c.id))
    .where(_sources.c.kind == bindparam("kind"), _sources.c.owner == 0, _sources.c.name == bindparam("name"))
)


def instance_of(session: Session, kind: str, name: str) -> int | None:
    """Return the id of the company's source *name* of *kind*; None when it was never asked."""
    return session.connection().execute(_INSTANCE, {"kind": kind, "name": name}).scalar()


def compared_months(
    session: Session, kind: str, name: str, today: date, *, revised_days: int, comparable: bool = True
) -> list[ComparedMonth]:
    """Return how the last full month and the current one stand to the source's bill; none where it never answered.

    The *revised_days* before it last answered, which it may still revise, do not count. Where the bill is
    of something else than what its rows call billed, they are not *comparable*.
    """
    if not comparable:
        return []
    found = session.connection().execute(_INSTANCE, {"kind": kind, "name": name}).one_or_none()
    if found is None or found.last_success_at is None:
        return []
    settled_to = found.last_success_at.date() - timedelta(days=revised_days)
    this_month = month_of(today)
    months = (month_of(this_month.first - timedelta(days=1)), this_month)
    days = _reported(session, found.id, months[0].first, this_month.last, settled_to)
    return [ComparedMonth(month, reconcile([each for each in days if month.contains(each.day)])) for month in months]


def _reported(session: Session, source_id: int, first: date, last: date, settled_to: date) -> list[ReportedSums]:
    """Return what is known of each day; a day is settled when it was reported and is not later than *settled_to*."""
    found = session.connection().execute(_SUMS, {"source": source_id, "first": first, "last": last})
    return [
        ReportedSums(day, bill, billed, list_value, accounts, accounts is not None and day <= settled_to)
        for day, bill, billed, list_value, accounts in found
    ]


def last_reported_day(session: Session, source_id: int) -> date | None:
    """Return the last day of which the source reported anything of anybody."""
    day: date | None = session.connection().execute(_LAST_REPORTED, {"source": source_id}).scalar()
    return day
