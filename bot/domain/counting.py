"""Counted once: which source is believed where several report the same work."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.domain.usage import UsageRow

# An overlap group's name (a tool) -> kinds of source, the most believed first.
Overlaps = Mapping[str, Sequence[str]]


class Counted(NamedTuple):
    """Rows split into those that count and those that another source has already reported."""

    counted: list[UsageRow]
    also_reported: list[UsageRow]


def count_once(rows: Iterable[UsageRow], overlaps: Overlaps) -> Counted:
    """Split one person's *rows* so that in each group and day exactly one kind of source counts.

    A tool that is in no group has no known overlap and counts whole. Within a group and day kinds of
    source are never mixed; a kind that the group does not list is believed last. The order of the
    rows decides nothing.
    """
    if not overlaps:
        return Counted(list(rows), [])
    rows = list(rows)
    kinds: defaultdict[tuple[str, object], set[str]] = defaultdict(set)
    for row in rows:
        if row.tool in overlaps:
            kinds[row.tool, row.day].add(row.source)
    believed = {key: min(seen, key=_rank(overlaps[key[0]])) for key, seen in kinds.items()}
    counted: list[UsageRow] = []
    also_reported: list[UsageRow] = []
    for row in rows:
        source = believed.get((row.tool, row.day), row.source)
        (counted if row.source == source else also_reported).append(row)
    return Counted(counted, also_reported)


def _rank(order: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    positions = {kind: position for position, kind in enumerate(order)}
    return lambda kind: (positions.get(kind, len(positions)), kind)
