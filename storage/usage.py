"""Usage rows: read for one viewer, replaced by scope, added from pushes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, case, delete, func, or_, select
from sqlmodel import Session

from bot.domain.outcomes.sources import WORK_SOURCES
from bot.domain.people import Delivered
from bot.domain.usage import MEASURES, UsageRow
from storage import bulk
from storage.ids import label_ids, table_of, upsert
from storage.tables import AccountLink, FeedScope, Label, Source, SourceDay, SourceState, UsageDay, UsageMonth

_days, _months = table_of(UsageDay), table_of(UsageMonth)
_links, _sources = table_of(AccountLink), table_of(Source)
_states = table_of(SourceState)
_labels, _scopes = table_of(Label), table_of(FeedScope)
_LABELLED: Final = ("tool", "model", "run_kind", "tier")
_measures_of: Final = attrgetter(*MEASURES)


# What makes a row one's own: the account was theirs on that day.
_MINE: Final = and_(
    _days.c.account_id == _links.c.account_id,
    _days.c.day >= _links.c.from_day,
    or_(_links.c.to_day.is_(None), _days.c.day <= _links.c.to_day),
)


def _read_days() -> Select[Any]:
    """The rows of some days on accounts that were the person's on that day."""
    names = ("source_id", "tool_id", "model_id", "run_kind_id", "work", "tier_id", *MEASURES)
    return (
        select(_days.c.day, *(_days.c[name] for name in (*names, "list_value_by", "partly_unknown")))
        .select_from(_links.join(_days, _MINE))
        .where(
            _links.c.person_id == bindparam("person_id"),
            _days.c.day.between(bindparam("first"), bindparam("last")),
        )
    )


def _read_months() -> Select[Any]:
    """The monthly sums of some months on the person's accounts, in the shape of days."""
    names = ("source_id", "tool_id", "model_id", "run_kind_id")
    accounts = select(_links.c.account_id).where(_links.c.person_id == bindparam("person_id"))
    return select(
        _months.c.month,
        *(_months.c[name] for name in names),
        bindparam("work", ""),
        *(_months.c[name] for name in ("tier_id", *MEASURES, "list_value_by", "partly_unknown")),
    ).where(_months.c.account_id.in_(accounts), _months.c.month.between(bindparam("first"), bindparam("last")))


def _read_deliveries() -> Select[Any]:
    """What each source delivered on accounts while they were the person's."""
    first, last, ends = _scopes.c.first_day, _scopes.c.last_day, _links.c.to_day
    received_at = func.max(_scopes.c.received_at)
    joined = _links.join(_scopes, _scopes.c.account_id == _links.c.account_id)
    return (
        select(
            _sources.c.kind,
            _sources.c.id,
            _sources.c.name,
            func.min(case((first < _links.c.from_day, _links.c.from_day), else_=first)),
            func.max(case((last > ends, ends), else_=last)),
            received_at,
            func.max(_states.c.failing_since),
        )
        .select_from(
            joined.join(_sources, _sources.c.id == _scopes.c.source_id).outerjoin(
                _states, _states.c.source_id == _sources.c.id
            )
        )
        .where(
            _links.c.person_id == bindparam("person_id"),
            last >= _links.c.from_day,
            or_(ends.is_(None), first <= ends),
        )
        .group_by(_sources.c.kind, _sources.c.id, _sources.c.name)
        .order_by(received_at.desc(), _sources.c.id)
    )


# Built once: building a statement costs more than running it.
_ids: Final[Any] = bindparam("ids", expanding=True)
_NAMES: Final = select(_labels.c.id, _labels.c.name).where(_labels.c.id.in_(_ids))
_KINDS: Final = select(_sources.c.id, _sources.c.kind).where(_sources.c.id.in_(_ids))
_READ_DELIVERIES: Final = _read_deliveries()
_READ_DAYS: Final = _read_days()
_READ_MONTHS: Final = _read_months()


def usage_of(session: Session, person_id: int, first: date, last: date) -> list[UsageRow]:
    """Return the person's daily rows from *first* to *last*, all sources, not yet counted once."""
    return _rows(session, _READ_DAYS, person_id, first, last)


def months_of(session: Session, person_id: int, first: date, last: date) -> list[UsageRow]:
    """Return what remains of older months whose first day lies between *first* and *last*.

    Their day is the month's first; they were counted once when they were summed up.
    """
    return _rows(session, _READ_MONTHS, person_id, first, last)


def _rows(session: Session, query: Select[Any], person_id: int, first: date, last: date) -> list[UsageRow]:
    found = session.connection().execute(query, {"person_id": person_id, "first": first, "last": last}).all()
    if not found:
        return []
    names = names_of(session, {id_ for row in found for id_ in (row[2], row[3], row[4], row[6])})
    kinds = {id_: kind for id_, kind in _source_kinds(session, {row[1] for row in found})}
    return [
        UsageRow(
            row[0],
            kinds[row[1]],
            row[1],
            names[row[2]],
            names[row[3]],
            names[row[4]],
            row[5],
            names[row[6]],
            *row[7:],
        )
        for row in found
    ]


def names_of(session: Session, ids: Iterable[int]) -> dict[int, Any]:
    """Return the names behind label *ids*."""
    return {id_: name for id_, name in session.connection().execute(_NAMES, {"ids": list(ids)})}


def _source_kinds(session: Session, ids: Iterable[int]) -> Iterable[Any]:
    return session.connection().execute(_KINDS, {"ids": list(ids)})


def stored_rows(session: Session, rows: Sequence[tuple[int, UsageRow]]) -> list[bulk.Row]:
    """Return (account id, usage row) pairs in the columns of usage_day, making labels that are new."""
    ids = {kind: label_ids(session, kind, {getattr(row, kind) for _, row in rows}) for kind in _LABELLED}
    tools, models, run_kinds, tiers = (ids[kind] for kind in _LABELLED)
    return [
        (
            account,
            row.day,
            row.source_id,
            tools[row.tool],
            models[row.model],
            run_kinds[row.run_kind],
            row.work,
            tiers[row.tier],
            *_measures_of(row),
            row.list_value_by,
            row.partly_unknown,
        )
        for account, row in rows
    ]


def replace_days(
    session: Session,
    account_id: int,
    source_id: int,
    days: set[date],
    rows: Sequence[UsageRow],
    now: datetime,
) -> None:
    """Put *rows* in the place of everything this source said of this account on *days*.

    Nothing else changes: other days, other machines and other accounts stay. Without days nothing
    is replaced.
    """
    if not days:
        return
    scope = and_(_days.c.account_id == account_id, _days.c.source_id == source_id, _days.c.day == bindparam("old_day"))
    session.connection().execute(delete(_days).where(scope), [{"old_day": day} for day in sorted(days)])
    bulk.put(session, _days, stored_rows(session, [(account_id, row) for row in rows]))
    note_delivery(session, source_id, {account_id: (min(days), max(days))}, now)


def add_rows(session: Session, rows: Sequence[tuple[int, UsageRow]]) -> None:
    """Add (account id, usage row) pairs to what is stored under the same key."""
    bulk.add(session, _days, stored_rows(session, rows))


def add_source_days(session: Session, rows: Sequence[UsageRow]) -> None:
    """Add *rows* of a company source to its sums over everybody; only day, model and run kind are kept.

    No two rows may share those three.
    """
    models = label_ids(session, "model", {row.model for row in rows})
    run_kinds = label_ids(session, "run_kind", {row.run_kind for row in rows})
    stored = [
        (
            row.source_id,
            row.day,
            models[row.model],
            run_kinds[row.run_kind],
            *(getattr(row, name) for name in MEASURES),
            row.list_value_by,
            row.partly_unknown,
        )
        for row in rows
    ]
    bulk.add(session, table_of(SourceDay), stored)


def note_delivery(session: Session, source_id: int, reached: Mapping[int, tuple[date, date]], now: datetime) -> None:
    """Remember that the source delivered, for each account, the days from first to last."""
    rows = [
        {
            "account_id": account,
            "source_id": source_id,
            "first_day": first,
            "last_day": last,
            "received_at": now,
        }
        for account, (first, last) in sorted(reached.items())
    ]
    upsert(
        session,
        FeedScope,
        rows,
        lambda old, new: {
            "first_day": case((new.first_day < old.first_day, new.first_day), else_=old.first_day),
            "last_day": case((new.last_day > old.last_day, new.last_day), else_=old.last_day),
            "received_at": new.received_at,
        },
    )


def deliveries_for(session: Session, person_id: int) -> list[Delivered]:
    """Return what each source of usage has delivered for the person, the latest first."""
    return [each for each in all_deliveries_for(session, person_id) if each.kind not in WORK_SOURCES]


def all_deliveries_for(session: Session, person_id: int) -> list[Delivered]:
    """Return what each source, of usage or of finished work, has delivered for the person, the latest first."""
    return [Delivered(*row) for row in session.connection().execute(_READ_DELIVERIES, {"person_id": person_id})]


def kept_days(session: Session, person_id: int) -> tuple[int, date | None]:
    """Return how many daily rows are kept about the person, and since which day."""
    query = (
        select(func.count(), func.min(_days.c.day))
        .select_from(_links.join(_days, _MINE))
        .where(_links.c.person_id == person_id)
    )
    count, first = session.connection().execute(query).one()
    return count, first
