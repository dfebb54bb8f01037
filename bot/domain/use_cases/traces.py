"""What people leave in the library beside entries and answers, and all that one person left there."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from msgspec.structs import asdict

from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.news import Said

TryState = Literal["offered", "trying", "asked", "answered", "left"]
Decided = Literal["published", "returned", "archived", "kept", "measured"]


class Try(NamedTuple):
    """Somebody and an entry that they were offered or want to try."""

    person_id: int
    use_case_id: int
    state: TryState
    said_on: date
    due_on: date | None


class Report(NamedTuple):
    """Somebody says that an entry should not be in the library. The id is made where it was said."""

    id: int
    use_case_id: int
    person_id: int | None
    reason: str
    said_on: date
    settled_on: date | None = None


class Decision(NamedTuple):
    """What a curator decided about an entry, and why."""

    id: int
    use_case_id: int
    person_id: int | None
    decision: Decided
    reason: str
    decided_on: date


class Wanted(NamedTuple):
    """Something that people look for, how many of them, and since when."""

    id: int
    wanted: str
    people: int
    asked_on: date
    state: str  # open, found or closed
    use_case_id: int | None = None


class RoundUp(NamedTuple):
    """A channel that gets the weekly round-up, since when, and who turned it on, if that is still known."""

    channel: str
    since: date
    person_id: int | None


class OwnLibrary(NamedTuple):
    """Everything that one person left in the library."""

    entries: Sequence[Entry] = ()
    said: Sequence[Said] = ()
    tries: Sequence[Try] = ()
    reports: Sequence[Report] = ()
    decisions: Sequence[Decision] = ()
    wanted: Sequence[Wanted] = ()
    round_ups: Sequence[RoundUp] = ()


NOTHING_LEFT: Final = OwnLibrary()


def library_tables(own: OwnLibrary) -> dict[str, list[dict[str, Any]]]:
    """Return what a person left in the library as tables of their own file, by name; days as text."""
    return {
        "use_cases": _rows(asdict(entry) for entry in own.entries),
        "use_case_answers": _rows(_answered(said) for said in own.said),
        "use_case_tries": _rows(each._asdict() for each in own.tries),
        "use_case_reports": _rows(each._asdict() for each in own.reports),
        "use_case_decisions": _rows(each._asdict() for each in own.decisions),
        "looking_for": _rows(each._asdict() for each in own.wanted),
        "round_ups": _rows(each._asdict() for each in own.round_ups),
    }


def _answered(said: Said) -> dict[str, Any]:
    values = said._asdict()
    answer = values.pop("answer")
    return {**answer._asdict(), **values}


def _rows(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_row(each) for each in found]


def _row(values: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    shown.pop("person_id", None)  # it is theirs
    shown.pop("people", None)  # how many others look for it is not about them
    return shown
