"""`/teamdigest` alone: somebody's teams, and when their next digests come."""

from typing import Final

from bot.domain.people import Viewer
from bot.domain.teams import may_manage
from bot.services import Services
from bot.views import team_help as views
from bot.views.blocks import Message
from handlers.team_access import next_day, who_asks
from handlers.visit import Visit
from handlers.words import Word
from storage import teams


def my_teams(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the teams that the person leads or is in, and those that wait for an operator."""
    with services.database.reading() as session:
        viewer = who_asks(session, visit)
        theirs = teams.teams_of(session, viewer.person_id) if viewer else []
        waiting = teams.asked_for_by(session, viewer.person_id) if viewer else []
    led = [team for team in theirs if viewer and may_manage(team, viewer.person_id)]
    days = {team.id: next_day(team, viewer.tz, services) for team in led if viewer}
    return views.my_teams(theirs, days, waiting)


def help_(_visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show what can be asked."""
    return views.help_message(services.policy.people.help)


WORDS: Final = (Word("teams", anybody=my_teams), Word("help", anybody=help_))
