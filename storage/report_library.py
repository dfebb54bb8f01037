"""The library as the organisation's report reads it, without what nobody has reused yet."""

from datetime import date
from typing import Final

from sqlmodel import Session

from bot.domain.use_cases.lending import Known, fitting
from storage.organisation import homes
from storage.teams import running_teams
from storage.use_case_lending import known_of, reused

_READ: Final = 50


def verified(session: Session, today: date) -> list[Known]:
    """Return the entries that worked for others in two teams or more, in the library's order."""
    ids = fitting(reused(session, today), (), (), None, None, today, _READ)
    return known_of(session, ids, today)


def teams_here(session: Session) -> int:
    """Return how many teams there are by the names under which answers stand: those set up, and homes of people."""
    groups = {group for _, group in homes(session)}
    teams = running_teams(session)
    return len(groups | {team.name for team in teams} - {team.name for team in teams if team.group in groups})
