"""What goes to operators about teams, and to the lead once an operator has answered."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.due import zone
from bot.domain.people import Viewer
from bot.domain.subscription import usual_time
from bot.domain.teams import ANSWERED, ASKED, NOT_MINE, next_at
from bot.jobs.kind import Kind, Payload, ToPerson
from bot.jobs.operators import kinds_for_operators
from bot.services import Services
from bot.views import team_agreement as views
from bot.views.blocks import Message
from bot.views.team_setup import is_set_up
from storage import people, teams


def _ask(services: Services, payload: Payload) -> Message | None:
    """Ask whether a team may be set up, as it is wished for now; nothing once that is settled."""
    team_id = int(payload["team"])
    with services.database.reading() as session:
        asked = teams.pending(session, team_id)
        lead = people.by_person_id(session, asked.team.lead_person_id) if asked else None
        number = len(teams.members_as_of(session, asked.team)) if asked else 0
    return None if asked is None or lead is None else views.ask_to_agree(asked, lead.name, number)


def _answer(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Tell the lead what an operator said."""
    with services.database.reading() as session:
        team = teams.any_team(session, int(payload["team"]))
    if team is None:
        return None
    if payload["answer"] != "agreed":
        operators = services.policy.people.operators
        return views.was_declined(team, operators, is_new=payload["is_new"] == "yes")
    usual = usual_time(services.policy.digest.weekday, services.policy.digest.hour)
    return is_set_up(team, next_at(team, usual, viewer.tz, services.now()).astimezone(zone(viewer.tz)).date())


def _not_mine(services: Services, payload: Payload) -> Message | None:
    """Tell that somebody says that a team is not theirs."""
    with services.database.reading() as session:
        team = teams.team_of_id(session, int(payload["team"]))
        viewer = people.by_person_id(session, int(payload["person"]))
    return None if team is None or viewer is None else views.says_not_mine(team, viewer.name)


KINDS: Final[Mapping[str, Kind]] = {
    **kinds_for_operators(ASKED, _ask),
    **kinds_for_operators(NOT_MINE, _not_mine),
    ANSWERED: ToPerson(_answer, late=timedelta(days=7), anybody=True),
}
