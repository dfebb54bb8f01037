"""What a block cost: of each person, counted once; of the whole company as its providers billed it."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, FromClause, Integer, Table, and_, case, cast, distinct, func, or_, select, true
from sqlmodel import Session

from bot.domain.counting import Overlaps
from bot.domain.outcomes.weeks import STAYING_DAYS
from bot.domain.quantity import UNKNOWN, Quantity
from storage.ids import table_of
from storage.tables import (
    AccountLink,
    Change,
    Label,
    Person,
    SlackUser,
    Source,
    SourceDay,
    SourceTotal,
    UsageDay,
)

_days, _links, _labels = table_of(UsageDay), table_of(AccountLink), table_of(Label)
_sources, _totals, _source_days = table_of(Source), table_of(SourceTotal), table_of(SourceDay)
_changes, _users, _persons = table_of(Change), table_of(SlackUser), table_of(Person)
# All pieces of a ticket count once: those of so many days before a block may belong to one of its own.
BEFORE: Final = timedelta(days=84)
# A source that begins to tell so much later than the days begin does not know them whole.
_LATE: Final = timedelta(days=7)
_SEATS_APART: Final = frozenset({"copilot"})
_AT_ONCE: Final = 500  # persons in one query


def _sum(column: Any) -> Any:
    return cast(func.sum(column), BigInteger)  # PostgreSQL adds 64-bit integers up as numeric


def billed_costs(
    session: Session, persons: Collection[int], first: date, last: date, overlaps: Overlaps
) -> Iterator[tuple[int, int]]:
    """Yield each of *persons* of whom anything was billed from *first* to *last*, with the sum in nano-USD.

    Counted once, as `bot.domain.counting.count_once` does. The database adds up, some hundred persons at a
    time, so that it takes no more room for a large company than for a small one.
    """
    theirs, days = held(session, _days, first, last)
    rank = rank_of_kind(session, overlaps, days).label("rank")
    whose = (_links.c.person_id, days.c.tool_id, days.c.day)
    rows = select(
        _links.c.person_id,
        days.c.billed_nano_usd.label("billed"),
        rank,
        func.min(rank).over(partition_by=whose).label("believed"),
    ).select_from(theirs.join(_sources, _sources.c.id == days.c.source_id))
    for start in range(0, len(ordered := list(persons)), _AT_ONCE):
        part = rows.where(_links.c.person_id.in_(ordered[start : start + _AT_ONCE])).subquery()
        summed = select(part.c.person_id, _sum(part.c.billed)).where(part.c.rank == part.c.believed)
        for person_id, billed in session.connection().execute(summed.group_by(part.c.person_id)):
            if billed is not None:
                yield person_id, billed


def held(session: Session, table: Table, first: date, last: date) -> tuple[FromClause, FromClause]:
    """Return whose accounts have rows in *table* from *first* to *last*, joined with these rows; and the rows alone.

    PostgreSQL takes account by account, an index leads to each, and OFFSET keeps it to that: by its estimates it would
    read the whole table for some hundred persons, and for the next hundred again.
    """
    theirs = and_(
        table.c.account_id == _links.c.account_id,
        table.c.day.between(first, last),
        table.c.day >= _links.c.from_day,
        or_(_links.c.to_day.is_(None), table.c.day <= _links.c.to_day),
    )
    if session.get_bind().dialect.name == "sqlite":
        return _links.join(table, theirs), table
    rows = select(table).where(theirs).correlate(_links).offset(0).lateral("held")
    return _links.join(rows, true()), rows


def rank_of_kind(session: Session, overlaps: Overlaps, days: FromClause) -> Any:
    """Return how late the kind of source of one of *days* is believed: 0 is first, and all where nothing overlaps."""
    connection = session.connection()
    kinds = sorted(kind for (kind,) in connection.execute(select(_sources.c.kind).distinct()))
    tools = {
        name: tool
        for name, tool in connection.execute(select(_labels.c.name, _labels.c.id).where(_labels.c.kind == "tool"))
        if name in overlaps
    }
    later = [
        (and_(days.c.tool_id == tool, _sources.c.kind == kind), place)
        for name, tool in tools.items()
        for place, kind in enumerate(sorted(kinds, key=_order(list(overlaps[name]))))
        if place
    ]
    return case(*later, else_=0) if later else cast(0, Integer)


def _order(believed: list[str]) -> Any:
    return lambda kind: (believed.index(kind) if kind in believed else len(believed), kind)


class CompanyBill(NamedTuple):
    """What was billed to the company, seats included, and by which kinds of sources; *without* has no bill.

    It is not complete where a source began to tell later than a week into the days.
    """

    billed: Quantity
    by_source: tuple[tuple[str, int], ...] = ()
    without: tuple[str, ...] = ()


def company_bill(session: Session, first: date, last: date) -> CompanyBill:
    """Return what every company source billed from *first* to *last*, over everybody.

    That is the provider's own report of cost, where there is one; else what its rows call billed. Copilot's
    is both: its report is of what goes beyond the seats.
    """
    bills = _by_kind(session, _totals.c.bill_nano_usd, _totals, first, last)
    rows = _by_kind(session, _source_days.c.billed_nano_usd, _source_days, first, last)
    found: dict[str, list[tuple[int, date]]] = {}
    without = []
    for kind in sorted(bills.keys() | rows.keys()):
        bill, row = bills.get(kind), rows.get(kind)
        parts = [bill, row] if kind in _SEATS_APART else [bill or row]
        known = [part for part in parts if part is not None]
        if known:
            found[kind] = known
        else:
            without.append(kind)
    by_source = {kind: sum(amount for amount, _ in parts) for kind, parts in found.items()}
    whole = all(since <= first + _LATE for parts in found.values() for _, since in parts)
    billed = Quantity(sum(by_source.values()), whole) if found else UNKNOWN
    return CompanyBill(billed, tuple(by_source.items()), tuple(without))


def _by_kind(session: Session, amount: Any, table: Any, first: date, last: date) -> dict[str, tuple[int, date] | None]:
    """Return what is known of each kind of source, and since when; None of one that knows no amount."""
    query = (
        select(_sources.c.kind, _sum(amount), func.min(case((amount.is_not(None), table.c.day))))
        .select_from(table.join(_sources, _sources.c.id == table.c.source_id))
        .where(table.c.day.between(first, last), _sources.c.owner == 0)
        .group_by(_sources.c.kind)
    )
    rows = session.connection().execute(query)
    return {kind: None if known is None else (known, since) for kind, known, since in rows}


def changes_that_stayed(session: Session, first: date, last: date) -> int:
    """Return how many changes were finished everywhere from *first* to *last* and stayed, a ticket's as one.

    The days have to be settled; 0 where the first change that is known is later than a week into them. It counts
    as `bot.domain.outcomes.states.counted_once` does.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    finished, returned = _changes.c.finished_on, _changes.c.came_back_on
    until = func.date(finished, f"+{STAYING_DAYS} days") if is_sqlite else finished + STAYING_DAYS
    back = case((and_(returned >= finished, returned <= until), 1), else_=0)
    counts_as = case((_changes.c.ticket != "", _changes.c.ticket), else_=_changes.c.reference)
    works = (
        select(func.max(finished).label("finished"), func.max(back).label("back"))
        .where(_changes.c.kind == "change", _changes.c.accepted.is_(True), finished >= first - BEFORE)
        .group_by(counts_as)
        .subquery()
    )
    stayed = func.count(case((and_(works.c.back == 0, works.c.finished.between(first, last)), 1)))
    since, count = session.connection().execute(select(func.min(works.c.finished), stayed)).one()
    return int(count) if since is not None and since <= first + _LATE else 0


def people_here(session: Session) -> int:
    """Return how many people the directory knows who are with the company, guests aside."""
    query = (
        select(func.count(distinct(_persons.c.id)))
        .select_from(_persons.join(_users, _users.c.person_id == _persons.c.id))
        .where(_persons.c.left_on.is_(None), _users.c.is_deleted.is_(False), _users.c.is_guest.is_(False))
    )
    return int(session.connection().execute(query).scalar_one())
