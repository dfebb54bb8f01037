"""What people look for and the library does not have, and how many ask for it."""

from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlmodel import Session

from bot.domain.use_cases.search import words_of
from bot.domain.use_cases.traces import Wanted
from storage.ids import insert_new, table_of
from storage.tables import LookingFor, LookingForAsker

_wanted, _askers = table_of(LookingFor), table_of(LookingForAsker)


def ask(session: Session, id_: int, wanted: str, person_id: int, today: date) -> bool:
    """Store what somebody looks for, with an id made where they asked; whether they had not asked before."""
    insert_new(
        session, LookingFor, [{"id": id_, "wanted": wanted, "state": "open", "asked_on": today, "use_case_id": None}]
    )
    return ask_too(session, id_, person_id, today)


def ask_too(session: Session, id_: int, person_id: int, today: date) -> bool:
    """Note that somebody looks for it as well; whether that is news."""
    row = {"person_id": person_id, "looking_for_id": id_, "asked_on": today}
    return insert_new(session, LookingForAsker, [row]) > 0


def wanted_now(session: Session) -> list[Wanted]:
    """Return what is looked for: what most people ask for first, then what was asked first."""
    found = _read(session, _query().where(_wanted.c.state == "open"))
    return sorted(found, key=lambda each: (-each.people, each.asked_on, each.id))


def wanted_alike(session: Session, wanted: str) -> Wanted | None:
    """Return what is looked for already in the same words, in whatever order and case."""
    words = set(words_of(wanted))
    return next((each for each in wanted_now(session) if words and set(words_of(each.wanted)) == words), None)


def wanted_one(session: Session, id_: int) -> Wanted | None:
    """Return one, open or not."""
    return next(iter(_read(session, _query().where(_wanted.c.id == id_))), None)


def wanted_by(session: Session, person_id: int) -> list[Wanted]:
    """Return what somebody looks for, open or not, the earliest first."""
    own = select(_askers.c.looking_for_id).where(_askers.c.person_id == person_id)
    found = _read(session, _query().where(_wanted.c.id.in_(own)))
    return sorted(found, key=lambda each: (each.asked_on, each.id))


def found(session: Session, id_: int, use_case_id: int) -> list[int]:
    """Note that an entry answers it; return the persons who looked for it."""
    done = update(_wanted).where(_wanted.c.id == id_, _wanted.c.state == "open")
    if not session.connection().execute(done.values(state="found", use_case_id=use_case_id)).rowcount:
        return []
    query = select(_askers.c.person_id).where(_askers.c.looking_for_id == id_).order_by(_askers.c.person_id)
    return [person_id for (person_id,) in session.connection().execute(query)]


def close(session: Session, id_: int) -> None:
    """Take something off the list without an answer."""
    session.connection().execute(update(_wanted).where(_wanted.c.id == id_).values(state="closed"))


def ask_no_more(session: Session, id_: int, person_id: int) -> None:
    """Forget that somebody looks for it; what nobody looks for any more is closed."""
    own = (_askers.c.looking_for_id == id_, _askers.c.person_id == person_id)
    session.connection().execute(delete(_askers).where(*own))
    close_unasked(session)


def close_unasked(session: Session) -> None:
    """Close what nobody looks for any more."""
    asked = select(_askers.c.looking_for_id)
    unasked = update(_wanted).where(_wanted.c.state == "open", _wanted.c.id.not_in(asked))
    session.connection().execute(unasked.values(state="closed"))


def _query() -> Select[Any]:
    people = func.count(_askers.c.person_id)
    return (
        select(_wanted.c.id, _wanted.c.wanted, people, _wanted.c.asked_on, _wanted.c.state, _wanted.c.use_case_id)
        .select_from(_wanted.outerjoin(_askers, _askers.c.looking_for_id == _wanted.c.id))
        .group_by(*_wanted.columns)
    )


def _read(session: Session, query: Select[Any]) -> list[Wanted]:
    return [Wanted(*row) for row in session.connection().execute(query)]
