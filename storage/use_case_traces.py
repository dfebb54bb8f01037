"""Everything that one person left in the library, for their own file."""

from sqlmodel import Session

from bot.domain.use_cases.traces import OwnLibrary
from storage.use_case_answers import said_by
from storage.use_case_asking import wanted_by
from storage.use_case_curating import decisions_by, reports_by
from storage.use_case_entries import entries_by
from storage.use_case_round_ups import round_ups_by
from storage.use_case_tries import tries_by


def own_library(session: Session, person_id: int) -> OwnLibrary:
    """Return somebody's entries in any state, and what they answered, tried, reported, decided, look for, turned on."""
    return OwnLibrary(
        entries=entries_by(session, person_id),
        said=said_by(session, person_id),
        tries=tries_by(session, person_id),
        reports=reports_by(session, person_id),
        decisions=decisions_by(session, person_id),
        wanted=wanted_by(session, person_id),
        round_ups=round_ups_by(session, person_id),
    )
