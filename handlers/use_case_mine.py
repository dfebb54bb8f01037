"""`/usecase mine`, `edit` and `withdraw`: what somebody wrote, and what becomes of it."""

from typing import Any, Final

from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft, Entry
from bot.services import Services
from bot.views import use_case_form as form_views
from bot.views import use_case_mine as views
from bot.views.blocks import Message
from bot.views.use_case_form import Sheet
from bot.views.wording import tool_name
from handlers.changes import change_once
from handlers.team_access import who_asks
from handlers.use_case_sharing import check, draft_in, own_entry, send, tools_of, tools_to_choose
from handlers.visit import Visit
from handlers.words import Word
from storage import use_case_entries


def own_entries(session: Session, visit: Visit) -> list[Entry]:
    """Return what the person wrote, the latest change first."""
    viewer = who_asks(session, visit)
    return use_case_entries.entries_by(session, viewer.person_id) if viewer else []


def mine(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """List what the person wrote, and how far each has come."""
    with services.database.reading() as session:
        return views.mine(own_entries(session, visit))


def edit_form(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Return the form with one of the person's entries in it, or the list to choose from."""
    with services.database.reading() as session:
        entry = own_entry(session, visit, visit.argument)
        own = [] if entry else own_entries(session, visit)
    if entry is None:
        return views.which_to_edit(own)
    names = [tool_name(each.tool) for each in tools_of(viewer, services)]
    draft = Draft(**{name: getattr(entry, name) for name in Draft.__struct_fields__})
    keeps = entry.state not in {"published", "waiting"}
    sheet = Sheet(str(entry.id), draft, tools_to_choose(names, services), word="edit", keeps=keeps)
    return form_views.share_form(sheet)


def edit(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Put what was filled in in the place of what the entry said."""
    with services.database.reading() as session:
        is_own = own_entry(session, visit, visit.argument) is not None
    if not is_own:
        return form_views.not_yours()
    return send(visit, services, visit.argument, draft_in(visit.fields))


def withdraw(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Ask whether an entry is to be taken back, or which one."""
    with services.database.reading() as session:
        entry = own_entry(session, visit, visit.argument)
        entries = [entry] if entry else own_entries(session, visit)
    return views.which_to_withdraw([each for each in entries if each.state != "withdrawn"])


def take_back(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Take an entry back, whatever its state; it is the author's alone from then on."""

    def work(session: Session) -> None:
        entry = own_entry(session, visit, visit.argument)
        if entry is not None and entry.state != "withdrawn":
            use_case_entries.put(session, steps.withdrawn(entry, services.now().date()))

    change_once(visit, services, work)
    with services.database.reading() as session:
        entry = own_entry(session, visit, visit.argument)
    return views.taken_back(entry) if entry and entry.state == "withdrawn" else form_views.not_yours()


WORDS: Final = (
    Word("mine", anybody=mine),
    Word("edit", modal_anybody=edit_form, submit=edit, check=check, window_title=form_views.TITLE, changes=True),
    Word("withdraw", anybody=withdraw),
    Word("take-back", anybody=take_back, changes=True, typed=False),
)
