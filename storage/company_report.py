"""The organisation's reports as they were released, and what was said about the month's budget."""

from datetime import datetime
from typing import Final

from sqlmodel import Session, col, delete, select

from bot.domain.blocks_of_weeks import Block
from bot.domain.report.content import CompanyReport, report_in
from storage.choices import ALERT
from storage.ids import insert_new
from storage.tables import CompanyReport as Row
from storage.tables import JobSlot

_QUIET: Final = "budget quiet"


def put_report(session: Session, report: CompanyReport, now: datetime) -> bool:
    """Keep the report of a block; return whether there was none yet. Then nothing is written."""
    row = {"period": report.weeks.word, "content": report.stored(), "released_at": now}
    return insert_new(session, Row, [row]) == 1


def report_of(session: Session, block: Block) -> CompanyReport | None:
    """Return the report of *block* as it was released."""
    row = session.get(Row, block.word)
    return None if row is None else report_in(row.content)


def last_report(session: Session) -> CompanyReport | None:
    """Return the last report that was released."""
    row = session.exec(select(Row).order_by(col(Row.released_at).desc()).limit(1)).first()
    return None if row is None else report_in(row.content)


def drop_reports_before(session: Session, at: datetime) -> None:
    """Forget the reports that were released before *at*."""
    session.exec(delete(Row).where(col(Row.released_at) < at))


def quieten_budget(session: Session, month: str, until: datetime, now: datetime) -> None:
    """Say nothing more about the budget of *month* (2026-11) before *until*, to any of its readers."""
    slot = f"{_QUIET} {month} {until.isoformat(timespec='seconds')}"
    insert_new(session, JobSlot, [{"job": ALERT, "slot": slot, "taken_at": now}])


def quiet_until(session: Session, month: str) -> datetime | None:
    """Return until when nothing more was to be said about the budget of *month*; None where nobody asked for it."""
    prefix = f"{_QUIET} {month} "
    query = select(JobSlot.slot).where(JobSlot.job == ALERT, col(JobSlot.slot).startswith(prefix))
    return max((datetime.fromisoformat(slot.removeprefix(prefix)) for slot in session.exec(query)), default=None)


def budget_is_quiet(session: Session, month: str, now: datetime) -> bool:
    """Return whether nothing is to be said about the budget of *month* at the moment."""
    until = quiet_until(session, month)
    return until is not None and now < until
