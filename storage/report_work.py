"""What was finished in all connected repositories, by day: facts about the company, over everybody."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, case, cast, func, select, true
from sqlmodel import Session

from bot.domain.outcomes.weeks import STAYING_DAYS
from bot.domain.report.work import Authors, DayWork, WorkSource
from storage.costs import BEFORE
from storage.ids import table_of
from storage.tables import AccountLink, Change, FeedScope, Outcome, Source, SourceState

_changes, _outcomes, _links = table_of(Change), table_of(Outcome), table_of(AccountLink)
_scopes, _sources, _states = table_of(FeedScope), table_of(Source), table_of(SourceState)
_AT_ONCE: Final = 2_000  # persons in one query


def work_by_day(session: Session, first: date, last: date) -> list[DayWork]:
    """Return how many changes were finished on each day from *first* to *last*, and how many of them came back.

    A ticket counts once, on its latest day. The days have to be settled.
    """
    works = _works(session, first, _changes).subquery()
    query = (
        select(works.c.finished, func.count(), cast(func.sum(works.c.back), BigInteger))
        .where(works.c.finished.between(first, last))
        .group_by(works.c.finished)
        .order_by(works.c.finished)
    )
    return [DayWork(*row) for row in session.connection().execute(query)]


def work_sources(session: Session, since: date) -> list[WorkSource]:
    """Return the sources that told of changes which were finished on *since* or later."""
    query = (
        select(_sources.c.kind, func.min(_changes.c.finished_on), _states.c.last_success_at)
        .select_from(
            _changes.join(_sources, _sources.c.id == _changes.c.source_id).outerjoin(
                _states, _states.c.source_id == _sources.c.id
            )
        )
        .where(_changes.c.kind == "change")
        .group_by(_sources.c.id, _sources.c.kind, _states.c.last_success_at)
        .having(func.max(_changes.c.finished_on) >= since)
    )
    rows = session.connection().execute(query)
    return [WorkSource(kind, began, answered_at and answered_at.date()) for kind, began, answered_at in rows]


def authors_of(session: Session, first: date, last: date) -> Authors:
    """Return how many authors stand behind what was finished from *first* to *last*, and how much is the most's."""
    made = (
        select(_changes.c.author, func.count().label("number"))
        .where(_accepted(_changes), _changes.c.finished_on.between(first, last))
        .group_by(_changes.c.author)
        .subquery()
    )
    is_known = func.length(made.c.author) > 0
    query = select(
        func.count(case((is_known, 1))),
        func.coalesce(func.max(case((is_known, made.c.number))), 0),
        cast(func.coalesce(func.sum(case((is_known, 0), else_=made.c.number)), 0), BigInteger),
        cast(func.coalesce(func.sum(made.c.number), 0), BigInteger),
    )
    return Authors(*session.connection().execute(query).one())


def told_throughout(session: Session, first: date, last: date, work: Collection[str]) -> set[int]:
    """Return the persons whose accounts were theirs, and told of by sources, on all days from *first* to *last*.

    By a source of usage and by one of finished *work* (kinds): of anybody else it is not known what they spent
    and what they finished.
    """
    whole = and_(
        _links.c.from_day <= first,
        (_links.c.to_day.is_(None)) | (_links.c.to_day >= last),
        _scopes.c.first_day <= first,
        _scopes.c.last_day >= last,
    )
    is_work = case((_sources.c.kind.in_(sorted(work)), 1), else_=0)
    query = (
        select(_links.c.person_id)
        .select_from(
            _links.join(_scopes, _scopes.c.account_id == _links.c.account_id).join(
                _sources, _sources.c.id == _scopes.c.source_id
            )
        )
        .where(whole)
        .group_by(_links.c.person_id)
        .having(and_(func.max(is_work) == 1, func.min(is_work) == 0))
        .execution_options(yield_per=10_000)
    )
    return {person_id for (person_id,) in session.connection().execute(query)}


def stayed_of_each(session: Session, persons: Collection[int], first: date, last: date) -> dict[int, int]:
    """Return how many changes of each of *persons* were finished from *first* to *last* and stayed, a ticket's as one.

    Who has none is left out.
    """
    found: dict[int, int] = {}
    theirs, changes = _held(session)
    by_work = _works(session, first, changes, _links.c.person_id).select_from(theirs)
    for start in range(0, len(ordered := list(persons)), _AT_ONCE):
        works = by_work.where(_links.c.person_id.in_(ordered[start : start + _AT_ONCE])).subquery()
        query = (
            select(works.c.person_id, func.count())
            .where(works.c.back == 0, works.c.finished.between(first, last))
            .group_by(works.c.person_id)
        )
        found.update((person_id, count) for person_id, count in session.connection().execute(query))
    return found


def _held(session: Session) -> tuple[FromClause, FromClause]:
    """Return whose accounts have changes, joined with these; and the changes alone. As `storage.costs.held`."""
    its = and_(_changes.c.place == _outcomes.c.place, _changes.c.reference == _outcomes.c.reference)
    theirs = and_(
        _outcomes.c.account_id == _links.c.account_id,
        _changes.c.finished_on >= _links.c.from_day,
        (_links.c.to_day.is_(None)) | (_changes.c.finished_on <= _links.c.to_day),
    )
    if session.get_bind().dialect.name == "sqlite":
        return _links.join(_outcomes, _outcomes.c.account_id == _links.c.account_id).join(
            _changes, and_(its, theirs)
        ), _changes
    own = select(_changes).select_from(_outcomes.join(_changes, its)).where(theirs).correlate(_links)
    rows = own.offset(0).lateral("held")
    return _links.join(rows, true()), rows


def _works(session: Session, first: date, changes: FromClause, *whose: Any) -> Select[Any]:
    """Return the query of works, each with its latest day and whether anything of it came back.

    It counts as `bot.domain.outcomes.states.counted_once` does: pieces of a ticket may be older than *first*.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    finished, returned = changes.c.finished_on, changes.c.came_back_on
    until = func.date(finished, f"+{STAYING_DAYS} days") if is_sqlite else finished + STAYING_DAYS
    back = case((and_(returned >= finished, returned <= until), 1), else_=0)
    counts_as = case((changes.c.ticket != "", changes.c.ticket), else_=changes.c.reference)
    return (
        select(*whose, func.max(finished).label("finished"), func.max(back).label("back"))
        .where(_accepted(changes), finished >= first - BEFORE)
        .group_by(*whose, counts_as)
    )


def _accepted(changes: FromClause) -> ColumnElement[bool]:
    return and_(changes.c.kind == "change", changes.c.accepted.is_(True))
