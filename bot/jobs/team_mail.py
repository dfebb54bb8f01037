"""What a team's digest sends: to its lead or its channel, and a word where it cannot get there."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.released import Issue
from bot.domain.teams import Team
from bot.jobs.kind import Kind, Payload, ToChannel, ToPerson
from bot.services import Services
from bot.views.blocks import Message
from bot.views.team_digest import team_digest_message
from bot.views.team_figures import figures_message, fourth_blocks
from bot.views.team_trouble import channel_closed, lead_is_gone
from storage.choices import ALERT, take_slot
from storage.planning import plan
from storage.released import channels_without, issue_of
from storage.teams import running_teams, team_of_id

TEAM_DIGEST: Final = "team-digest"
IN_CHANNEL: Final = "team-digest-channel"
FIGURES: Final = "team-figures"
CHANNEL_CLOSED: Final = "team-channel-closed"
LEAD_GONE: Final = "team-lead-gone"


def plan_issue(session: Session, services: Services, team: Team, lead: Viewer | None, issue: Issue) -> None:
    """Plan who gets an issue now: the channel, if the team has one, else its lead.

    Figures about cost never go to a channel: then the lead gets them apart. Of a lead who is gone the operators
    are told once.
    """
    now, word = services.now(), issue.digest.week.word
    period, payload = f"{team.id} {word}", {"team": str(team.id), "week": word}
    put = partial(plan, session, period=period, now=now, payload=payload)
    if team.channel:
        put(IN_CHANNEL, due=[(0, now)], channel=team.channel)
    if lead is None:
        _tell_operators(session, services, team)
    elif not team.channel:
        put(TEAM_DIGEST, due=[(lead.person_id, now)])
    elif issue.fourth is not None:
        put(FIGURES, due=[(lead.person_id, now)])


def _tell_operators(session: Session, services: Services, team: Team) -> None:
    channel, now = services.policy.people.operator_channel, services.now()
    period = f"{team.id} {team.lead_person_id}"
    if channel and take_slot(session, ALERT, f"team lead {period}", now):
        plan(session, LEAD_GONE, period, [(0, now)], now, payload={"team": str(team.id)}, channel=channel)


def tell_of_channels(services: Services) -> int:
    """Tell the lead, once a channel, where a digest could not be posted there; return how many were told."""
    with services.database.reading() as session:
        closed = channels_without(session, IN_CHANNEL)
        teams = [team for team in running_teams(session) if team.channel and team.channel in closed] if closed else []
    return sum(services.database.writing(partial(_tell_lead, services=services, team=team)) for team in teams)


def _tell_lead(session: Session, services: Services, team: Team) -> bool:
    now, period = services.now(), f"{team.id} {team.channel}"
    if not take_slot(session, ALERT, f"team channel {period}", now):
        return False
    payload = {"team": str(team.id), "channel": team.channel}
    return plan(session, CHANNEL_CLOSED, period, [(team.lead_person_id, now)], now, payload=payload) == 1


def _to_lead(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    issue = _issue(services, payload, viewer.person_id)
    return None if issue is None else team_digest_message(issue.digest, issue.team_id, fourth_blocks(issue))


def _figures_to_lead(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    issue = _issue(services, payload, viewer.person_id)
    return None if issue is None or issue.fourth is None else figures_message(issue)


def _to_channel(services: Services, payload: Payload) -> Message | None:
    issue = _issue(services, payload)
    return None if issue is None else team_digest_message(issue.digest, issue.team_id, in_channel=True)


def _issue(services: Services, payload: Payload, lead_person_id: int | None = None) -> Issue | None:
    """Return the issue that was planned; None once the team gets none any more, or has another lead."""
    with services.database.reading() as session:
        team = team_of_id(session, int(payload["team"]))
        if team is None or lead_person_id not in {None, team.lead_person_id}:
            return None
        return issue_of(session, team.id, payload["week"])


def _closed(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        team = team_of_id(session, int(payload["team"]))
    if team is None or team.lead_person_id != viewer.person_id or team.channel != payload["channel"]:
        return None
    return channel_closed(team.name, team.id, team.channel)


def _gone(services: Services, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        team = team_of_id(session, int(payload["team"]))
    return None if team is None else lead_is_gone(team.name)


KINDS: Final[Mapping[str, Kind]] = {
    TEAM_DIGEST: ToPerson(_to_lead, anybody=True),
    IN_CHANNEL: ToChannel(_to_channel),
    FIGURES: ToPerson(_figures_to_lead, anybody=True),
    CHANNEL_CLOSED: ToPerson(_closed, anybody=True),
    LEAD_GONE: ToChannel(_gone),
}
