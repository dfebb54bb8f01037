"""Who asks about teams, on or off, and what of a team they may see."""

from datetime import date
from typing import Final

from sqlmodel import Session

from bot.domain.due import zone
from bot.domain.people import Profile, Viewer
from bot.domain.subscription import Usual, usual_time
from bot.domain.teams import Team, may_manage, next_at
from bot.services import Services
from handlers.visit import Visit
from storage import directory, people, teams

_LARGEST: Final = 2**63 - 1
_DIGITS: Final = len(str(_LARGEST))


def who_asks(session: Session, visit: Visit) -> Viewer | None:
    """Return who asks as the directory knows them, on or off; they have been let in already."""
    return people.viewer_of(session, visit.slack_id)


def who_asks_now(session: Session, profile: Profile, services: Services) -> Viewer:
    """Return who asks, as known from now on where the directory of last night did not have them."""
    found = people.viewer_of(session, profile.slack_id)
    if found is None:
        allowed = services.policy.guests.allowed
        directory.take_page(session, [profile], services.marks, services.now(), guests_allowed=allowed)
        found = people.viewer_of(session, profile.slack_id)
    if found is None:
        raise LookupError("who was let in is in the directory")
    return found


def own_teams(session: Session, visit: Visit) -> list[Team]:
    """Return the teams that get digests and that the person leads."""
    viewer = who_asks(session, visit)
    return teams.teams_led_by(session, viewer.person_id) if viewer else []


def own_team(session: Session, visit: Visit) -> Team | None:
    """Return the team that the request names, if its lead asks."""
    viewer = who_asks(session, visit)
    team = teams.team_of_id(session, int(visit.argument)) if is_id(visit.argument) else None
    return team if viewer and team and may_manage(team, viewer.person_id) else None


def is_id(text: str) -> bool:
    """Return whether *text* can be a number that a button carries."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text) <= _LARGEST


def usual(services: Services) -> Usual:
    """Return when digests come unless a team chose otherwise."""
    return usual_time(services.policy.digest.weekday, services.policy.digest.hour)


def next_day(team: Team, tz: str, services: Services) -> date:
    """Return the day of the next digest by the calendar of a time zone."""
    return next_at(team, usual(services), tz, services.now()).astimezone(zone(tz)).date()
