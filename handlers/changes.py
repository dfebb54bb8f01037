"""Requests that change something are carried out once, however often Slack or a finger repeats them."""

from collections.abc import Callable

from sqlmodel import Session

from bot.services import Services
from handlers.visit import Visit
from storage.choices import first_time


def change_once(visit: Visit, services: Services, work: Callable[[Session], object]) -> bool:
    """Run *work* in one transaction unless this very request was carried out before; return whether it ran."""
    mark = services.marks.of_request(visit.slack_id.org_id, visit.slack_id.user_id, visit.word, visit.trigger_id)

    def once(session: Session) -> bool:
        if not first_time(session, mark, services.now()):
            return False
        work(session)
        return True

    return services.database.writing(once)
