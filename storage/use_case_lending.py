"""What somebody or a team could borrow from the library, read without what nobody has reused yet."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from bot.domain.hints.borrow import Borrowable
from bot.domain.hints.choose import is_muted
from bot.domain.iso_week import IsoWeek
from bot.domain.people import Standing, Viewer
from bot.domain.team_digest import LibraryLine
from bot.domain.teams import Team
from bot.domain.use_cases.borrowing import Offer
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import CONFIRMERS, Claims, Evidence, evidence_of
from bot.domain.use_cases.lending import (
    Known,
    borrowables,
    fitting,
    library_line,
    offered_in,
    shared_by,
    worked_in,
)
from bot.domain.use_cases.rank import in_order
from storage.hints import history_of
from storage.ids import table_of
from storage.organisation import group_of
from storage.released import issue_of
from storage.tables import UseCaseAnswer
from storage.teams import teams_of
from storage.usage import usage_of
from storage.use_case_answers import answers_of
from storage.use_case_entries import entries, entries_published
from storage.use_case_standing import offers, stayed_with
from storage.use_case_tries import note_offered, seen_by, tries_by

_answers = table_of(UseCaseAnswer)
_TOOL_DAYS: Final = 28
_MOST_FOR_A_TEAM: Final = 1
_NOT_AGAIN_WEEKS: Final = 12  # after a team's digest named an entry
_HINTED: Final = 10


class ForTeam(NamedTuple):
    """What a team's digest of a week says of the library."""

    shared: tuple[LibraryLine, ...]
    worth_borrowing: tuple[LibraryLine, ...]


def team_names_of(session: Session, person_id: int) -> list[str]:
    """Return the names under which somebody's entries and answers may stand: their teams, then their home group."""
    home = group_of(session, person_id)
    return [team.name for team in teams_of(session, person_id)] + ([home] if home else [])


def team_name_of(session: Session, person_id: int) -> str:
    """Return the team that somebody is said to be of; nothing where none is known."""
    return next(iter(team_names_of(session, person_id)), "")


def known_of(session: Session, ids: Collection[int], today: date) -> list[Known]:
    """Return the published ones of these entries with what is known of them, in the order of *ids*."""
    by_id = {offer.candidate.id: offer for offer in offers(session, today, ids)}
    read = entries(session, by_id.keys())
    return [Known(read[id_], by_id[id_]) for id_ in ids if id_ in read and id_ in by_id]


def reused(session: Session, today: date) -> list[Offer]:
    """Return the published entries that worked for so many others that counts of them may be shown."""
    worked = (_answers.c.result == "yes", _answers.c.by_author.is_(False))
    query = select(_answers.c.use_case_id).where(*worked).group_by(_answers.c.use_case_id)
    rows = session.connection().execute(query.having(func.count() >= CONFIRMERS))
    ids = [id_ for (id_,) in rows]
    return offers(session, today, ids) if ids else []


def tools_of(session: Session, viewer: Viewer, today: date) -> set[str] | None:
    """Return the tools that somebody used in four weeks, by their own rows; None where nothing is known of it."""
    if viewer.standing is not Standing.ON:
        return None
    rows = usage_of(session, viewer.person_id, today - timedelta(days=_TOOL_DAYS), today)
    return {row.tool for row in rows if not row.is_seat} or None


def to_borrow(session: Session, viewer: Viewer, today: date, *, offered_too: bool = False) -> Known | None:
    """Return the entry that somebody could borrow first; with *offered_too* it may have been offered before."""
    lent = reused(session, today)
    if not lent:
        return None
    seen = seen_by(session, viewer.person_id)
    if offered_too:
        seen -= {each.use_case_id for each in tries_by(session, viewer.person_id) if each.state == "offered"}
    own = team_names_of(session, viewer.person_id)
    ids = fitting(lent, own, seen, viewer.person_id, tools_of(session, viewer, today), today)
    return next(iter(known_of(session, ids, today)), None)


def offer_in_note(session: Session, viewer: Viewer, week: IsoWeek, today: date) -> None:
    """Choose what somebody's note about *week* offers them, once; it is not offered again.

    Who muted hints of something to borrow is offered nothing.
    """
    if offered_in(tries_by(session, viewer.person_id), week) is not None:
        return
    if is_muted("borrow", history_of(session, viewer.person_id)):
        return
    known = to_borrow(session, viewer, today)
    if known is not None:
        note_offered(session, viewer.person_id, [known.entry.id], today)


def offered_with(session: Session, viewer: Viewer, week: IsoWeek, today: date) -> LibraryLine | None:
    """Return what somebody's note about *week* offers them."""
    id_ = offered_in(tries_by(session, viewer.person_id), week)
    known = [] if id_ is None else known_of(session, [id_], today)
    return library_line(known[0]) if known else None


def for_team(session: Session, team: Team, week: IsoWeek, today: date) -> ForTeam:
    """Return what *team*'s digest says: what it shared in *week*, and what others' it was not told of lately.

    Which tools its members use is not looked at: that is about people.
    """
    names = {name for name in (team.name, team.group) if name}
    published = [entry.id for entry in entries_published(session, week.monday) if entry.team in names]
    shared = shared_by(known_of(session, published, today), names, week)
    told = {id_ for back in range(1, _NOT_AGAIN_WEEKS + 1) for id_ in _told(session, team.id, week.before(back))}
    ids = fitting(reused(session, today), names, told, None, None, today, _MOST_FOR_A_TEAM)
    return ForTeam(_lines(shared), _lines(known_of(session, ids, today)))


def _told(session: Session, team_id: int, week: IsoWeek) -> set[int]:
    issue = issue_of(session, team_id, week.word)
    lines = issue.digest.worth_borrowing if issue else ()
    return {int(line.entry) for line in lines if line.entry.isdecimal()}


def _lines(known: Iterable[Known]) -> tuple[LibraryLine, ...]:
    return tuple(library_line(each) for each in known)


def what_worked(session: Session, first: date, last: date, today: date) -> LibraryLine | None:
    """Return the method that worked for others most, of those that worked for somebody from *first* to *last*."""
    ids = fitting(reused(session, today), (), (), None, None, today, _HINTED)
    return next(iter(_lines(worked_in(known_of(session, ids, today), first, last))), None)


def for_hints(session: Session, tools: Collection[str], today: date) -> list[Borrowable]:
    """Return what a hint may suggest to somebody who uses *tools*, in the library's order."""
    lent = reused(session, today)
    order = in_order([offer.candidate for offer in lent], today, seed="") if lent else []
    return borrowables(known_of(session, order, today), tools)


def evidence_about(session: Session, entry: Entry, today: date) -> Evidence:
    """Return what is known of an entry that is not published now."""
    linked = stayed_with(session, today, [entry.id]).get(entry.id, 0)
    claims = Claims(tried=entry.tried, linked=linked, measured=bool(entry.measured))
    return evidence_of(claims, answers_of(session, [entry.id])[entry.id], entry.person_id)


def moved_in(session: Session, week: IsoWeek, today: date) -> list[Known]:
    """Return the entries that were published or worked for somebody in *week*, in the library's order."""
    worked = (_answers.c.result == "yes", _answers.c.day.between(week.monday, week.sunday))
    ids = {id_ for (id_,) in session.connection().execute(select(_answers.c.use_case_id).where(*worked).distinct())}
    ids |= {entry.id for entry in entries_published(session, week.monday)}
    order = in_order((offer.candidate for offer in offers(session, today, ids)), today, seed=week.word) if ids else []
    return known_of(session, order, today)
