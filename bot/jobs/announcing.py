"""Telling people that their last weeks have arrived, once."""

from functools import partial

from sqlmodel import Session

from bot.domain.delivery import Needs
from bot.domain.people import Standing, Viewer, awaited
from bot.jobs.kind import Payload, ToPerson
from bot.services import Services
from bot.views.blocks import Message
from bot.views.feeds import back_fill_is_here
from storage import choices, links, people, usage
from storage.planning import plan


def announce_back_fills(services: Services) -> int:
    """Plan a message to everybody whose awaited days have come; return how many were planned."""
    with services.database.reading() as session:
        waiting = choices.persons_who_chose(session, choices.BACK_FILL, choices.WAITING)
    return sum(services.database.writing(partial(_claim, services=services, person_id=each)) for each in waiting)


def _claim(session: Session, services: Services, person_id: int) -> bool:
    """Plan the message, if they still wait and everything has come."""
    viewer = people.by_person_id(session, person_id)
    if viewer is None or viewer.standing is not Standing.ON:
        return False
    if choices.settings_of(session, person_id).get(choices.BACK_FILL) != choices.WAITING:
        return False
    deliveries = usage.deliveries_for(session, person_id)
    if awaited(services.asked, links.links_of(session, person_id), deliveries):
        return False
    now = services.now()
    choices.choose(session, person_id, choices.BACK_FILL, choices.TOLD, now)
    period = now.date().isoformat()
    return bool(deliveries) and plan(session, choices.BACK_FILL, period, [(person_id, now)], now) == 1


def _compose(_services: Services, _viewer: Viewer, _payload: Payload) -> Message:
    return back_fill_is_here()


KIND = ToPerson(_compose, needs=Needs(choices.BACK_FILL, frozenset({choices.TOLD})), folds=True)
