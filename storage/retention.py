"""What is kept for how long: days become months, months go, and so do marks of events."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, delete, select

from bot.domain.counting import count_once
from bot.domain.people import Viewer
from bot.domain.tally import sum_rows
from bot.domain.usage import UsageRow
from storage import bulk
from storage.ids import label_ids, table_of
from storage.people import own_account
from storage.tables import (
    Account,
    AccountLink,
    EventMark,
    FeedScope,
    OtelSeries,
    Outcome,
    OutcomeLink,
    UsageDay,
    UsageMonth,
)
from storage.usage import usage_of


def persons_with_days_before(session: Session, cutoff: date) -> list[int]:
    """Return the persons on whose accounts there are daily rows older than *cutoff*, of theirs or nobody's."""
    query = (
        select(AccountLink.person_id)
        .where(col(UsageDay.account_id) == col(AccountLink.account_id), UsageDay.day < cutoff)
        .where(~_is_somebody_elses(col(AccountLink.person_id)))
        .distinct()
    )
    return list(session.exec(query))


def _is_somebody_elses(person_id: Any) -> ColumnElement[bool]:
    """Whether a daily row lies on an account that on its day was another person's."""
    link = aliased(AccountLink)
    return exists().where(
        col(link.account_id) == col(UsageDay.account_id),
        col(link.person_id) != person_id,
        col(link.from_day) <= col(UsageDay.day),
        or_(col(link.to_day).is_(None), col(link.to_day) >= col(UsageDay.day)),
    )


def fold_into_months(session: Session, viewer: Viewer, cutoff: date, overlaps: Mapping[str, Sequence[str]]) -> int:
    """Add the person's counted days before *cutoff* to their months and delete the days.

    Returns how many rows that were. The monthly sums hang on the person's own account: they are what
    was counted once, from all of them.
    """
    old = usage_of(session, viewer.person_id, date.min, cutoff - timedelta(days=1))
    add_to_months(session, viewer, count_once(old, overlaps).counted)
    _delete_days(session, viewer.person_id, cutoff)
    return len(old)


def add_to_months(session: Session, viewer: Viewer, counted: Sequence[UsageRow]) -> None:
    """Add rows, counted once already, to the months that they lie in."""
    labels = {
        kind: label_ids(session, kind, {getattr(row, kind) for row in counted})
        for kind in ("tool", "model", "run_kind", "tier")
    }
    sums = sum_rows(
        counted,
        lambda row: (
            row.day.replace(day=1),
            row.source_id,
            labels["tool"][row.tool],
            labels["model"][row.model],
            labels["run_kind"][row.run_kind],
            labels["tier"][row.tier],
        ),
    )
    account = own_account(session, viewer.slack_id)
    stored = [(account, *key, *t.values, t.by, t.partly) for key, t in sums.items()]
    bulk.add(session, table_of(UsageMonth), stored)


def _delete_days(session: Session, person_id: int, cutoff: date) -> None:
    """Delete the days before *cutoff* on the person's accounts, but not those that are somebody else's."""
    accounts = select(AccountLink.account_id).where(AccountLink.person_id == person_id)
    old = and_(col(UsageDay.account_id).in_(accounts), col(UsageDay.day) < cutoff)
    _delete(session, UsageDay, old, ~_is_somebody_elses(person_id))


def drop_months_before(session: Session, month: date) -> None:
    """Delete monthly sums older than *month*."""
    session.exec(delete(UsageMonth).where(col(UsageMonth.month) < month))


def drop_unlinked_before(session: Session, day: date) -> None:
    """Delete days before *day* of accounts that are nobody's, as of one that its person has denied."""
    linked = exists().where(col(AccountLink.account_id) == col(UsageDay.account_id))
    _delete(session, UsageDay, col(UsageDay.day) < day, ~linked)


def drop_orphans(session: Session) -> None:
    """Delete days of accounts that are gone: a delivery can land in the moment in which somebody is erased."""
    for table in (UsageDay, FeedScope, Outcome, OutcomeLink):
        # not "not in": with more accounts than fit its memory, PostgreSQL then walks through all of them for each row
        _delete(session, table, ~exists().where(col(Account.id) == col(table.account_id)))


def _delete(session: Session, table: type[SQLModel], *where: ColumnElement[bool]) -> None:
    """Delete rows without having the database tell which they were, as the ORM would."""
    session.connection().execute(delete(table).where(*where))


def drop_event_marks_before(session: Session, day: date) -> None:
    """Forget which pushed events were counted before *day*."""
    session.exec(delete(EventMark).where(col(EventMark.seen_on) < day))


def drop_series_before(session: Session, day: date) -> None:
    """Forget how far series of telemetry had counted that were last seen before *day*."""
    session.exec(delete(OtelSeries).where(col(OtelSeries.seen_on) < day))
