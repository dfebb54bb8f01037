"""Small changes without a ticket that are one piece of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from bot.domain.outcomes.work import FinishedItem

TOGETHER: Final = timedelta(hours=24)


class MergedChange(NamedTuple):
    """A change, when it was merged and hashes of the files it touched: in memory only, never kept."""

    item: FinishedItem
    merged_at: datetime
    files: frozenset[int]


@dataclass(slots=True, eq=False)
class _Cluster:
    first: MergedChange
    files: set[int]
    items: list[FinishedItem]


def joined(changes: Iterable[MergedChange]) -> list[FinishedItem]:
    """Return the items of *changes*, those that are one piece of work with the first of them as their ticket.

    One piece are changes without a ticket, by the same known author in one repository, merged within 24
    hours of the first of them, each touching a file that another before it touched. A day's changes need
    those of the day before beside them. Ordered by merging.
    """
    ordered = sorted(set(changes), key=lambda change: (change.merged_at, change.item.reference, repr(change.item)))
    made: list[_Cluster] = []
    still_open: dict[tuple[str, bytes], list[_Cluster]] = {}
    for change in ordered:
        if _can_join(change.item):
            key = (change.item.place, change.item.author)
            near = [each for each in still_open.get(key, []) if change.merged_at - each.first.merged_at <= TOGETHER]
            still_open[key] = _placed(change, near, made)
    firsts = {
        item: cluster.first.item.reference
        for cluster in made
        for item in cluster.items
        if item.reference != cluster.first.item.reference
    }
    items = dict.fromkeys(change.item for change in ordered)
    return [replace(item, ticket=firsts[item]) if item in firsts else item for item in items]


def _can_join(item: FinishedItem) -> bool:
    return item.kind == "change" and not item.ticket and bool(item.author)


def _placed(change: MergedChange, near: list[_Cluster], made: list[_Cluster]) -> list[_Cluster]:
    """Return the *near* clusters with *change* in the earliest that it touches; it makes all that it touches one."""
    touched = [cluster for cluster in near if not cluster.files.isdisjoint(change.files)]
    if not touched:
        made.append(_Cluster(change, set(change.files), [change.item]))
        return [*near, made[-1]]
    into, *others = touched
    into.files |= change.files
    into.items.append(change.item)
    for other in others:
        into.files |= other.files
        into.items += other.items
        other.items = []
    return [cluster for cluster in near if cluster not in others]
