"""An entry of the library: what its author typed, what can be wrong with that, and how far it has come."""

import re
from datetime import date
from typing import Final, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.use_cases.text import normal_line, normal_lines

ShownAs = Literal["me", "team", "nobody"]
State = Literal["draft", "waiting", "published", "returned", "archived", "withdrawn"]
FieldName = Literal["title", "when", "how", "tool", "link", "watch_out"]
Kind = Literal[
    "missing", "too_long", "not_a_link",
    "access_key", "private_key", "password", "mail_address", "phone_number", "bank_account", "card_number",
    "customer_name", "link_scheme",
]  # fmt: skip

MAX_LENGTH: Final[dict[FieldName, int]] = {
    "title": 80,
    "when": 300,
    "how": 3000,
    "tool": 60,
    "link": 300,
    "watch_out": 300,
}
FIELDS: Final[tuple[FieldName, ...]] = tuple(MAX_LENGTH)
_REQUIRED: Final[tuple[FieldName, ...]] = ("title", "when", "how")
# An address on the web, or a change or ticket as its system of record calls it.
_LINK: Final = re.compile(r"https?://[^\s<>\"|]+|[\w.-]+(?:/[\w.-]+)+[#!]\d+|[A-Z][A-Z0-9_]{1,9}-\d+", re.ASCII)


class Problem(NamedTuple):
    """What is wrong with a field: which line (from 1, 0 for the whole), and what it looks like; never what it says."""

    field: FieldName
    kind: Kind
    line: int = 0
    most: int = 0  # how many characters the field takes, where it has too many


class Draft(Struct, frozen=True, kw_only=True):
    """What the author fills in."""

    title: str = ""
    when: str = ""
    how: str = ""
    tool: str = ""
    link: str = ""
    watch_out: str = ""
    shown_as: ShownAs = "me"
    tried: bool = True  # whether the author did it themselves; else it is an idea


class Entry(Draft, frozen=True, kw_only=True):
    """An entry as it is kept. Whoever wrote it is unknown once they erased everything."""

    id: int
    person_id: int | None  # the author
    team: str  # of the author when it was shared; nothing where unknown
    model: str  # the author's with that tool when it was shared; nothing where unknown
    state: State
    made_on: date
    changed_on: date
    published_on: date | None = None
    checked_on: date | None = None  # when the author last said that it is still right
    asked_on: date | None = None  # when the author was last asked
    measured: str = ""  # what a curator wrote about a before and after that was measured
    reason: str = ""  # why a curator returned or archived it
    variant_of: int | None = None  # the entry that the author added theirs to


def normal(draft: Draft) -> Draft:
    """Return *draft* as it is kept: one form of each letter, no control characters, one kind of line end."""
    lines = {"how": normal_lines(draft.how)}
    return replace(draft, **lines, **{name: normal_line(getattr(draft, name)) for name in FIELDS if name not in lines})


def problems_of(draft: Draft) -> list[Problem]:
    """Return what is missing in a normal *draft*, too long, or no link where a link belongs."""
    found = [Problem(name, "missing") for name in _REQUIRED if not getattr(draft, name)]
    found += [
        Problem(name, "too_long", 0, most) for name, most in MAX_LENGTH.items() if len(getattr(draft, name)) > most
    ]
    if draft.link and _LINK.fullmatch(draft.link) is None:
        found.append(Problem("link", "not_a_link"))
    return found


def may_change(entry: Entry, person_id: int) -> bool:
    """Return whether somebody may edit or withdraw an entry: its author alone."""
    return entry.person_id == person_id


def is_readable(entry: Entry, person_id: int, *, curates: bool) -> bool:
    """Return whether somebody may read an entry: everybody what is published, the author all of theirs.

    Curators also read what waits for them or was archived; drafts, and what was returned or withdrawn, are the
    author's alone.
    """
    if entry.state == "published" or entry.person_id == person_id:
        return True
    return curates and entry.state in {"waiting", "archived"}


def shown_author(entry: Entry) -> tuple[int | None, str]:
    """Return who an entry is shown to be from: the person if they chose so, and the team unless they chose neither."""
    if entry.shown_as == "nobody":
        return None, ""
    return (entry.person_id if entry.shown_as == "me" else None), entry.team
