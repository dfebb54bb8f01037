"""What is kept of the library for how long, and what stays of it when somebody erases everything."""

from datetime import date
from typing import Final

from sqlalchemy import Table, delete, select, update
from sqlmodel import Session

from storage.ids import table_of
from storage.tables import (
    ChannelRoundUp,
    LookingForAsker,
    UseCase,
    UseCaseAnswer,
    UseCaseDecision,
    UseCaseLink,
    UseCaseReport,
    UseCaseTry,
)
from storage.use_case_asking import close_unasked
from storage.use_case_search import unindex

_entries, _links, _tries = table_of(UseCase), table_of(UseCaseLink), table_of(UseCaseTry)
_answers, _reports, _decisions = table_of(UseCaseAnswer), table_of(UseCaseReport), table_of(UseCaseDecision)
_askers, _round_ups = table_of(LookingForAsker), table_of(ChannelRoundUp)
# What others read or decide about; the rest was its author's alone.
_STAYS: Final = ("published", "archived")
# Without whose it is, and without what they wrote: what stays counts, and is nobody's.
_NAMELESS: Final = {"person_id": None, "thanks": "", "is_named": False, "reason": "", "is_sent": False}


def drop_names_before(session: Session, day: date) -> None:
    """Forget who answered, reported and decided before *day*, what they added to it, and who looked and tried."""
    run = session.connection().execute
    run(update(_answers).where(_answers.c.day < day, _answers.c.person_id.is_not(None)).values(**_NAMELESS))
    run(update(_reports).where(_reports.c.said_on < day).values(person_id=None))
    run(update(_decisions).where(_decisions.c.decided_on < day).values(person_id=None))
    run(delete(_tries).where(_tries.c.said_on < day))
    run(delete(_askers).where(_askers.c.asked_on < day))
    close_unasked(session)


def drop_withdrawn_before(session: Session, day: date) -> None:
    """Delete entries that their authors took back before *day*."""
    query = select(_entries.c.id).where(_entries.c.state == "withdrawn", _entries.c.changed_on < day)
    for (id_,) in session.connection().execute(query).all():
        delete_entry(session, id_)


def delete_entry(session: Session, id_: int) -> None:
    """Delete an entry and everything about it."""
    unindex(session, id_)
    for table in (_links, _tries, _answers, _reports, _decisions):
        session.connection().execute(delete(table).where(table.c.use_case_id == id_))
    session.connection().execute(delete(_entries).where(_entries.c.id == id_))


def leave_nameless(session: Session, person_id: int) -> None:
    """Leave somebody's published and archived entries to the library without their name, and delete the others.

    What they answered counts on without them; what they wrote beside it, what they tried and look for is gone.
    """
    run = session.connection().execute
    theirs = select(_entries.c.id).where(_entries.c.person_id == person_id, _entries.c.state.not_in(_STAYS))
    for (id_,) in run(theirs).all():
        delete_entry(session, id_)
    run(update(_entries).where(_entries.c.person_id == person_id).values(person_id=None, shown_as="nobody"))
    run(update(_answers).where(_answers.c.person_id == person_id).values(**_NAMELESS))
    run(update(_reports).where(_reports.c.person_id == person_id).values(person_id=None, reason=""))
    run(update(_decisions).where(_decisions.c.person_id == person_id).values(person_id=None))
    run(update(_round_ups).where(_round_ups.c.person_id == person_id).values(person_id=None))
    _delete_of(session, person_id, _tries)
    _delete_of(session, person_id, _askers)
    close_unasked(session)


def _delete_of(session: Session, person_id: int, table: Table) -> None:
    session.connection().execute(delete(table).where(table.c.person_id == person_id))
