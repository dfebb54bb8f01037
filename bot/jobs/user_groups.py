"""What follows from Slack's directory each night: homes of the organisation, and members of user groups."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.teams import USER_GROUP_GONE, Team
from bot.errors import ConnectorError
from bot.jobs import directory
from bot.jobs.kind import Payload
from bot.jobs.operators import kinds_for_operators
from bot.services import Services
from bot.views.blocks import Message
from bot.views.team_agreement import user_group_is_gone
from storage import organised_people, teams
from storage.operator_mail import plan_for_operators

log = structlog.get_logger()


def run_after_directory(services: Services) -> dict[str, int]:
    """Take over Slack's directory, then what hangs on it."""
    return {**directory.run(services), **run(services)}


def run(services: Services) -> dict[str, int]:
    """Find everybody of the company's file in the directory anew, and read the user groups that are teams.

    Where Slack does not tell of user groups, the members stay as they were.
    """
    with services.database.reading() as session:
        found = organised_people.moves(session, services.marks)
        of_user_groups = teams.teams_of_user_groups(session)
    services.database.writing(lambda session: organised_people.make_moves(session, found))
    return {"homes": found.homes, "user_groups": _read(services, of_user_groups) if of_user_groups else 0}


def _read(services: Services, of_user_groups: list[Team]) -> int:
    try:
        groups = services.slack.user_groups()
    except ConnectorError as error:
        log.warning("user_groups_not_read", error=str(error))
        return 0
    for team in of_user_groups:
        group = groups.get(team.user_group)
        take = partial(_take, services=services, team=team, users=group.users if group else None)
        services.database.writing(take)
    return sum(team.user_group in groups for team in of_user_groups)


def _take(session: Session, services: Services, team: Team, users: Sequence[str] | None) -> None:
    if users is not None:
        teams.put_members(session, team.id, services.slack.org_id, users)
    elif teams.note_user_group(session, team.id, gone=True):
        now, payload = services.now(), {"team": str(team.id)}
        period = f"{team.id} {now.date().isoformat()}"
        plan_for_operators(session, services.operators, USER_GROUP_GONE, period, now, payload)


def _compose(services: Services, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        team = teams.team_of_id(session, int(payload["team"]))
    return user_group_is_gone(team) if team is not None else None


KINDS: Final = kinds_for_operators(USER_GROUP_GONE, _compose)
