"""The hint in somebody's weekly note: chosen when the note goes out, and remembered as shown."""

from sqlmodel import Session

from bot.domain.hints.choose import unasked
from bot.domain.hints.keys import hint_key
from bot.domain.hints.rules import find_all
from bot.domain.iso_week import IsoWeek
from bot.domain.people import Viewer
from bot.services import Services
from bot.views.blocks import Block
from bot.views.hints import worth_a_look
from storage.hints import hint_of_week, history_of, record
from storage.known_rows import read_known


def keep_hint(services: Services, viewer: Viewer, week: IsoWeek, *, is_complete: bool) -> None:
    """Choose the hint for the note about *week* and remember it; a note that is composed again keeps its own."""
    with services.database.reading() as session:
        if hint_of_week(session, viewer.person_id, week.word) is not None:
            return
        known = read_known(session, viewer.person_id, services.now(), services.prices, services.overlaps)
        history = history_of(session, viewer.person_id)
    # what there is to borrow stands in the note by itself, with the way to open it
    found = [each for each in find_all(known) if each.kind != "borrow"]
    finding = unasked(found, history, known.today, known_from=known.known_from, is_complete=is_complete)
    if finding is not None:
        services.database.writing(
            lambda session: record(session, viewer.person_id, finding, "digest", week.word, known.today)
        )


def hint_in_note(session: Session, services: Services, viewer: Viewer, week: IsoWeek) -> list[Block]:
    """Return the hint that was chosen for the note about *week*."""
    shown = hint_of_week(session, viewer.person_id, week.word)
    if shown is None:
        return []
    key = hint_key(services.marks, viewer.person_id, shown.finding)
    return [worth_a_look(shown.finding, key, services.now().date())]
