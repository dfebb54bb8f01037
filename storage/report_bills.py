"""What each of the company's sources told of some days, over everybody: bills, accounts, seats."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, and_, case, cast, func, select
from sqlmodel import Session

from bot.domain.report.bill import Days, SourceBill
from bot.domain.report.seats import SeatCount
from storage.ids import table_of, upsert
from storage.tables import Source, SourceDay, SourceState, SourceTotal

_sources, _states = table_of(Source), table_of(SourceState)
_totals, _days = table_of(SourceTotal), table_of(SourceDay)
Asked = Collection[tuple[str, str]]  # kinds and names


def _sum(column: Any) -> Any:
    return cast(func.sum(column), BigInteger)  # PostgreSQL adds 64-bit integers up as numeric


_INSTANCES: Final = (
    select(_sources.c.id, _sources.c.kind, _sources.c.name, _states.c.source_id.is_not(None), _states.c.last_success_at)
    .select_from(_sources.outerjoin(_states, _states.c.source_id == _sources.c.id))
    .where(_sources.c.owner == 0)
    .order_by(_sources.c.kind, _sources.c.name)
)


class _Total(NamedTuple):
    bill: int | None = None
    bill_first: date | None = None
    bill_last: date | None = None
    told_first: date | None = None
    told_last: date | None = None
    accounts: int | None = None
    unowned: int | None = None
    unsaid: int = 0


class _Rows(NamedTuple):
    billed: int | None = None
    first: date | None = None
    last: date | None = None


def told_by_sources(session: Session, first: date, last: date, lately: Days, asked: Asked) -> list[SourceBill]:
    """Return what was told of the days from *first* to *last* by every source of the company that should have.

    Those are the ones that are *asked* now, and those that told of anything in the days of *lately*.
    """
    connection = session.connection()
    totals = {id_: _Total(*found) for id_, *found in connection.execute(_totals_of(first, last))}
    rows = {id_: _Rows(*found) for id_, *found in connection.execute(_rows_of(first, last))}
    began = _began(session)
    expected = totals.keys() | rows.keys() | _told_between(session, *lately)
    found = []
    for id_, kind, name, has_state, answered_at in connection.execute(_INSTANCES):
        if id_ in expected or (kind, name) in asked:
            total, row = totals.get(id_, _Total()), rows.get(id_, _Rows())
            answered = answered_at.date() if answered_at is not None else None
            found.append(_source(kind, total, row, began.get(id_), (kind, name) in asked or has_state, answered))
    missing = set(asked) - {(kind, name) for _, kind, name, _, _ in connection.execute(_INSTANCES)}
    return found + [SourceBill(kind, is_asked=True) for kind, _ in sorted(missing)]


def _source(
    kind: str, total: _Total, row: _Rows, began: date | None, is_asked: bool, answered_on: date | None
) -> SourceBill:
    return SourceBill(
        kind=kind,
        bill_nano_usd=total.bill,
        bill_days=_span(total.bill_first, total.bill_last),
        rows_nano_usd=row.billed,
        used=_span(row.first, row.last),
        told=_span(total.told_first, total.told_last),
        began=began,
        accounts=total.accounts or 0,
        unowned_nano_usd=None if total.unsaid else total.unowned,
        is_asked=is_asked,
        answered_on=answered_on,
    )


def _span(first: date | None, last: date | None) -> Days | None:
    return None if first is None or last is None else (first, last)


def _totals_of(first: date, last: date) -> Any:
    has_bill, is_told = _totals.c.bill_nano_usd.is_not(None), _totals.c.accounts.is_not(None)
    return (
        select(
            _totals.c.source_id,
            _sum(_totals.c.bill_nano_usd),
            func.min(case((has_bill, _totals.c.day))),
            func.max(case((has_bill, _totals.c.day))),
            func.min(case((is_told, _totals.c.day))),
            func.max(case((is_told, _totals.c.day))),
            func.max(_totals.c.accounts),
            _sum(_totals.c.unowned_nano_usd),
            func.count(case((and_(is_told, _totals.c.unowned_nano_usd.is_(None)), 1))),
        )
        .where(_totals.c.day.between(first, last))
        .group_by(_totals.c.source_id)
    )


def _rows_of(first: date, last: date) -> Any:
    return (
        select(_days.c.source_id, _sum(_days.c.billed_nano_usd), func.min(_days.c.day), func.max(_days.c.day))
        .where(_days.c.day.between(first, last))
        .group_by(_days.c.source_id)
    )


def _told_between(session: Session, first: date, last: date) -> set[int]:
    found: set[int] = set()
    for table in (_totals, _days):
        query = select(table.c.source_id).where(table.c.day.between(first, last)).distinct()
        found.update(id_ for (id_,) in session.connection().execute(query))
    return found


def _began(session: Session) -> dict[int, date]:
    """Return the first day that each source ever told of."""
    found: dict[int, date] = {}
    for table in (_totals, _days):
        for id_, day in session.connection().execute(
            select(table.c.source_id, func.min(table.c.day)).group_by(table.c.source_id)
        ):
            found[id_] = min(day, found.get(id_, day))
    return found


def note_seats(session: Session, source_id: int, day: date, seats: int, unused: int | None) -> None:
    """Remember how many seats there were on *day*, and how many nobody used in the 28 days that end with it."""
    row = {"source_id": source_id, "day": day, "seats": seats, "unused_seats": unused}
    upsert(session, SourceTotal, [row], lambda _, new: {"seats": new.seats, "unused_seats": new.unused_seats})


def note_unowned(session: Session, source_id: int, day: date, nano_usd: int) -> None:
    """Remember what of that which the source billed for *day* it names nobody for."""
    row = {"source_id": source_id, "day": day, "unowned_nano_usd": nano_usd}
    upsert(session, SourceTotal, [row], lambda _, new: {"unowned_nano_usd": new.unowned_nano_usd})


def seats_on(session: Session, day: date) -> list[SeatCount]:
    """Return how many seats each kind of source had on *day*, and how many were unused, where both are known."""
    known = (_totals.c.day == day, _totals.c.seats.is_not(None), _totals.c.unused_seats.is_not(None))
    query = (
        select(_sources.c.kind, _sum(_totals.c.seats), _sum(_totals.c.unused_seats))
        .select_from(_totals.join(_sources, _sources.c.id == _totals.c.source_id))
        .where(_sources.c.owner == 0, *known)
        .group_by(_sources.c.kind)
        .order_by(_sources.c.kind)
    )
    rows = session.connection().execute(query)
    return [SeatCount(kind, day, seats, unused) for kind, seats, unused in rows]
