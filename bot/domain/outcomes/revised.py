"""What a system of record says now of some days, together with what is remembered of its items."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from bot.domain.outcomes.reverts import Reopening, Revert, with_returns
from bot.domain.outcomes.same_work import MergedChange, joined
from bot.domain.outcomes.work import FinishedItem

Key = tuple[str, str]  # place and reference

# Small changes of so many days may belong to one of a day that was not asked for.
_JOINED_DAYS: Final = timedelta(days=2)


class Asked(NamedTuple):
    """The days that were asked for, both included: what came back on one of them is known for good."""

    first: date
    last: date


def revised(
    changes: Sequence[MergedChange],
    others: Iterable[FinishedItem],
    reverts: Sequence[Revert],
    reopenings: Sequence[Reopening],
    held: Mapping[Key, FinishedItem],
    asked: Asked,
) -> list[FinishedItem]:
    """Return the items as they are to be remembered, those *held* that something returned to among them.

    *changes* are those that may be one piece of work with others, *others* all other reported items, and
    *held* what is remembered of both and of whatever *reverts* and *reopenings* name.
    """
    merged = {key_of(change.item): change for change in changes}
    reported = {key: change.item for key, change in merged.items()} | {key_of(item): item for item in others}
    earlier = [item for key, item in held.items() if key not in reported]
    items = {key_of(item): item for item in with_returns([*reported.values(), *earlier], reverts, reopenings)}
    small = [change._replace(item=items[key]) for key, change in merged.items() if key in items]
    items |= {key_of(item): item for item in joined(_not_alone(small))}
    if not held:
        return list(items.values())
    found = []
    for key, item in items.items():
        before = held.get(key)
        if before is None:
            found.append(item)
        elif key in reported:
            same_work = _with_ticket(item, reported[key], before, asked)
            found.append(_with_earlier_return(same_work, before, asked))
        elif (changed := _with_earlier_return(item, before, asked)) != before:
            found.append(changed)
    return found


def _not_alone(changes: Sequence[MergedChange]) -> list[MergedChange]:
    """Return the changes that are not the only one of their author in their place: others join nothing."""
    made = Counter((change.item.place, change.item.author) for change in changes)
    return [change for change in changes if made[change.item.place, change.item.author] > 1]


def key_of(item: FinishedItem) -> Key:
    """Return what an item is remembered by."""
    return item.place, item.reference


def _with_ticket(item: FinishedItem, told: FinishedItem, before: FinishedItem, asked: Asked) -> FinishedItem:
    """Return *item* counting once with what it did before where the changes beside it were not asked for."""
    edge = asked.first + _JOINED_DAYS
    if item.kind != "change" or told.ticket or item.finished_on >= edge or item.ticket == before.ticket:
        return item
    return replace(item, ticket=before.ticket)


def _with_earlier_return(item: FinishedItem, before: FinishedItem, asked: Asked) -> FinishedItem:
    """Return *item* with a return that is remembered of days that were not asked for, if it is the earlier one."""
    known = before.came_back_on
    if known is None or known < item.finished_on or asked.first <= known <= asked.last:
        return item
    return replace(item, came_back_on=min(known, item.came_back_on or known))
