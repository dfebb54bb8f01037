"""The last 72 hours of runs, minute by minute, of people who chose to be told at once about one that runs away."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, case, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, delete, select

from bot.domain.hints.runaway import RecentRun as Run
from bot.domain.hints.wishes import ALARMS, ALARMS_ON
from storage.ids import table_of, upsert
from storage.tables import AccountLink, FeedScope, Person, RecentRun, Setting, Source

_AT_ONCE: Final = 500
_links, _settings, _runs = table_of(AccountLink), table_of(Setting), table_of(RecentRun)
_scopes, _sources, _persons = table_of(FeedScope), table_of(Source), table_of(Person)
_CHOSE: Final = and_(
    _settings.c.person_id == _links.c.person_id,
    _settings.c.name == ALARMS,
    _settings.c.value == ALARMS_ON,
    _links.c.to_day.is_(None),
)
_WITH_ALARMS: Final = (
    core_select(_links.c.account_id)
    .select_from(_links.join(_settings, _CHOSE))
    .where(_links.c.account_id.in_(bindparam("accounts", expanding=True)))
)
_WITH_NEWS: Final = (
    core_select(_links.c.person_id)
    .distinct()
    .select_from(
        _links.join(_settings, _CHOSE)
        .join(_scopes, _scopes.c.account_id == _links.c.account_id)
        .join(_persons, _persons.c.id == _links.c.person_id)
    )
    .where(_scopes.c.received_at >= bindparam("since"), _persons.c.paused_at.is_(None), _persons.c.left_on.is_(None))
    .order_by(_links.c.person_id)
)
_READ: Final = (
    core_select(
        _sources.c.kind,
        *(_runs.c[name] for name in ("tool", "work", "run", "run_kind", "minute", "billed_nano_usd")),
        *(_runs.c[name] for name in ("list_value_nano_usd", "has_progress", "account_id", "source_id")),
    )
    .select_from(
        _links.join(_runs, _runs.c.account_id == _links.c.account_id).join(_sources, _sources.c.id == _runs.c.source_id)
    )
    .where(_links.c.person_id == bindparam("person_id"), _links.c.to_day.is_(None))
    .order_by(_runs.c.account_id, _runs.c.source_id, _runs.c.run, _runs.c.minute)
)


class RunMinute(NamedTuple):
    """What a run came to in one minute, in both lanes of nano-USD, and whether it saved or finished something."""

    account_id: int
    source_id: int
    run: str
    minute: datetime
    tool: str
    work: str
    run_kind: str
    billed_nano_usd: int | None
    list_value_nano_usd: int | None
    has_progress: bool


def accounts_with_alarms(session: Session, accounts: Collection[int]) -> set[int]:
    """Return those of *accounts* whose person chose to be told at once."""
    ordered = sorted(accounts)
    found: set[int] = set()
    for start in range(0, len(ordered), _AT_ONCE):
        part = {"accounts": ordered[start : start + _AT_ONCE]}
        found.update(account for (account,) in session.connection().execute(_WITH_ALARMS, part))
    return found


def persons_with_news(session: Session, since: datetime) -> list[int]:
    """Return who chose to be told at once and has had a delivery *since* then."""
    return [person for (person,) in session.connection().execute(_WITH_NEWS, {"since": since})]


def add_minutes(session: Session, minutes: Iterable[RunMinute]) -> None:
    """Add what runs came to in a minute to what is known of that minute."""

    def added(name: str, old: Any, new: Any) -> Any:
        return case((old[name].is_(None), new[name]), else_=old[name] + func.coalesce(new[name], 0))

    rows = [minute._asdict() for minute in sorted(minutes, key=lambda each: each[:4])]
    upsert(
        session,
        RecentRun,
        rows,
        lambda old, new: {
            "billed_nano_usd": added("billed_nano_usd", old, new),
            "list_value_nano_usd": added("list_value_nano_usd", old, new),
            "has_progress": old.has_progress | new.has_progress,
        },
    )


def recent_runs_of(session: Session, person_id: int) -> list[Run]:
    """Return the person's runs of the last hours; each in the lane of the bill where it has one, else at list price.

    What several sources tell of one run is not added up, but that it saved something counts for each of them.
    """
    groups: dict[tuple[Any, ...], list[Any]] = {}
    progress: dict[tuple[int, str], datetime] = {}
    for row in session.connection().execute(_READ, {"person_id": person_id}):
        groups.setdefault((row.account_id, row.source_id, row.run), []).append(row)
        if row.has_progress:
            known = progress.setdefault((row.account_id, row.run), row.minute)
            progress[row.account_id, row.run] = max(known, row.minute)
    return [_run(rows, progress.get((account, run))) for (account, _, run), rows in groups.items()]


def _run(rows: Sequence[Any], last_progress: datetime | None) -> Run:
    first, is_billed = rows[0], any(row.billed_nano_usd is not None for row in rows)
    costs = [row.billed_nano_usd if is_billed else row.list_value_nano_usd for row in rows]
    return Run(
        source=first.kind,
        tool=first.tool,
        work=first.work,
        run=first.run,
        run_kind=first.run_kind,
        lane="billed" if is_billed else "list",
        minutes=tuple((row.minute, cost or 0) for row, cost in zip(rows, costs, strict=True)),
        last_progress=last_progress,
    )


def stored_minutes(session: Session, person_id: int) -> list[RunMinute]:
    """Return every minute that is kept of the person's runs."""
    found = session.connection().execute(_READ, {"person_id": person_id})
    return [RunMinute(*(getattr(row, name) for name in RunMinute._fields)) for row in found]


def any_minutes_before(session: Session, at: datetime) -> bool:
    """Return whether minutes are kept that are older than *at*."""
    return session.exec(select(RecentRun.run).where(RecentRun.minute < at).limit(1)).first() is not None


def drop_minutes_before(session: Session, at: datetime) -> None:
    """Delete minutes that are older than *at*."""
    session.exec(delete(RecentRun).where(col(RecentRun.minute) < at))


def drop_minutes_of(session: Session, person_id: int) -> None:
    """Delete every minute of the person's runs."""
    accounts = select(AccountLink.account_id).where(AccountLink.person_id == person_id)
    session.exec(delete(RecentRun).where(col(RecentRun.account_id).in_(accounts)))
