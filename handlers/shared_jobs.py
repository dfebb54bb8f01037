"""[Shared job] and its way back: a person's own mark, which changes nothing that anybody else sees."""

from datetime import date, timedelta
from hmac import compare_digest
from typing import Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.services import Services
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.own_cost import job_name, key_of
from handlers.usage import show, why
from handlers.visit import Visit
from handlers.words import Word
from storage.own_marks import drop_mark, own_marks, put_mark
from storage.usage import months_of, usage_of


def share_job(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Move a job that ran on its own out of the person's own sum, and show the same days again."""
    now = services.now()

    def keep(session: Session) -> None:
        for name in _names(session, viewer, services, now.date()):
            if _is_meant(services, viewer, name, visit):
                put_mark(session, viewer.person_id, "shared_job", name, now)

    change_once(visit, services, keep)
    return _again(visit, viewer, services)


def own_job(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Count a job as the person's own again, and show the same days again."""

    def keep(session: Session) -> None:
        for name in own_marks(session, viewer.person_id).shared_jobs:
            if _is_meant(services, viewer, name, visit):
                drop_mark(session, viewer.person_id, "shared_job", name)

    change_once(visit, services, keep)
    return _again(visit, viewer, services)


def _names(session: Session, viewer: Viewer, services: Services, today: date) -> set[str]:
    """Return every job of the person's that ran on its own, as far back as anything is kept."""
    first = today - timedelta(days=services.policy.retention.daily_days)
    rows = [
        *usage_of(session, viewer.person_id, first, today),
        *months_of(session, viewer.person_id, date.min, today),
    ]
    return {job_name(row) for row in rows if row.ran_on_its_own}


def _is_meant(services: Services, viewer: Viewer, name: str, visit: Visit) -> bool:
    key = visit.argument.partition(" ")[2]
    return compare_digest(key_of(services, viewer, name).encode(), key.encode())


def _again(visit: Visit, viewer: Viewer, services: Services) -> Message:
    asked = visit.argument.partition(" ")[0]
    try:
        date.fromisoformat(asked)
    except ValueError:
        return show(visit.with_word("show", asked), viewer, services)
    return why(visit.with_word("why", asked), viewer, services)


WORDS: Final = (
    Word("shared-job", answer=share_job, typed=False, changes=True),
    Word("own-job", answer=own_job, typed=False, changes=True),
)
