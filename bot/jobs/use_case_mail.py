"""What curators are sent about the library, and what an author hears once one has decided."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.people import Viewer
from bot.domain.use_cases.curating import DECIDED, REPORTED, WAITS
from bot.jobs.kind import Kind, Payload, ToPerson
from bot.services import Services
from bot.views import use_case_curating as views
from bot.views.blocks import Message
from storage import use_case_curating, use_case_entries

_LATE: Final = timedelta(days=7)  # each is composed from what stands when it goes


def _waits(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Ask a curator to read an entry; nothing once that is settled, or they are none any more."""
    with services.database.reading() as session:
        entry = use_case_entries.entry_of(session, int(payload["entry"]))
    if entry is None or entry.state != "waiting" or not _curates(services, viewer):
        return None
    return views.waits(entry)


def _reported(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Tell a curator that an entry was reported; nothing once that is settled."""
    id_ = int(payload["entry"])
    with services.database.reading() as session:
        entry = use_case_entries.entry_of(session, id_)
        reasons = [each.reason for each in use_case_curating.reports_open(session) if each.use_case_id == id_]
    if entry is None or entry.state != "published" or not reasons or not _curates(services, viewer):
        return None
    return views.was_reported(entry, reasons)


def _curates(services: Services, viewer: Viewer) -> bool:
    return viewer.slack_id.user_id in services.policy.people.curators


def _decided(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Tell an author what a curator decided; nothing once it is otherwise."""
    with services.database.reading() as session:
        entry = use_case_entries.entry_of(session, int(payload["entry"]))
    if entry is None or entry.person_id != viewer.person_id or entry.state != payload["state"]:
        return None
    return views.was_decided(entry)


KINDS: Final[Mapping[str, Kind]] = {
    WAITS: ToPerson(_waits, late=_LATE, anybody=True),
    REPORTED: ToPerson(_reported, late=_LATE, anybody=True),
    DECIDED: ToPerson(_decided, late=_LATE, anybody=True, folds=True),
}
