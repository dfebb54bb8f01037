"""What people report about entries, and what curators decide."""

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session

from bot.domain.use_cases.traces import Decision, Report
from storage.ids import insert_new, table_of
from storage.tables import UseCaseDecision, UseCaseReport

_reports, _decisions = table_of(UseCaseReport), table_of(UseCaseDecision)


def report(session: Session, said: Report) -> bool:
    """Store a report; whether it was not stored before."""
    return insert_new(session, UseCaseReport, [said._asdict()]) > 0


def reports_open(session: Session) -> list[Report]:
    """Return the reports about which nobody decided, the earliest first."""
    return _reported(session, _reports.c.settled_on.is_(None))


def reports_by(session: Session, person_id: int) -> list[Report]:
    """Return what somebody reported, the earliest first."""
    return _reported(session, _reports.c.person_id == person_id)


def decide(session: Session, decision: Decision) -> bool:
    """Note a decision, and settle what was reported about the entry; whether it was not noted before."""
    if not insert_new(session, UseCaseDecision, [decision._asdict()]):
        return False
    about = (_reports.c.use_case_id == decision.use_case_id, _reports.c.settled_on.is_(None))
    session.connection().execute(update(_reports).where(*about).values(settled_on=decision.decided_on))
    return True


def decisions_about(session: Session, use_case_id: int) -> list[Decision]:
    """Return what was decided about an entry, the earliest first."""
    return _decided(session, _decisions.c.use_case_id == use_case_id)


def decisions_by(session: Session, person_id: int) -> list[Decision]:
    """Return what somebody decided as a curator, the earliest first."""
    return _decided(session, _decisions.c.person_id == person_id)


def _reported(session: Session, condition: ColumnElement[bool]) -> list[Report]:
    columns = [_reports.c[name] for name in Report._fields]
    query = select(*columns).where(condition).order_by(_reports.c.said_on, _reports.c.id)
    return [Report(*row) for row in session.connection().execute(query)]


def _decided(session: Session, condition: ColumnElement[bool]) -> list[Decision]:
    columns = [_decisions.c[name] for name in Decision._fields]
    query = select(*columns).where(condition).order_by(_decisions.c.decided_on, _decisions.c.id)
    return [Decision(*row) for row in session.connection().execute(query)]
