"""How far an entry comes: each step makes a new one of it, for `storage.use_case_entries.put`."""

from datetime import date
from typing import Any, Literal

from msgspec.structs import replace

from bot.domain.use_cases.entry import FIELDS, Draft, Entry

Publish = Literal["after_scan", "after_curator"]  # the policy's


def kept_draft(id_: int, draft: Draft, person_id: int, today: date, before: Entry | None = None) -> Entry:
    """Return an entry that its author keeps as a draft, for nobody else to see; one that others saw is taken back."""
    if before is not None:
        return _rewritten(before, draft, today, state="draft")
    return _new(id_, draft, person_id, today)


def sent(entry: Entry, publish: Publish, today: date, *, team: str, model: str) -> Entry:
    """Return an entry that its author sends, checked already; under the policy a curator reads it first."""
    known = replace(entry, team=team, model=model, reason="")
    if publish == "after_curator":
        return replace(known, state="waiting", changed_on=today)
    return published(known, today)


def edited(entry: Entry, draft: Draft, today: date) -> Entry:
    """Return an entry with what its author typed anew, in the state in which it was."""
    return _rewritten(entry, draft, today, state=entry.state)


def published(entry: Entry, today: date) -> Entry:
    """Return an entry that everybody reads from *today* on, or again; its first day stays."""
    day = entry.published_on or today
    return replace(entry, state="published", published_on=day, checked_on=today, asked_on=None, reason="")


def returned(entry: Entry, reason: str, today: date) -> Entry:
    """Return an entry that a curator gave back to its author, with the reason."""
    return replace(entry, state="returned", reason=reason, changed_on=today)


def archived(entry: Entry, reason: str, today: date) -> Entry:
    """Return an entry that is kept, and shown to nobody but its author and curators."""
    return replace(entry, state="archived", reason=reason, changed_on=today)


def withdrawn(entry: Entry, today: date) -> Entry:
    """Return an entry that its author took back; it is the author's alone, and deleted after four weeks."""
    return replace(entry, state="withdrawn", changed_on=today)


def asked(entry: Entry, today: date) -> Entry:
    """Return an entry whose author is asked whether it is still right."""
    return replace(entry, asked_on=today)


def checked(entry: Entry, today: date, *, model: str = "") -> Entry:
    """Return an entry of which its author says that it is still right, with the model that they use now if known."""
    return replace(entry, checked_on=today, model=model or entry.model)


def measured(entry: Entry, what: str) -> Entry:
    """Return an entry of which a curator confirmed a before and after that was measured; an empty text undoes it."""
    return replace(entry, measured=what)


def with_warning(entry: Entry, warning: str, today: date) -> Entry:
    """Return an entry with a line added to what to watch out for, as its author agreed; it may be too long then."""
    said = f"{entry.watch_out.rstrip('. ')}; {warning}" if entry.watch_out else warning
    return replace(entry, watch_out=said, changed_on=today)


def _new(id_: int, draft: Draft, person_id: int, today: date) -> Entry:
    fields: dict[str, Any] = {name: getattr(draft, name) for name in Draft.__struct_fields__}
    known = {"id": id_, "person_id": person_id, "team": "", "model": "", "state": "draft"}
    return Entry(**fields | known | {"made_on": today, "changed_on": today})


def _rewritten(entry: Entry, draft: Draft, today: date, **changes: object) -> Entry:
    fields = {name: getattr(draft, name) for name in (*FIELDS, "shown_as", "tried")}
    return replace(entry, **fields, changed_on=today, **changes)
