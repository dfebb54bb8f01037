"""Planning what the library sends, each message once: to those who try, look for and share, and to curators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlmodel import Session

from bot.domain.use_cases.curating import REPORTED
from bot.domain.use_cases.traces import Report
from storage.ids import table_of
from storage.operator_mail import Operators, plan_for_operators
from storage.planning import plan
from storage.tables import LookingFor, UseCase
from storage.use_case_asking import found
from storage.use_case_curating import report, reports_open
from storage.use_case_entries import entry_of

_wanted, _entries = table_of(LookingFor), table_of(UseCase)
# What the kinds of messages are called in the outbox.
QUESTION: Final = "use-case-question"
NEWS: Final = "use-case-news"
STILL_RIGHT: Final = "use-case-still-right"
FOUND: Final = "use-case-found"
TO_OPERATORS: Final = "use-case-report-to-operators"
ROUND_UP: Final = "round-up"


def tell_askers(session: Session, wanted_id: int, entry_id: int, now: datetime) -> int:
    """Tell those who look for something that an entry is it; return how many are told. Whoever shared it is not.

    Of an entry that is not published yet it is remembered what it is meant for, and they are told once it is.
    """
    entry = entry_of(session, entry_id)
    if entry is None:
        return 0
    if entry.state != "published":
        open_one = (_wanted.c.id == wanted_id, _wanted.c.state == "open")
        session.connection().execute(update(_wanted).where(*open_one).values(use_case_id=entry_id))
        return 0
    askers = [person for person in found(session, wanted_id, entry_id) if person != entry.person_id]
    payload = {"wanted": str(wanted_id), "entry": str(entry_id)}
    return plan(session, FOUND, str(wanted_id), [(person, now) for person in askers], now, payload=payload)


def promised(session: Session) -> list[tuple[int, int]]:
    """Return what is looked for and the entries that are meant to be it and are published."""
    joined = select(_wanted.c.id, _wanted.c.use_case_id).join(_entries, _entries.c.id == _wanted.c.use_case_id)
    rows = session.connection().execute(joined.where(_wanted.c.state == "open", _entries.c.state == "published"))
    return [(wanted_id, entry_id) for wanted_id, entry_id in rows]


def report_entry(session: Session, said: Report, curators: Sequence[str], operators: Operators, now: datetime) -> bool:
    """Store a report, and tell the curators of it, or the operators where there are none; whether it was new.

    They are told once of an entry until they have decided about it.
    """
    waits = any(each.use_case_id == said.use_case_id for each in reports_open(session))
    if not report(session, said):
        return False
    if not waits:
        kind, to = (REPORTED, Operators(operators.org_id, curators, "")) if curators else (TO_OPERATORS, operators)
        payload = {"entry": str(said.use_case_id), "report": str(said.id)}
        plan_for_operators(session, to, kind, f"{said.use_case_id} {said.id}", now, payload)
    return True
