"""What somebody can read about who could see something that includes them."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.chain import FIGURE, POLICY, TEAM_DIGEST, LoggedRow, readers_of
from bot.domain.released import Released
from bot.domain.teams import Team
from storage.access_log import entries_about, entries_of, mark_of_day
from storage.choices import File, files_of
from storage.released import Shown, figures_with, last_issue
from storage.teams import teams_of


class Seen(NamedTuple):
    """The figures that somebody is counted in, the files that they had made, and today's mark of the log."""

    figures: list[Released]
    files: list[File]
    log_mark: str


def seen_about(session: Session, person_id: int | None, today: date) -> Seen:
    """Return what includes somebody, the latest first; nothing of whom the bot does not know."""
    mark = mark_of_day(session, today)
    if person_id is None:
        return Seen([], [], mark)
    return Seen(_with_later_leads(session, figures_with(session, person_id)), files_of(session, person_id), mark)


def _with_later_leads(session: Session, figures: list[Released]) -> list[Released]:
    """Return figures with all who could read them: the log has the leads who got one after its release."""
    later: Counter[tuple[str, str]] = Counter()
    for row in entries_of(session, [FIGURE]) if figures else ():
        readers = readers_of(row.entry.readers) if row.entry else None
        if row.entry and readers and not readers.everybody_in:
            later[row.entry.cell, row.entry.period] += readers.leads
    return [_read_by_more(each, later[each.cell, each.block.word]) for each in figures]


def _read_by_more(figure: Released, leads: int) -> Released:
    readers = readers_of(figure.readers)
    if readers is None or not leads:
        return figure
    return figure._replace(readers=readers._replace(leads=readers.leads + leads).stored())


def every_entry(session: Session, person_id: int | None) -> list[LoggedRow]:
    """Return every row of the log that is about somebody, their figures, their teams or everybody, the latest first."""
    found = entries_of(session, [POLICY])
    if person_id is not None:
        cells = {(figure.cell, figure.block.word) for figure in figures_with(session, person_id)}
        teams = {team.name for team in teams_of(session, person_id)}
        shared = entries_of(session, [FIGURE, TEAM_DIGEST])
        found += [row for row in shared if _includes(row, cells, teams)]
        found += entries_about(session, person_id)
    return sorted(found, key=lambda row: (row.day, row.place, row.row_hash), reverse=True)


def _includes(row: LoggedRow, cells: set[tuple[str, str]], teams: set[str]) -> bool:
    if row.entry is None:
        return False
    return row.entry.cell in teams if row.entry.kind == TEAM_DIGEST else (row.entry.cell, row.entry.period) in cells


def lead_sees(session: Session, person_id: int | None) -> list[tuple[Team, Shown | None]]:
    """Return somebody's teams, each with the last digest that was released to its lead and to everybody in it."""
    teams = [] if person_id is None else teams_of(session, person_id)
    return [(team, last_issue(session, team.id)) for team in teams]
