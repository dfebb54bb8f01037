"""What sources that are asked deliver: whose accounts are collected, and a day swapped in as a whole."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, delete, select
from sqlmodel import Session, col
from sqlmodel import select as model_select

from bot.domain.marks import Marks
from bot.domain.people import SlackId
from bot.domain.usage import UsageRow
from storage import bulk
from storage.ids import label_ids, table_of, upsert
from storage.tables import (
    Account,
    AccountLink,
    FeedScope,
    Person,
    SlackUser,
    SourceDay,
    SourceState,
    Tombstone,
    UsageDay,
)
from storage.usage import note_delivery, stored_rows

_days, _source_days = table_of(UsageDay), table_of(SourceDay)
_accounts, _links = table_of(Account), table_of(AccountLink)
_persons, _users = table_of(Person), table_of(SlackUser)
_scopes = table_of(FeedScope)


_is_on = and_(_persons.c.switched_on_at.is_not(None), _persons.c.left_on.is_(None), _persons.c.paused_at.is_(None))
# Built once: every day of every source asks it anew, so that a pause or an erasure is seen at once.
_COLLECTED: Final = (
    select(_accounts.c.id, _accounts.c.name, _links.c.from_day, _links.c.to_day, _users.c.org_id, _users.c.user_id)
    .select_from(
        _accounts.join(_links, _links.c.account_id == _accounts.c.id)
        .join(_persons, _persons.c.id == _links.c.person_id)
        .join(_users, _users.c.person_id == _persons.c.id)
    )
    .where(_accounts.c.provider == bindparam("provider"), _is_on)
)


class Collected(NamedTuple):
    """An account that is collected now, from which day on it is its person's, and what was erased."""

    account_id: int
    name: str
    first: date
    last: date
    erased_on: date | None

    def takes(self, day: date) -> bool:
        """Return whether usage of *day* is collected."""
        return self.first <= day <= self.last and (self.erased_on is None or day > self.erased_on)


class SourceHealth(NamedTuple):
    """When a source last delivered, and since when it fails."""

    source_id: int
    last_success_at: datetime | None
    failing_since: datetime | None


def collected_accounts(session: Session, provider: str, marks: Marks) -> list[Collected]:
    """Return the accounts at *provider* of everybody who is on and not paused."""
    erased = {stone.slack_mark: stone.erased_on for stone in session.exec(model_select(Tombstone))}
    return [
        Collected(account, name, first, last or date.max, erased.get(marks.of_slack(SlackId(org, user))))
        for account, name, first, last, org, user in session.connection().execute(_COLLECTED, {"provider": provider})
    ]


def without_delivery(session: Session, source_id: int, accounts: Sequence[Collected]) -> list[Collected]:
    """Return those of *accounts* for which the source has never delivered: newly switched on."""
    query = select(_scopes.c.account_id).where(_scopes.c.source_id == source_id)
    known = {account for (account,) in session.connection().execute(query)}
    return [account for account in accounts if account.account_id not in known]


def replace_day(
    session: Session, source_id: int, day: date, accounts: Collection[int], rows: Sequence[tuple[int, UsageRow]]
) -> None:
    """Put *rows* in the place of what the source said of *accounts* on *day*; others' rows stay."""
    scope = and_(_days.c.account_id == bindparam("one"), _days.c.day == day, _days.c.source_id == source_id)
    if accounts:
        session.connection().execute(delete(_days).where(scope), [{"one": account} for account in sorted(accounts)])
    bulk.put(session, _days, stored_rows(session, rows))


def replace_source_day(session: Session, source_id: int, day: date, sums: Mapping[tuple[str, str], Any]) -> None:
    """Put the sums over everybody, by (model, run kind), in the place of what the source said of *day*."""
    here = and_(_source_days.c.source_id == source_id, _source_days.c.day == day)
    session.connection().execute(delete(_source_days).where(here))
    models = label_ids(session, "model", {model for model, _ in sums})
    kinds = label_ids(session, "run_kind", {kind for _, kind in sums})
    rows = [
        (source_id, day, models[model], kinds[kind], *tally.values, tally.by, tally.partly)
        for (model, kind), tally in sums.items()
    ]
    bulk.put(session, _source_days, rows)


def note_days(
    session: Session, source_id: int, accounts: Collection[int], first: date, last: date, now: datetime
) -> None:
    """Remember that the source delivered these days for *accounts*, with rows or without."""
    note_delivery(session, source_id, dict.fromkeys(accounts, (first, last)), now)


def note_success(session: Session, source_id: int, now: datetime) -> None:
    """Remember that the source answered."""
    row = {"source_id": source_id, "last_success_at": now, "failing_since": None}
    upsert(session, SourceState, [row], lambda _, new: {"last_success_at": new.last_success_at, "failing_since": None})


def note_failure(session: Session, source_id: int, now: datetime) -> None:
    """Remember since when the source fails."""
    known = session.get(SourceState, source_id)
    since = known.failing_since if known and known.failing_since else now
    row = {"source_id": source_id, "last_success_at": known.last_success_at if known else None, "failing_since": since}
    upsert(session, SourceState, [row], lambda _, new: {"failing_since": new.failing_since})


def health_of(session: Session, source_ids: Collection[int]) -> dict[int, SourceHealth]:
    """Return how sources are doing, by id; of a source that was never asked nothing."""
    query = model_select(SourceState).where(col(SourceState.source_id).in_(source_ids))
    return {s.source_id: SourceHealth(s.source_id, s.last_success_at, s.failing_since) for s in session.exec(query)}
