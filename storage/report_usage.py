"""What was billed for each person by who started it, and what of it is tied to finished work, counted once."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block
from bot.domain.counting import Overlaps
from bot.domain.report.counted import Spending
from bot.domain.usage import BIT, ON_ITS_OWN, SEAT_TIER
from storage.costs import billed_costs, held, rank_of_kind
from storage.ids import table_of
from storage.tables import AccountLink, Change, Label, OutcomeLink, Source, UsageDay

_days, _links, _labels = table_of(UsageDay), table_of(AccountLink), table_of(Label)
_sources, _stated, _changes = table_of(Source), table_of(OutcomeLink), table_of(Change)
_AT_ONCE: Final = 500  # persons in one query
_KEYBOARD, _OWN, _UNKNOWN, _SEAT = range(4)
_SUMS: Final = ("keyboard", "own", "unknown", "without_result", "stated", "shown")
_NOTHING: Final = literal(0, BigInteger)
_RUNS_UNKNOWN: Final = BIT["runs"] | BIT["runs_with_result"]


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)  # PostgreSQL adds 64-bit integers up as numeric


def spent_by_each(
    session: Session, persons: Collection[int], block: Block, since: date, overlaps: Overlaps
) -> Iterator[tuple[int, Spending]]:
    """Yield each of *persons* of whom anything was billed from *since* to the end of *block*, with what it was for.

    Counted once, as `bot.domain.counting.count_once` does. The database adds up, some hundred persons at a time, so
    that it takes no more room for a large company than for a small one.
    """
    billed = dict(billed_costs(session, persons, since, block.last, overlaps))
    query = _spent(session, block, overlaps)
    for start in range(0, len(ordered := list(billed)), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        rows = session.connection().execute(query, {"persons": part})
        found = {person_id: amounts for person_id, *amounts in rows}
        for person_id in part:
            yield person_id, Spending(*found.get(person_id, ()))._replace(twelve_weeks=billed[person_id])


def _spent(session: Session, block: Block, overlaps: Overlaps) -> Select[Any]:
    """Return the query of the sums of each person: of days and works, of which some are stated to be for an item.

    What was spent and what was stated are put below each other, not joined: no estimate can make that slow.
    """
    both = union_all(_by_job_believed(session, block, overlaps), _stated_in(session, block)).subquery()
    whose = (both.c.person_id, both.c.day, both.c.work)
    days = select(*whose, *(_sum(both.c[name]).label(name) for name in _SUMS)).group_by(*whose).subquery()
    use = days.c.keyboard + days.c.own + days.c.unknown
    named = case((days.c.work != "", use), else_=_least(days.c.stated, use))
    sums = (days.c.keyboard, days.c.own, days.c.unknown, days.c.without_result, named, _least(days.c.shown, use))
    return select(days.c.person_id, *map(_sum, sums)).group_by(days.c.person_id)


def _least(one: Any, other: Any) -> Any:
    return case((one < other, one), else_=other)


def _by_job_believed(session: Session, block: Block, overlaps: Overlaps) -> Select[Any]:
    """Return the query of what jobs cost, of the sources that are believed, each in the sums that it belongs to."""
    jobs = _by_job(session, block, overlaps).subquery()

    def started(how: int) -> Any:
        return case((jobs.c.started == how, jobs.c.billed), else_=0)

    without = and_(jobs.c.started == _OWN, jobs.c.is_without_result == 1)
    return select(
        jobs.c.person_id,
        jobs.c.day,
        jobs.c.work,
        started(_KEYBOARD).label("keyboard"),
        started(_OWN).label("own"),
        started(_UNKNOWN).label("unknown"),
        case((without, jobs.c.billed), else_=0).label("without_result"),
        _NOTHING.label("stated"),
        _NOTHING.label("shown"),
    ).where(jobs.c.rank == jobs.c.believed, jobs.c.started != _SEAT)


def _by_job(session: Session, block: Block, overlaps: Overlaps) -> Select[Any]:
    """Return the query of what each job of a person's day cost, by how late its kind of source is believed.

    Seats are in it: they too tell that a source is there to be believed.
    """
    theirs, days = held(session, _days, block.first, block.last)
    rank, started = rank_of_kind(session, overlaps, days).label("rank"), _started(session, days).label("started")
    whose = (_links.c.person_id, days.c.tool_id, days.c.day)
    known = and_(
        func.count(days.c.runs) == func.count(),
        func.count(days.c.runs_with_result) == func.count(),
        func.max(days.c.partly_unknown.op("&")(_RUNS_UNKNOWN)) == 0,
    )
    without = and_(known, func.sum(days.c.runs) > 0, func.sum(days.c.runs_with_result) == 0)
    return (
        select(
            *whose,
            days.c.work,
            rank,
            started,
            _sum(days.c.billed_nano_usd).label("billed"),
            case((without, 1), else_=0).label("is_without_result"),
            func.min(rank).over(partition_by=whose).label("believed"),
        )
        .select_from(theirs.join(_sources, _sources.c.id == days.c.source_id))
        .where(_links.c.person_id.in_(_persons()))
        .group_by(*whose, days.c.work, rank, started)
    )


def _stated_in(session: Session, block: Block) -> Select[Any]:
    """Return the query of what runs of the block stated to be for items, all and those that are known."""
    theirs, stated = held(session, _stated, block.first, block.last)
    # counted, since PostgreSQL may answer EXISTS by reading all changes, for each hundred persons again
    known = select(func.count()).where(_changes.c.reference == stated.c.reference, _changes.c.accepted.is_(True))
    billed = func.coalesce(stated.c.billed_nano_usd, 0)
    return (
        select(
            _links.c.person_id,
            stated.c.day,
            stated.c.work,
            *(_NOTHING.label(name) for name in _SUMS[:4]),
            billed.label("stated"),
            case((known.scalar_subquery() > 0, billed), else_=0).label("shown"),
        )
        .select_from(theirs)
        .where(_links.c.person_id.in_(_persons()))
    )


def _persons() -> Any:
    return bindparam("persons", expanding=True)


def _started(session: Session, days: FromClause) -> Any:
    """Return who started what a row is about: somebody at the keyboard, itself, nobody knows; or that it is a seat."""
    names = select(_labels.c.kind, _labels.c.name, _labels.c.id).where(_labels.c.kind.in_(("run_kind", "tier")))
    ids = {(kind, name): id_ for kind, name, id_ in session.connection().execute(names)}
    own = [ids["run_kind", name] for name in sorted(ON_ITS_OWN) if ("run_kind", name) in ids]
    cases: list[tuple[ColumnElement[bool], int]] = []
    if ("tier", SEAT_TIER) in ids:
        cases.append((days.c.tier_id == ids["tier", SEAT_TIER], _SEAT))
    if ("run_kind", "person") in ids:
        cases.append((days.c.run_kind_id == ids["run_kind", "person"], _KEYBOARD))
    if own:
        cases.append((days.c.run_kind_id.in_(own), _OWN))
    return case(*cases, else_=_UNKNOWN) if cases else literal(_UNKNOWN)
