"""What is known of where groups work, over everybody."""

from sqlalchemy import select
from sqlmodel import Session

from bot.domain.report.coverage import TeamPlaces
from storage.finished import places
from storage.ids import table_of
from storage.tables import OrgTeam
from storage.team_rows import places_of
from storage.teams import running_teams

_org_teams = table_of(OrgTeam)


def team_places(session: Session) -> list[TeamPlaces]:
    """Return every team that has places, of the operator's file or set up in Slack, and whether these are told of."""
    known = set(places(session))
    named = select(_org_teams.c.group_name, _org_teams.c.cost_group, _org_teams.c.places)
    found = [(group or cost, places_of(lines)) for group, cost, lines in session.connection().execute(named)]
    found += [(team.group or team.cost_group, team.places) for team in running_teams(session)]
    return [TeamPlaces(group, not known.isdisjoint(these)) for group, these in found if group and these]
