"""What came back: reverted changes and reopened tickets."""

from collections.abc import Iterable, Mapping
from datetime import date
from graphlib import TopologicalSorter
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from bot.domain.outcomes.work import FinishedItem

Item = TypeVar("Item", bound=FinishedItem)


class Revert(NamedTuple):
    """A merged change that says which other one it takes back."""

    reference: str
    of: str
    merged_on: date


class Reopening(NamedTuple):
    """A ticket that was opened again."""

    reference: str
    reopened_on: date


def with_returns(items: Iterable[Item], reverts: Iterable[Revert], reopenings: Iterable[Reopening]) -> list[Item]:
    """Return *items* with the day on which each came back, each once, without the changes that revert another.

    An item whose reverts were reverted themselves did not come back; one that nothing names keeps what it
    had. All reverts of the days that matter have to be given: a revert of a revert says nothing by itself.
    """
    items = list(dict.fromkeys(items))
    reverts = set(reverts)
    newest_first = sorted(items, key=lambda item: item.finished_on, reverse=True)
    takers = _believed(reverts, {item.reference: item.finished_on for item in newest_first})
    reverting = {taker for names in takers.values() for taker in names}
    returned = _returned_on(takers, {revert.reference: revert.merged_on for revert in sorted(reverts, reverse=True)})
    reopened: dict[str, list[date]] = {}
    for reopening in reopenings:
        reopened.setdefault(reopening.reference, []).append(reopening.reopened_on)
    return [
        _with_return(item, returned, reopened.get(item.reference, []))
        for item in items
        if item.reference not in reverting
    ]


def _with_return(item: Item, returned: Mapping[str, date | None], reopened: list[date]) -> Item:
    days = [day for day in reopened if day >= item.finished_on]
    if not days and item.reference not in returned:
        return item
    reverted = returned.get(item.reference)
    return replace(item, came_back_on=min([*days, reverted] if reverted else days, default=None))


def _believed(reverts: set[Revert], finished: Mapping[str, date]) -> dict[str, set[str]]:
    """Return who takes back what, without the impossible: what came later, itself, or in a circle."""
    merged = {revert.reference: revert.merged_on for revert in reverts}
    takers: dict[str, set[str]] = {}
    for revert in reverts:
        there_on = finished.get(revert.of) or merged.get(revert.of) or revert.merged_on
        if there_on <= revert.merged_on:
            takers.setdefault(revert.of, set()).add(revert.reference)
    circular = {(of, taker) for of, names in takers.items() for taker in names if _reaches(takers, taker, of)}
    kept = {of: {taker for taker in names if (of, taker) not in circular} for of, names in takers.items()}
    return {of: names for of, names in kept.items() if names}


def _reaches(takers: Mapping[str, set[str]], start: str, target: str) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        for name in takers.get(ahead.pop(), ()):
            if name == target:
                return True
            if name not in seen:
                seen.add(name)
                ahead.append(name)
    return False


def _returned_on(takers: Mapping[str, set[str]], merged: Mapping[str, date]) -> dict[str, date | None]:
    """Return since when each change that some other takes back is out, None while it is in.

    A revert that was taken back and restored counts from the day of its restoration.
    """
    returned: dict[str, date | None] = {}
    in_effect: dict[str, date | None] = {}
    for name in TopologicalSorter(takers).static_order():
        effective = [day for taker in takers.get(name, ()) if (day := in_effect[taker]) is not None]
        out_since = min(effective, default=None)
        if name in takers:
            returned[name] = out_since
        if name in merged:
            restored = [day for taker in takers.get(name, ()) if (day := returned.get(taker)) is not None]
            in_effect[name] = None if out_since else max([merged[name], *restored])
    return returned
