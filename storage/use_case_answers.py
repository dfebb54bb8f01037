"""What people said after trying an entry: one answer a person, the latest, each stored once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, delete, select, update
from sqlmodel import Session

from bot.domain.use_cases.evidence import Answer
from bot.domain.use_cases.news import Said
from storage.holders import in_parts
from storage.ids import insert_new, table_of
from storage.tables import UseCase, UseCaseAnswer

_answers, _entries = table_of(UseCaseAnswer), table_of(UseCase)
_ANSWER: Final = tuple(_answers.c[name] for name in ("id", "person_id", "team", "result", "day", "by_author"))
_SAID: Final = (*_ANSWER, *(_answers.c[name] for name in ("thanks", "is_named", "reason", "is_sent")))


def say(session: Session, use_case_id: int, answer: Answer) -> bool:
    """Store what somebody says of an entry, in the place of what they said before; whether that was new.

    The id is made where it was asked: the same answer sent twice is stored once.
    """
    row = {"use_case_id": use_case_id, **answer._asdict()}
    row |= {"thanks": "", "is_named": False, "reason": "", "is_sent": False}
    if not insert_new(session, UseCaseAnswer, [row]):
        return False
    if answer.person_id is not None:
        before = (_answers.c.person_id == answer.person_id, _answers.c.use_case_id == use_case_id)
        session.connection().execute(delete(_answers).where(*before, _answers.c.id != answer.id))
    return True


def add_thanks(session: Session, answer_id: int, person_id: int, line: str, *, named: bool) -> bool:
    """Add a line for the author to somebody's own answer; whether there is one."""
    return _add(session, answer_id, person_id, thanks=line, is_named=named)


def add_reason(session: Session, answer_id: int, person_id: int, reason: str, *, sent: bool) -> bool:
    """Add to somebody's own answer why it did not work; whether there is one. Not *sent*, nobody reads it."""
    return _add(session, answer_id, person_id, reason=reason, is_sent=sent)


def answers_of(session: Session, use_case_ids: Collection[int]) -> dict[int, list[Answer]]:
    """Return all answers to each of these entries."""
    found: dict[int, list[Answer]] = {id_: [] for id_ in use_case_ids}
    query = select(_answers.c.use_case_id, *_ANSWER)
    for id_, *values in in_parts(session, query, _answers.c.use_case_id, found):
        found[id_].append(Answer(*values))
    return found


def answers_published(session: Session) -> dict[int, list[Answer]]:
    """Return all answers to published entries, by entry."""
    query = (
        select(_answers.c.use_case_id, *_ANSWER)
        .join(_entries, _entries.c.id == _answers.c.use_case_id)
        .where(_entries.c.state == "published")
    )
    found: dict[int, list[Answer]] = {}
    for id_, *values in session.connection().execute(query):
        found.setdefault(id_, []).append(Answer(*values))
    return found


def said_to(session: Session, author_id: int) -> dict[int, list[Said]]:
    """Return everything that was said of an author's published entries, by entry."""
    query = _all_said(_entries.c.person_id == author_id, _entries.c.state == "published")
    return _by_entry(session, query)


def said_by(session: Session, person_id: int) -> list[Said]:
    """Return everything that somebody said, the latest first."""
    query = _all_said(_answers.c.person_id == person_id).order_by(_answers.c.day.desc(), _answers.c.id)
    return [_said(row) for row in session.connection().execute(query)]


def authors_answered(session: Session, first: date, last: date) -> list[int]:
    """Return the authors of whose published entries anybody else said something from *first* to *last*."""
    query = (
        select(_entries.c.person_id)
        .join(_answers, _answers.c.use_case_id == _entries.c.id)
        .where(_entries.c.state == "published", _entries.c.person_id.is_not(None))
        .where(_answers.c.day.between(first, last), _answers.c.by_author.is_(False))
        .distinct()
        .order_by(_entries.c.person_id)
    )
    return [person_id for (person_id,) in session.connection().execute(query)]


def _all_said(*conditions: Any) -> Select[Any]:
    joined = _answers.join(_entries, _entries.c.id == _answers.c.use_case_id)
    return select(_answers.c.use_case_id, *_SAID).select_from(joined).where(*conditions)


def _by_entry(session: Session, query: Select[Any]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for said in _read(session.connection().execute(query)):
        found.setdefault(said.use_case_id, []).append(said)
    return found


def _read(rows: Iterable[Any]) -> list[Said]:
    return [_said(row) for row in rows]


def _said(row: Sequence[Any]) -> Said:
    id_, *values = row
    width = len(_ANSWER)
    return Said(id_, Answer(*values[:width]), *values[width:])


def _add(session: Session, answer_id: int, person_id: int, **values: Any) -> bool:
    own = (_answers.c.id == answer_id, _answers.c.person_id == person_id)
    return session.connection().execute(update(_answers).where(*own).values(**values)).rowcount > 0
