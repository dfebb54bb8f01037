"""What became of finished work: it stayed, it came back, or it is too new to say."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from bot.domain.outcomes.weeks import STAYING_DAYS
from bot.domain.outcomes.work import KINDS, FinishedItem, Kind

State = Literal["stayed", "came_back", "too_new"]
Item = TypeVar("Item", bound=FinishedItem)

_STAYING: Final = timedelta(days=STAYING_DAYS)
_ORDER: Final = {kind: position for position, kind in enumerate(KINDS)}


class Work(NamedTuple, Generic[Item]):
    """Finished work that counts once, however many items it was made in."""

    kind: Kind
    reference: str  # the ticket of the items, or the item itself
    finished_on: date
    state: State
    items: tuple[Item, ...]


def state(item: FinishedItem, today: date) -> State:
    """Return what is known on *today* of an item.

    Only what returns on one of the 14 days after finishing came back; a return before the finishing day
    belongs to an earlier finish. An item stayed once those days are over.
    """
    returned, finished = item.came_back_on, item.finished_on
    if returned is not None and finished <= returned <= min(finished + _STAYING, today):
        return "came_back"
    return "stayed" if today > finished + _STAYING else "too_new"


def counted_once(items: Iterable[Item], today: date, since: date = date.min) -> list[Work[Item]]:
    """Return the accepted *items*, those of one kind and ticket as one, ordered by kind, day and reference.

    One of which anything came back came back; else it is too new to say while anything of it is. It was
    finished on its latest day, so all items of a ticket have to be given, not those of a period alone;
    what was finished before *since* is left out.
    """
    groups: dict[tuple[Kind, str], list[Item]] = {}
    for item in items:
        if item.accepted:
            groups.setdefault((item.kind, item.ticket or item.reference), []).append(item)
    works = [
        _work(kind, reference, group, today)
        for (kind, reference), group in groups.items()
        if any(item.finished_on >= since for item in group)
    ]
    return sorted(works, key=lambda work: (_ORDER[work.kind], work.finished_on, work.reference))


def _work(kind: Kind, reference: str, items: list[Item], today: date) -> Work[Item]:
    if len(items) == 1:
        return Work(kind, reference, items[0].finished_on, state(items[0], today), (items[0],))
    states = {state(item, today) for item in items}
    whole: State = "came_back" if "came_back" in states else "too_new" if "too_new" in states else "stayed"
    ordered = _by_day(set(items))
    return Work(kind, reference, ordered[-1].finished_on, whole, tuple(ordered))


def merged_by_author(items: Iterable[Item]) -> list[Item]:
    """Return the items that nobody else accepted: listed apart, never counted; by day and reference."""
    return _by_day({item for item in items if not item.accepted})


def _by_day(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.finished_on, item.place, item.reference, repr(item)))
