"""Sorting a batch of pushed events out: what is new, which runs begin, what goes where. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from bot.connectors.push import canonical
from bot.connectors.push_event import Event, Identity
from bot.connectors.push_measures import Basis
from bot.domain.marks import content_hash, event_hash

BasisOf = Callable[[Event], Basis]


class Marked(NamedTuple):
    """Events, and beside each the marks by which its id and its content are remembered."""

    events: Sequence[Event]
    marks: Sequence[bytes]
    contents: Sequence[int]

    @property
    def firsts(self) -> dict[bytes, int]:
        """The content under which each id of the batch comes first."""
        return dict(zip(reversed(self.marks), reversed(self.contents), strict=True))


class Sorted(NamedTuple):
    """Events that have not been counted; how many have; ids that are known with other content."""

    fresh: Sequence[Event]
    repeated: int
    conflicts: list[str]


class Group(NamedTuple):
    """What events have in common that are added up."""

    identity: Identity
    day: date
    tool: str
    model: str
    run_kind: str
    work: str
    provider: str
    basis: Basis


class Runs(NamedTuple):
    """The marks of runs, and of their results."""

    runs: set[bytes]
    results: set[bytes]


def mark_events(events: Sequence[Event]) -> Marked:
    """Return *events* with their marks."""
    marks = [event_hash(f"event:{event.event_id}") for event in events]
    return Marked(events, marks, [content_hash(canonical(event)) for event in events])


def sort_out(marked: Marked, known: Mapping[bytes, int]) -> Sorted:
    """Split a batch; *known* is what was counted before it, each with its content."""
    seen = dict(known)
    fresh: list[Event] = []
    conflicts: list[str] = []
    repeated = 0
    for event, mark, content in zip(*marked, strict=True):
        before = seen.setdefault(mark, -1)
        if before == -1:
            seen[mark] = content
            fresh.append(event)
        elif before == content:
            repeated += 1
        else:
            conflicts.append(event.event_id)
    return Sorted(fresh, repeated, conflicts)


def group(events: Iterable[Event], basis_of: BasisOf) -> dict[Group, list[Event]]:
    """Put events together that are added up, the earlier to arrive first."""
    groups: defaultdict[Any, list[Event]] = defaultdict(list)
    for event in events:
        basis = basis_of(event)
        person, tool, model = event.person, event.tool, event.model
        groups[person, event.day, tool, model, event.trigger, event.work, event.provider, basis].append(event)
    return {Group(key[0].identity, *key[1:]): grouped for key, grouped in groups.items()}


def runs_of(key: Group, events: Iterable[Event]) -> Runs:
    """Return the marks of the runs that a group's events tell of.

    Platforms number their runs as they like: the same id with another person or tool is another run.
    """
    whose = "\x1f".join((*key.identity, key.tool))
    ids = {event.run_id for event in events}
    with_result = {event.run_id for event in events if event.has_result}
    return Runs(
        {event_hash(f"run:{whose}\x1f{run_id}") for run_id in ids if run_id},
        {event_hash(f"result:{whose}\x1f{run_id}") for run_id in with_result if run_id},
    )
