"""`/usecase curate`: what waits to be read and what was reported, for the curators that the policy names."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlmodel import Session

from bot.domain.people import Profile, Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.curating import DECIDED, MAX_REASON, decision_id, version_of
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.scan import scan_words
from bot.domain.use_cases.text import normal_line
from bot.domain.use_cases.traces import Decided, Decision
from bot.services import Services
from bot.views import use_case_curating as views
from bot.views.blocks import Message, modal
from bot.views.use_case_help import unknown_word
from bot.views.use_case_words import problem_line
from handlers.changes import change_once
from handlers.team_access import is_id, who_asks_now
from handlers.visit import Visit
from handlers.words import Word
from storage import people, use_case_curating, use_case_entries
from storage.planning import plan

Step = Callable[[Entry, str, date], Entry]


class _Settling(NamedTuple):
    """One decision: what it makes of an entry (nothing where it stays), and the state in which it can be made."""

    name: Decided
    of_state: str
    step: Step | None = None
    reason: str = ""


_PUBLISH: Final = _Settling("published", "waiting", lambda entry, _, today: steps.published(entry, today))
_RETURN: Final = _Settling("returned", "waiting", steps.returned)
_ARCHIVE: Final = _Settling("archived", "published", steps.archived)
_KEEP: Final = _Settling("kept", "published")


def curates(visit: Visit, services: Services) -> bool:
    """Return whether the policy names who asks as a curator."""
    return visit.slack_id.user_id in services.policy.people.curators


def curate(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """List what waits; to everybody else the word means nothing."""
    if not curates(visit, services):
        return unknown_word()
    with services.database.reading() as session:
        waiting = use_case_entries.entries_in(session, "waiting")
        ids = [report.use_case_id for report in use_case_curating.reports_open(session)]
        entries = use_case_entries.entries(session, ids)
    reported = [entries[id_] for id_ in dict.fromkeys(ids) if id_ in entries and entries[id_].state == "published"]
    return views.to_curate(waiting, reported)


def read(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show a curator one entry that waits or was reported."""
    return _in_window(visit, services, views.reading)


def _in_window(visit: Visit, services: Services, show: Callable[[Entry, list[str]], dict[str, Any]]) -> dict[str, Any]:
    if not curates(visit, services):
        return modal(views.TITLE, unknown_word().blocks(rich=False))
    with services.database.reading() as session:
        entry = _named(session, visit)
        reasons = reasons_about(session, entry.id) if entry else []
    if entry is None or (entry.state != "waiting" and not reasons):
        return modal(views.TITLE, views.settled(None, None, "").blocks(rich=False))
    return show(entry, reasons)


def reasons_about(session: Session, use_case_id: int) -> list[str]:
    """Return what is said in the reports about an entry on which nobody has decided."""
    return [each.reason for each in use_case_curating.reports_open(session) if each.use_case_id == use_case_id]


def _named(session: Session, visit: Visit) -> Entry | None:
    id_ = visit.argument.partition(".")[0]
    return use_case_entries.entry_of(session, int(id_)) if is_id(id_) else None


def send_back_form(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Ask a curator why an entry goes back."""
    return _in_window(visit, services, lambda entry, _: views.reason_form(entry, "send-back"))


def archive_form(visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Ask a curator why an entry goes out of sight."""
    return _in_window(visit, services, lambda entry, _: views.reason_form(entry, "archive"))


def check_reason(visit: Visit, services: Services) -> Mapping[str, str]:
    """Return what is to be corrected in a reason."""
    reason = normal_line(visit.fields.get("reason", ""))
    if not reason:
        return {"reason": views.NO_REASON}
    if len(reason) > MAX_REASON:
        return {"reason": views.LONG_REASON}
    problems = scan_words(reason, services.customers)
    return {"reason": problem_line(problems[0])} if problems else {}


def publish(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let everybody find an entry that waited."""
    return _settle(visit, services, _PUBLISH)


def send_back(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Give an entry that waited back to its author, with a reason."""
    return _settle(visit, services, _RETURN)


def archive(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Take an entry that was reported out of sight, with a reason."""
    return _settle(visit, services, _ARCHIVE)


def keep(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let an entry that was reported stay."""
    return _settle(visit, services, _KEEP)


def _settle(visit: Visit, services: Services, settling: _Settling) -> Message:
    if not curates(visit, services):
        return unknown_word()
    reason = normal_line(visit.fields.get("reason", ""))[:MAX_REASON]
    told: list[Message] = []
    profile = services.slack.profile(visit.slack_id.user_id)

    def work(session: Session) -> None:
        told.append(_carry_out(session, visit, services, profile, settling._replace(reason=reason)))

    change_once(visit, services, work)
    if told:
        return told[-1]
    with services.database.reading() as session:
        return _settled(session, _named(session, visit))


def _carry_out(session: Session, visit: Visit, services: Services, profile: Profile, settling: _Settling) -> Message:
    """Decide, unless it is decided, or the author changed what the curator read; of two at once one decides."""
    entry = _named(session, visit)
    if entry is None:
        return views.settled(None, None, "")
    curator = who_asks_now(session, profile, services)
    is_open = entry.state == "waiting" or bool(reasons_about(session, entry.id))
    if entry.state != settling.of_state or not is_open:
        return _settled(session, entry)
    if version_of(entry) != visit.argument.partition(".")[2]:
        return views.has_changed(entry)
    so_far = len(use_case_curating.decisions_about(session, entry.id))
    today = services.now().date()
    decision = Decision(
        decision_id(entry.id, so_far), entry.id, curator.person_id, settling.name, settling.reason, today
    )
    if not use_case_curating.decide(session, decision):
        return _settled(session, entry)
    if settling.step is not None:
        entry = settling.step(entry, settling.reason, today)
        use_case_entries.put(session, entry)
        _tell_author(session, services, entry, decision.id)
    return views.done(entry, settling.name)


def _settled(session: Session, entry: Entry | None) -> Message:
    decided = use_case_curating.decisions_about(session, entry.id) if entry else []
    last = decided[-1] if decided else None
    by = people.by_person_id(session, last.person_id) if last and last.person_id else None
    return views.settled(entry, last, by.name if by else "")


def _tell_author(session: Session, services: Services, entry: Entry, decision: int) -> None:
    if entry.person_id is None:  # who erased everything is not told
        return
    now, payload = services.now(), {"entry": str(entry.id), "state": entry.state}
    plan(session, DECIDED, str(decision), [(entry.person_id, now)], now, payload=payload)


WORDS: Final = (
    Word("curate", anybody=curate),
    Word("read", modal_anybody=read, window_title=views.TITLE, typed=False),
    Word("publish", anybody=publish, typed=False),
    Word(
        "send-back",
        modal_anybody=send_back_form,
        submit=send_back,
        check=check_reason,
        window_title=views.TITLE,
        typed=False,
    ),
    Word(
        "archive", modal_anybody=archive_form, submit=archive, check=check_reason, window_title=views.TITLE, typed=False
    ),
    Word("keep", anybody=keep, typed=False),
)
