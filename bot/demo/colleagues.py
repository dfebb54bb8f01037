"""Those of Larkfield who are seen in sums only: in the directory, not in the local Slack. And who is counted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlmodel import Session

from bot.demo.company.people import Person, everybody, with_names
from bot.demo.company.roster import ENGINEERING
from bot.domain.people import Profile, SlackId
from bot.services import Services
from storage import choices, directory, links, people
from storage.consents import COUNTED, UNDER_POLICY, YES

# Asked in the tour, or never: of everybody else in Engineering one in so many was left out by their own choice.
_NOT_ASKED: Final = frozenset({"ana"})
_ONE_IN: Final = 7


def let_in(session: Session, services: Services) -> None:
    """Let everybody without a name be in the directory."""
    profiles = [_profile(each, services) for each in _unnamed()]
    directory.take_page(session, profiles, services.marks, services.now(), guests_allowed=False)


def switch_on_engineers(session: Session, services: Services, providers: Sequence[str]) -> None:
    """Switch on those of Engineering without a name, with their accounts."""
    days = services.policy.retention.daily_days
    from_day = services.now().date() - timedelta(days=days)
    for each in _unnamed():
        if each.team in ENGINEERING:
            profile = _profile(each, services)
            viewer = people.switch_on(session, profile, services.marks, services.now(), days)
            links.link_by_email(session, viewer, profile, providers, services.marks, from_day)


def count_in(session: Session, services: Services) -> None:
    """Let six of seven in Engineering have said that their cost may be counted."""
    now, mark = services.now(), services.policy.mark
    for number, each in enumerate(one for one in (*with_names(), *_unnamed()) if one.team in ENGINEERING):
        viewer = people.viewer_of(session, _slack_id(each, services))
        if viewer is not None and each.handle not in _NOT_ASKED and number % _ONE_IN:
            choices.choose(session, viewer.person_id, COUNTED, YES, now)
            choices.choose(session, viewer.person_id, UNDER_POLICY, mark, now)


def _unnamed() -> list[Person]:
    return [each for each in everybody() if not each.name]


def _profile(each: Person, services: Services) -> Profile:
    return Profile(_slack_id(each, services), each.handle, each.email, each.tz)


def _slack_id(each: Person, services: Services) -> SlackId:
    user_id = each.slack_id or f"U01{each.handle.replace('-', '').upper()}"
    return SlackId(services.slack.org_id, user_id)
