"""What sources that are asked deliver: whose accounts are collected, and a day swapped in as a whole."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col
from sqlmodel import delete as model_delete
from sqlmodel import select as model_select

from bot.domain.allowance import Allowance
from bot.domain.marks import Marks
from bot.domain.people import SlackId
from bot.domain.usage import UsageRow
from storage import bulk
from storage.ids import label_ids, table_of, upsert
from storage.tables import (
    Account,
    AccountAllowance,
    AccountLink,
    Assignment,
    FeedScope,
    Person,
    SlackUser,
    SourceDay,
    SourceFlaw,
    SourceState,
    SourceTotal,
    Tombstone,
    UsageDay,
)
from storage.usage import note_delivery, stored_rows

_days, _source_days = table_of(UsageDay), table_of(SourceDay)
_accounts, _links = table_of(Account), table_of(AccountLink)
_persons, _users = table_of(Person), table_of(SlackUser)
_scopes = table_of(FeedScope)
_AT_ONCE: Final = 20_000
_FLAW_DAYS: Final = 35  # what could not be used is forgotten with the days that providers still revise


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
    """When a source last delivered, since when it fails and how, and how many of its accounts match nobody."""

    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str
    unmatched_accounts: int | None


def collected_accounts(session: Session, provider: str, marks: Marks) -> list[Collected]:
    """Return the accounts at *provider* of everybody who is on and not paused."""
    erased = {stone.slack_mark: stone.erased_on for stone in session.exec(model_select(Tombstone))}

    def erased_on(org_id: str, user_id: str) -> date | None:
        # a mark takes time to make, and most companies have erased nobody
        return erased.get(marks.of_slack(SlackId(org_id, user_id))) if erased else None

    return [
        Collected(account, name, first, last or date.max, erased_on(org, user))
        for account, name, first, last, org, user in session.connection().execute(_COLLECTED, {"provider": provider})
    ]


def without_delivery(session: Session, source_id: int, accounts: Sequence[Collected]) -> list[Collected]:
    """Return those of *accounts* for which the source has never delivered: newly switched on."""
    query = select(_scopes.c.account_id).where(_scopes.c.source_id == source_id)
    known = {account for (account,) in session.connection().execute(query)}
    return [account for account in accounts if account.account_id not in known]


def shared_from(session: Session, provider: str) -> dict[str, date]:
    """Return the accounts that the operator's file calls shared, and from which day on they are nobody's."""
    query = model_select(Assignment).where(Assignment.provider == provider, col(Assignment.email_mark).is_(None))
    return {assigned.name: assigned.from_day for assigned in session.exec(query)}


def clear_day(session: Session, source_id: int, day: date, accounts: Collection[int]) -> None:
    """Delete what the source said of *accounts* on *day*; others' rows stay."""
    scope = and_(_days.c.day == day, _days.c.source_id == source_id)
    ordered = sorted(accounts)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        if ordered:
            one = delete(_days).where(scope, _days.c.account_id == bindparam("one"))
            connection.execute(one, [{"one": account} for account in ordered])
        return
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        connection.execute(delete(_days).where(scope, _days.c.account_id == func.any(cast(part, ARRAY(BigInteger)))))


def add_day(session: Session, rows: Sequence[tuple[int, UsageRow]], *, pieces: bool) -> None:
    """Add (account id, usage row) pairs of a day that was cleared; in *pieces*, None says nothing."""
    write = bulk.join if pieces else bulk.add
    write(session, _days, stored_rows(session, rows))


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
    row = {"source_id": source_id, "last_success_at": now, "failing_since": None, "last_error": ""}
    upsert(
        session,
        SourceState,
        [row],
        lambda _, new: {"last_success_at": new.last_success_at, "failing_since": None, "last_error": ""},
    )


def note_failure(session: Session, source_id: int, now: datetime, error: str) -> None:
    """Remember since when the source fails, and how it failed last."""
    row = {"source_id": source_id, "last_success_at": None, "failing_since": now, "last_error": error}
    upsert(
        session,
        SourceState,
        [row],
        lambda old, new: {
            "failing_since": func.coalesce(old.failing_since, new.failing_since),
            "last_error": new.last_error,
        },
    )


def note_flaws(session: Session, source_id: int, flaws: Mapping[str, int], first: date, today: date) -> None:
    """Remember what could not be used of the days since *first*, in the place of what was said of them."""
    gone = and_(
        col(SourceFlaw.source_id) == source_id,
        or_(col(SourceFlaw.last_day) >= first, col(SourceFlaw.last_day) < today - timedelta(days=_FLAW_DAYS)),
    )
    session.exec(model_delete(SourceFlaw).where(gone))
    rows = [{"source_id": source_id, "flaw": line, "count": count, "last_day": today} for line, count in flaws.items()]
    upsert(session, SourceFlaw, rows, lambda _, new: {"count": new.count, "last_day": new.last_day})


def note_accounts(session: Session, source_id: int, day: date, accounts: int) -> None:
    """Remember how many accounts the source reported on *day*, over everybody."""
    row = {"source_id": source_id, "day": day, "accounts": accounts}
    upsert(session, SourceTotal, [row], lambda _, new: {"accounts": new.accounts})


def note_bills(session: Session, source_id: int, bills: Mapping[date, int]) -> None:
    """Remember what the provider billed for each day, over everybody."""
    rows = [{"source_id": source_id, "day": day, "bill_nano_usd": bill} for day, bill in sorted(bills.items())]
    upsert(session, SourceTotal, rows, lambda _, new: {"bill_nano_usd": new.bill_nano_usd})


def put_allowances(session: Session, source_id: int, stated: Mapping[int, Allowance], now: datetime) -> None:
    """Keep the limits that the source states now, by account, in the place of those before."""
    session.exec(model_delete(AccountAllowance).where(col(AccountAllowance.source_id) == source_id))
    for account, limit in stated.items():
        session.add(
            AccountAllowance(
                account_id=account,
                source_id=source_id,
                limit_nano_usd=limit.limit_nano_usd,
                spent_nano_usd=limit.spent_nano_usd,
                first_day=limit.first,
                last_day=limit.last,
                seen_at=now,
            )
        )


def health_of(session: Session, source_id: int) -> SourceHealth:
    """Return how a source is doing; one that was never asked is as new."""
    state = session.get(SourceState, source_id)
    if state is None:
        return SourceHealth(None, None, "", None)
    return SourceHealth(state.last_success_at, state.failing_since, state.last_error, state.unmatched_accounts)


def flaws_of(session: Session, source_id: int) -> dict[str, int]:
    """Return what could not be used of the source's last days, and how often."""
    query = model_select(SourceFlaw).where(SourceFlaw.source_id == source_id).order_by(SourceFlaw.flaw)
    return {flaw.flaw: flaw.count for flaw in session.exec(query)}
