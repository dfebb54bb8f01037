"""`/teamdigest settings` and `stop`: for a team's lead alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.subscription import HOURS
from bot.domain.teams import ASKED, Team, places_in, places_need_agreement
from bot.services import Services
from bot.views import team_settings as views
from bot.views.blocks import Message
from bot.views.team_setup import invite_me, nobody_to_ask
from handlers.changes import change_once
from handlers.team_access import next_day, own_team, own_teams, usual, who_asks
from handlers.team_setup import check_places
from handlers.visit import Visit
from handlers.words import Word
from storage import finished, organisation, teams
from storage.operator_mail import plan_for_operators


def open_settings(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Return the settings of the team that is meant; a lead of several chooses one."""
    with services.database.reading() as session:
        theirs = own_teams(session, visit)
        team = own_team(session, visit) or (theirs[0] if len(theirs) == 1 else None)
        places = finished.places(session) if team else []
    if team is not None:
        return views.settings_form(team, places, usual(services))
    return views.which_team(theirs) if theirs else views.leads_none()


def check(visit: Visit, _services: Services) -> Mapping[str, str]:
    """Return what is to be corrected, by field."""
    return check_places(places_in(visit.fields.get("places", "")))


def save(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Keep what was chosen; places that are new to the team wait for an operator where one has to agree."""
    with services.database.reading() as session:
        team, viewer = own_team(session, visit), who_asks(session, visit)
    if team is None or viewer is None:
        return views.which_to_stop([])
    places = places_in(visit.fields.get("places", ""))
    wished = _with_choices(team, visit.fields)
    if wished.channel not in {"", team.channel} and services.slack.is_in_channel(wished.channel) is False:
        return views.not_saved(invite_me(wished.channel), team)
    asked: list[bool | None] = []
    change_once(visit, services, lambda session: asked.append(_keep(session, services, wished, places)))
    if asked and asked[-1] is not None:
        people = services.policy.people
        return views.places_asked(team, people.operators) if asked[-1] else nobody_to_ask(people.help)
    with services.database.reading() as session:
        now = teams.team_of_id(session, team.id) or wished
    return views.saved(now, next_day(now, viewer.tz, services))


def _with_choices(team: Team, fields: Mapping[str, str]) -> Team:
    """Return the team with the channel, weekday and hour that were chosen."""
    weekday, hour = fields.get("weekday", ""), fields.get("hour", "")
    return replace(
        team,
        channel=fields.get("channel", ""),
        weekday=int(weekday) if weekday in map(str, range(7)) else None,
        hour=int(hour) if hour in map(str, HOURS) else None,
    )


def _keep(session: Session, services: Services, wished: Team, places: tuple[str, ...]) -> bool | None:
    """Keep what was chosen; return whether operators were asked about the places, None where nobody has to be."""
    listed = organisation.listed_team(session, wished.name)
    operators = bool(services.policy.people.operators)
    if not places_need_agreement(wished, places, listed, has_operators=operators):
        teams.change(session, replace(wished, places=places), services.now())
        return None
    teams.change(session, wished, services.now())
    teams.ask_for_places(session, wished.id, places)
    now, payload = services.now(), {"team": str(wished.id)}
    return plan_for_operators(session, services.operators, ASKED, f"{wished.id} {now.isoformat()}", now, payload)


def stop(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let the team that a button names get no more digests; without one, ask which."""
    with services.database.reading() as session:
        team, theirs = own_team(session, visit), own_teams(session, visit)
    if team is None or not visit.from_button:
        return views.which_to_stop(theirs)
    change_once(visit, services, lambda session: teams.stop(session, team.id))
    return views.stopped(team)


WORDS: Final = (
    Word("settings", modal_anybody=open_settings, submit=save, check=check, window_title=views.TITLE, changes=True),
    Word("stop", anybody=stop, window_title=views.TITLE, changes=True),
)
