"""Who was offered an entry, wants to try it, and is to be asked once what came of it."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session

from bot.domain.use_cases.traces import Try, TryState
from storage.ids import insert_new, table_of, upsert
from storage.tables import UseCase, UseCaseAnswer, UseCaseTry

_tries, _entries, _answers = table_of(UseCaseTry), table_of(UseCase), table_of(UseCaseAnswer)
_WAITING: Final = "trying"


def want_to_try(session: Session, person_id: int, use_case_id: int, today: date, due_on: date) -> bool:
    """Remember that somebody wants to try an entry and is asked from *due_on* on; whether that is news."""
    before = session.get(UseCaseTry, (person_id, use_case_id))
    if before is not None and before.state in {_WAITING, "asked"}:
        return False
    row = {"person_id": person_id, "use_case_id": use_case_id, "state": _WAITING, "said_on": today, "due_on": due_on}
    changed = ("state", "said_on", "due_on")
    upsert(session, UseCaseTry, [row], lambda _, new: {name: new[name] for name in changed})
    return True


def note_offered(session: Session, person_id: int, use_case_ids: Iterable[int], today: date) -> None:
    """Remember that somebody was offered entries, so that they are not offered again."""
    rows = [{"person_id": person_id, "use_case_id": id_, "state": "offered", "said_on": today} for id_ in use_case_ids]
    insert_new(session, UseCaseTry, rows)


def settle(session: Session, person_id: int, use_case_id: int, state: TryState) -> bool:
    """Note that somebody was asked, answered, or leaves it; whether they had wanted to try it.

    What was answered or left is not asked any more.
    """
    own = (_tries.c.person_id == person_id, _tries.c.use_case_id == use_case_id)
    return session.connection().execute(update(_tries).where(*own).values(state=state)).rowcount > 0


def try_of(session: Session, person_id: int, use_case_id: int) -> Try | None:
    """Return what is known of somebody's trying an entry."""
    found = session.get(UseCaseTry, (person_id, use_case_id))
    return None if found is None else _try(found)


def tries_by(session: Session, person_id: int) -> list[Try]:
    """Return all of somebody's, by entry."""
    query = select(_tries).where(_tries.c.person_id == person_id).order_by(_tries.c.use_case_id)
    return [_try(row) for row in session.connection().execute(query)]


def tries_due(session: Session, today: date) -> list[Try]:
    """Return those who are to be asked about a published entry and were not yet, in the order of their days."""
    query = (
        select(_tries)
        .join(_entries, _entries.c.id == _tries.c.use_case_id)
        .where(_tries.c.state == _WAITING, _tries.c.due_on <= today, _entries.c.state == "published")
        .order_by(_tries.c.due_on, _tries.c.person_id, _tries.c.use_case_id)
    )
    return [_try(row) for row in session.connection().execute(query)]


def seen_by(session: Session, person_id: int) -> set[int]:
    """Return the entries that somebody knows already: their own, offered, tried, answered."""
    queries = (
        select(_tries.c.use_case_id).where(_tries.c.person_id == person_id),
        select(_answers.c.use_case_id).where(_answers.c.person_id == person_id),
        select(_entries.c.id).where(_entries.c.person_id == person_id),
    )
    return {id_ for query in queries for (id_,) in session.connection().execute(query)}


def _try(row: object) -> Try:
    return Try(*(getattr(row, name) for name in Try._fields))
