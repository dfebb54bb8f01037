"""The hint for who asks, and which one a button of theirs means."""

from collections.abc import Iterable
from datetime import date
from hmac import compare_digest

from sqlmodel import Session

from bot.domain.hints.choose import asked_for
from bot.domain.hints.finding import Finding
from bot.domain.hints.keys import hint_key
from bot.domain.hints.rules import SwitchedOff, find_all, what_would_switch_on
from bot.domain.hints.wishes import wants_alarms
from bot.domain.people import Standing, Viewer
from bot.services import Services
from bot.views import hints as views
from bot.views.blocks import Block
from storage.choices import settings_of
from storage.hints import hint_of_week, history_of
from storage.known_rows import read_known


def hint_meant(session: Session, viewer: Viewer, services: Services, argument: str) -> Finding | None:
    """Return the hint that a button means: one that was shown before, else one that is found now."""
    key = argument.rpartition(" ")[2]
    shown = [each.finding for each in reversed(history_of(session, viewer.person_id).shown)]
    return _with_key(shown, key, viewer, services) or _with_key(
        _found(session, viewer, services), key, viewer, services
    )


def _with_key(findings: Iterable[Finding], key: str, viewer: Viewer, services: Services) -> Finding | None:
    keyed = ((hint_key(services.marks, viewer.person_id, each), each) for each in findings)
    return next((each for own, each in keyed if compare_digest(own.encode(), key.encode())), None)


def _found(session: Session, viewer: Viewer, services: Services) -> list[Finding]:
    return find_all(read_known(session, viewer.person_id, services.now(), services.prices, services.overlaps))


def worth_a_look(session: Session, viewer: Viewer, services: Services, explained: date | None = None) -> list[Block]:
    """Return the best hint for who asks, if there is one; a limit's path is said beside the figures already.

    Where the answer itself explains a day, that this day stands out is no hint.
    """
    if viewer.standing is not Standing.ON:
        return []
    found = [each for each in _found(session, viewer, services) if each.kind != "pace" or each.subject == "budget"]
    found = [each for each in found if each.kind != "spike" or each.last != explained]
    today = services.now().date()
    best = asked_for(found, history_of(session, viewer.person_id), today)
    return [] if best is None else [views.worth_a_look(best, hint_key(services.marks, viewer.person_id, best), today)]


def of_week(session: Session, viewer: Viewer, services: Services, week: str) -> list[Block]:
    """Return the hint in the person's note of a week, as it was chosen when the note went out."""
    shown = hint_of_week(session, viewer.person_id, week)
    if shown is None:
        return []
    key = hint_key(services.marks, viewer.person_id, shown.finding)
    return [views.worth_a_look(shown.finding, key, services.now().date())]


def switched_off(session: Session, viewer: Viewer, services: Services) -> list[SwitchedOff]:
    """Return the hints that have no data about who asks, and what would switch each on."""
    known = read_known(session, viewer.person_id, services.now(), services.prices, services.overlaps)
    return what_would_switch_on(known, has_alarms=wants_alarms(settings_of(session, viewer.person_id)))
