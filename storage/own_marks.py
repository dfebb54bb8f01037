"""What people mark about their own list: an item that is not theirs, a job that they share with others."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, delete, select

from bot.domain.outcomes.links import OwnMarks
from storage.ids import upsert
from storage.tables import OwnMark

MarkKind = Literal["not_mine", "shared_job", "planned"]


def put_mark(session: Session, person_id: int, kind: MarkKind, subject: str, now: datetime) -> None:
    """Remember that the person says so of *subject*: a reference, a job's name, or a day that was planned."""
    row = {"person_id": person_id, "kind": kind, "subject": subject, "marked_at": now}
    upsert(session, OwnMark, [row], lambda old, _: {"marked_at": old.marked_at})


def drop_mark(session: Session, person_id: int, kind: MarkKind, subject: str) -> None:
    """Forget that the person said so."""
    one = (col(OwnMark.person_id) == person_id, col(OwnMark.kind) == kind, col(OwnMark.subject) == subject)
    session.exec(delete(OwnMark).where(*one))


def marks_with_days(session: Session, person_id: int) -> list[tuple[str, str, datetime]]:
    """Return what the person marked: the kind of mark, of what, and when."""
    query = select(OwnMark).where(OwnMark.person_id == person_id).order_by(OwnMark.kind, OwnMark.subject)
    return [(mark.kind, mark.subject, mark.marked_at) for mark in session.exec(query)]


def own_marks(session: Session, person_id: int) -> OwnMarks:
    """Return what the person marked, as it is applied to their list and cost."""
    said = marks_with_days(session, person_id)
    return OwnMarks(
        not_mine=frozenset(subject for kind, subject, _ in said if kind == "not_mine"),
        shared_jobs=frozenset(subject for kind, subject, _ in said if kind == "shared_job"),
    )
