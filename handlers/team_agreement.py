"""What operators answer about teams, and [Not my team], which goes to them."""

from collections.abc import Callable
from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.teams import ANSWERED, NOT_MINE, Team, wish_mark
from bot.services import Services
from bot.views import team_agreement as views
from bot.views.blocks import Message
from bot.views.team_help import unknown_word
from bot.views.team_setup import nobody_to_ask
from handlers.changes import change_once
from handlers.team_access import is_id, who_asks
from handlers.teams_shown import my_teams
from handlers.visit import Visit
from handlers.words import Word
from storage import teams
from storage.operator_mail import plan_for_operators
from storage.planning import plan

Settle = Callable[[Session, int], Team | None]


def agree(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let a team be set up as it was asked for, and have its lead told."""
    now = services.now()
    team = _settle(visit, services, "agreed", lambda session, team_id: teams.agree(session, team_id, now))
    return team if isinstance(team, Message) else views.agreed(team)


def decline(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Leave a team as it is, and have its lead told."""
    team = _settle(visit, services, "declined", teams.decline)
    return team if isinstance(team, Message) else views.declined(team)


def _settle(visit: Visit, services: Services, answer: str, settle: Settle) -> Team | Message:
    operators = services.policy.people.operators
    if visit.slack_id.user_id not in operators:
        return views.operators_only(operators)
    number, _, mark = visit.argument.partition(" ")
    if not is_id(number):
        return unknown_word()
    answers: list[Team | Message] = []

    def work(session: Session) -> None:
        asked = teams.pending(session, int(number))
        if asked is not None and wish_mark(asked.team.places) != mark:
            answers.append(views.asked_anew())
            return
        team = settle(session, int(number))
        if asked is not None and team is not None:
            _tell_lead(session, services, team, answer, is_new=asked.is_new)
            answers.append(team)

    change_once(visit, services, work)
    return answers[-1] if answers else views.settled()


def _tell_lead(session: Session, services: Services, team: Team, answer: str, *, is_new: bool) -> None:
    now = services.now()
    payload = {"team": str(team.id), "answer": answer, "is_new": "yes" if is_new else "no"}
    plan(session, ANSWERED, f"{team.id} {now.isoformat()}", [(team.lead_person_id, now)], now, payload=payload)


def not_mine(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Tell the operators that the person is not in this team; nothing else changes."""
    with services.database.reading() as session:
        viewer = who_asks(session, visit)
        theirs = teams.teams_of(session, viewer.person_id) if viewer else []
    team = next((each for each in theirs if str(each.id) == visit.argument), None)
    if viewer is None or team is None:
        return my_teams(visit, viewer, services)
    payload = {"team": str(team.id), "person": str(viewer.person_id)}
    period = f"{team.id} {viewer.person_id}"
    operators, now = services.operators, services.now()
    told: list[bool] = []

    def tell(session: Session) -> None:
        told.append(plan_for_operators(session, operators, NOT_MINE, period, now, payload))

    change_once(visit, services, tell)
    people = services.policy.people
    return nobody_to_ask(people.help) if told and not told[-1] else views.sent_not_mine(people.operators)


WORDS: Final = (
    Word("agree", anybody=agree, typed=False),
    Word("decline", anybody=decline, typed=False),
    Word("not-my-team", anybody=not_mine, typed=False),
)
