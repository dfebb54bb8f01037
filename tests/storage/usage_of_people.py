"""Delivering and reading usage as imports and answers do, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from storage import people
from storage import usage as stored
from storage.engine import Database
from storage.ids import account_id, source_id
from storage.tables import AccountLink
from tests.cast import T0


@dataclass(frozen=True)
class Delivery:
    """Where a delivery went: whose account, which machine."""

    account: int
    source: int


def deliver(
    database: Database,
    viewer: Viewer,
    rows: Sequence[UsageRow],
    *,
    machine: str = "laptop",
    account: int | None = None,
    days: set[date] | None = None,
    now: datetime = T0,
) -> Delivery:
    """Replace *days* (those of *rows* unless given) of a machine of the viewer's."""

    def work(session: Session) -> Delivery:
        own = people.own_account(session, viewer.slack_id) if account is None else account
        source = source_id(session, "ccusage", machine, owner=own)
        scope = {row.day for row in rows} if days is None else days
        stored.replace_days(session, own, source, scope, [replace(row, source_id=source) for row in rows], now)
        return Delivery(own, source)

    return database.writing(work)


def usage(
    database: Database, viewer: Viewer, first: date = date(2020, 1, 1), last: date = date(2030, 1, 1)
) -> list[UsageRow]:
    """Return the viewer's rows, in an order that tests can rely on."""
    with database.reading() as session:
        found = stored.usage_of(session, viewer.person_id, first, last)
    return sorted(found, key=lambda row: (row.day, row.source_id, row.tool, row.model, row.work, row.tier))


def months(database: Database, viewer: Viewer) -> list[UsageRow]:
    """Return what remains of the viewer's older months."""
    with database.reading() as session:
        found = stored.months_of(session, viewer.person_id, date(2020, 1, 1), date(2030, 1, 1))
    return sorted(found, key=lambda row: (row.day, row.source_id, row.tool, row.model, row.tier))


def held(database: Database, *holders: tuple[Viewer, date, date | None]) -> int:
    """Return an account of a provider's that one person held after the other, from when to when."""

    def work(session: Session) -> int:
        account = account_id(session, "github", "dev-1")
        for viewer, first, last in holders:
            link = AccountLink(
                account_id=account, person_id=viewer.person_id, from_day=first, how="file", by="operator"
            )
            link.to_day = last
            session.add(link)
        return account

    return database.writing(work)
