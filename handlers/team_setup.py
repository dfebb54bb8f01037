"""`/teamdigest create`: the form, and setting the team up at once or asking an operator."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import structlog
from sqlmodel import Session

from bot.domain.people import Profile, Viewer
from bot.domain.teams import (
    ASKED,
    MAX_PLACES,
    ListedTeam,
    Team,
    UserGroup,
    Verdict,
    Wish,
    is_listed,
    is_name,
    is_place,
    members_as_chosen,
    members_in,
    places_in,
    unreported,
    verdict,
)
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import team_setup as views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.team_access import next_day, who_asks, who_asks_now
from handlers.teams_shown import my_teams
from handlers.visit import Visit
from handlers.words import Word
from storage import finished, organisation, teams
from storage.operator_mail import plan_for_operators

log = structlog.get_logger()
_FIELDS: Final = ("name", "places", "members", "channel")
_ROOM: Final = 1900  # of the 2,000 characters of a button's value


class _Outcome(NamedTuple):
    """What came of a wish; *team* is None where nothing was set up and nobody is asked."""

    verdict: Verdict
    lead: Viewer
    team: Team | None = None


def open_form(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Return the form, with what was filled in before, or what the operator's file says of the person's team."""
    groups = _groups_of_slack(services)
    with services.database.reading() as session:
        places = finished.places(session)
        of_file = sorted(organisation.tree(session).parents)
        listed = _still_to_set_up(session, visit)
    offered = views.Offered(places, of_file, sorted((id_, group.handle) for id_, group in groups.items()))
    return views.setup_form(offered, _filled_before(visit) or _as_listed(listed))


def _still_to_set_up(session: Session, visit: Visit) -> ListedTeam | None:
    viewer = who_asks(session, visit)
    listed = organisation.listed_teams_of(session, viewer.person_id) if viewer else []
    return next((each for each in listed if not teams.name_is_taken(session, each.name)), None)


def _filled_before(visit: Visit) -> views.Filled | None:
    fields = dict(parse_qsl(visit.argument)) if "name=" in visit.argument else {}
    if not fields:
        return None
    places = places_in(fields.get("places", ""))
    return views.Filled(fields.get("name", ""), places, fields.get("members", ""), fields.get("channel", ""))


def _as_listed(listed: ListedTeam | None) -> views.Filled:
    if listed is None:
        return views.Filled()
    members = members_as_chosen(listed.group, listed.user_group)
    return views.Filled(listed.name, listed.places, members, listed.channel)


def _groups_of_slack(services: Services) -> Mapping[str, UserGroup]:
    try:
        return services.slack.user_groups()
    except ConnectorError as error:  # without the scope teams are groups of the file
        log.info("user_groups_not_offered", error=str(error))
        return {}


def wish_in(fields: Mapping[str, str]) -> Wish:
    """Return what was filled in."""
    group, user_group = members_in(fields.get("members", ""))
    name = " ".join(fields.get("name", "").split())
    return Wish(name, places_in(fields.get("places", "")), group, user_group, fields.get("channel", ""))


def check(visit: Visit, _services: Services) -> Mapping[str, str]:
    """Return what is to be corrected, by field."""
    wish = wish_in(visit.fields)
    errors = check_places(wish.places)
    if not is_name(wish.name):
        errors["name"] = views.BAD_NAME
    if not wish.group and not wish.user_group:
        errors["members"] = views.NO_MEMBERS
    return errors


def check_places(places: tuple[str, ...]) -> dict[str, str]:
    """Return what is wrong with the places that were filled in."""
    if not places:
        return {"places": views.NO_PLACES}
    if len(places) > MAX_PLACES:
        return {"places": views.TOO_MANY_PLACES}
    return {} if all(is_place(place) for place in places) else {"places": views.BAD_PLACE}


def set_up(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Set the team up, or ask the operators whether they agree; nothing happens where something is wrong."""
    wish, again = wish_in(visit.fields), _to_go_on(visit.fields)
    groups = _groups_of_slack(services) if wish.user_group else {}
    if problem := _problem(wish, groups, services):
        return views.not_yet(problem, again)
    profile = services.slack.profile(visit.slack_id.user_id)
    outcomes: list[_Outcome] = []
    change_once(visit, services, lambda session: outcomes.append(_carry_out(session, services, wish, groups, profile)))
    if not outcomes:  # the same form, sent twice
        return my_teams(visit, None, services)
    return _said(outcomes[-1], wish, again, services)


def _to_go_on(fields: Mapping[str, str]) -> str:
    """Return what was filled in as a button can carry it; nothing where that is too much."""
    filled = urlencode({name: fields.get(name, "") for name in _FIELDS})
    return filled if len(filled) <= _ROOM else ""


def _problem(wish: Wish, groups: Mapping[str, UserGroup], services: Services) -> str:
    if wish.channel and services.slack.is_in_channel(wish.channel) is False:
        return views.invite_me(wish.channel)
    if wish.user_group:
        return "" if wish.user_group in groups else views.no_such_group(wish.user_group)
    with services.database.reading() as session:
        known = wish.group in organisation.tree(session).parents
    return "" if known else views.no_such_group(wish.group)


def _carry_out(
    session: Session, services: Services, wish: Wish, groups: Mapping[str, UserGroup], profile: Profile
) -> _Outcome:
    lead = who_asks_now(session, profile, services)
    listed = organisation.listed_team(session, wish.name)
    operators = bool(services.policy.people.operators)
    is_taken = teams.name_is_taken(session, wish.name)
    found = verdict(wish, lead.person_id, listed, is_taken=is_taken, has_operators=operators)
    if found not in {Verdict.AT_ONCE, Verdict.ASK}:
        return _Outcome(found, lead)
    home = organisation.group_of(session, lead.person_id) or ""
    team = teams.create(
        session,
        wish,
        lead.person_id,
        services.now(),
        cost_group=listed.cost_group if listed else home,
        is_agreed=found is Verdict.AT_ONCE,
        from_file=is_listed(wish, listed),
    )
    if wish.user_group:
        teams.put_members(session, team.id, services.slack.org_id, groups[wish.user_group].users)
    payload, now = {"team": str(team.id)}, services.now()
    if found is Verdict.ASK and not plan_for_operators(session, services.operators, ASKED, str(team.id), now, payload):
        teams.decline(session, team.id)
        return _Outcome(found, lead)
    return _Outcome(found, lead, team)


def _said(outcome: _Outcome, wish: Wish, again: str, services: Services) -> Message:
    if outcome.verdict is Verdict.NAME_TAKEN:
        return views.not_yet(views.name_taken(wish.name), again)
    if outcome.verdict is Verdict.SOMEBODY_ELSES:
        return views.not_yet(views.somebody_elses(wish.name), again)
    if outcome.team is None:
        return views.nobody_to_ask(services.policy.people.help)
    if outcome.verdict is Verdict.ASK:
        return views.sent_to(services.policy.people.operators)
    with services.database.reading() as session:
        silent = unreported(wish.places, set(finished.places(session)))
    confirmation = views.is_set_up(outcome.team, next_day(outcome.team, outcome.lead.tz, services))
    return views.with_unreported(confirmation, silent)


WORDS: Final = (
    Word("create", modal_anybody=open_form, submit=set_up, check=check, window_title=views.TITLE, changes=True),
)
