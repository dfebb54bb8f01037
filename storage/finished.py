"""Finished items of places, and whose they are: put as their systems of record tell them, read for one person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from msgspec.structs import astuple
from sqlalchemy import and_, bindparam, delete, func, or_, select
from sqlmodel import Session

from bot.domain.outcomes.sources import WORK_SOURCES
from bot.domain.outcomes.work import KINDS, FinishedItem, Kind, OwnItem
from bot.domain.people import Delivered
from storage import bulk
from storage.holders import in_parts
from storage.ids import table_of
from storage.tables import AccountLink, Change, Outcome
from storage.usage import all_deliveries_for

_changes, _outcomes, _links = table_of(Change), table_of(Outcome), table_of(AccountLink)
_FIELDS: Final = FinishedItem.__struct_fields__  # columns of the same names, the key first
_COLUMNS: Final = tuple(_changes.c[name] for name in _FIELDS)

Key = tuple[str, str]  # place and reference


class Owned(NamedTuple):
    """Whose an item is, and what it is called."""

    account_id: int
    place: str
    reference: str
    title: str
    link: str


_ITEMS: Final = select(*_COLUMNS)
# As for usage: the item is theirs if the account was theirs on the day on which it was finished.
_OWN: Final = (
    select(*_COLUMNS, _outcomes.c.title, _outcomes.c.link)
    .select_from(
        _links.join(_outcomes, _outcomes.c.account_id == _links.c.account_id).join(
            _changes,
            and_(_changes.c.place == _outcomes.c.place, _changes.c.reference == _outcomes.c.reference),
        )
    )
    .where(
        _links.c.person_id == bindparam("person_id"),
        _changes.c.finished_on.between(bindparam("first"), bindparam("last")),
        _changes.c.finished_on >= _links.c.from_day,
        or_(_links.c.to_day.is_(None), _changes.c.finished_on <= _links.c.to_day),
    )
    .order_by(_changes.c.finished_on, _changes.c.place, _changes.c.reference, _outcomes.c.title)
)
_DISOWN: Final = delete(_outcomes).where(
    _outcomes.c.reference == bindparam("its_reference"), _outcomes.c.place == bindparam("its_place")
)


def put_items(session: Session, source_id: int, items: Iterable[FinishedItem]) -> None:
    """Put *items* of a source in the place of what was known of the same references."""
    rows = [(*astuple(item), source_id) for item in items]
    bulk.put_rows(session, _changes, (*_FIELDS, "source_id"), rows)


def put_owned(session: Session, owned: Sequence[Owned]) -> None:
    """Put whose items are, and what they are called, in the place of what was said of the same accounts' items."""
    bulk.put_rows(session, _outcomes, Owned._fields, owned)


def disown(session: Session, items: Iterable[FinishedItem], before: Mapping[Key, FinishedItem]) -> None:
    """Take those of *items* whose author is another than *before* away from whoever had them."""
    others = {(item.place, item.reference): item.author for item in items}
    changed = sorted(key for key, author in others.items() if key in before and before[key].author != author)
    if changed:
        rows = [{"its_place": place, "its_reference": reference} for place, reference in changed]
        session.connection().execute(_DISOWN, rows)


def held(session: Session, references: Collection[str]) -> dict[Key, FinishedItem]:
    """Return what is known of *references*."""
    rows = in_parts(session, _ITEMS, _changes.c.reference, references)
    return {(item.place, item.reference): item for item in (FinishedItem(*row) for row in rows)}


def items_of(session: Session, places: Collection[str], first: date, last: date) -> list[FinishedItem]:
    """Return everybody's items that were finished in *places* from *first* to *last*."""
    query = _ITEMS.where(_changes.c.finished_on.between(first, last))
    return [FinishedItem(*row) for row in in_parts(session, query, _changes.c.place, places)]


def places(session: Session) -> list[str]:
    """Return every repository and project of which items are known, in the order of their names."""
    query = select(_changes.c.place).distinct().order_by(_changes.c.place)
    return [place for (place,) in session.connection().execute(query)]


def last_finished_day(session: Session, source_id: int) -> date | None:
    """Return the latest day on which anything that a source told of was finished."""
    query = select(func.max(_changes.c.finished_on)).where(_changes.c.source_id == source_id)
    found: date | None = session.connection().execute(query).scalar_one()
    return found


def own_items(session: Session, person_id: int, first: date, last: date) -> list[OwnItem]:
    """Return what the person finished from *first* to *last*, each item once, the earliest first."""
    asked: Mapping[str, Any] = {"person_id": person_id, "first": first, "last": last}
    found = [OwnItem(*row) for row in session.connection().execute(_OWN, asked)]
    # Two accounts of one person can have the same item: the one that has a title comes last.
    return list({(item.place, item.reference): item for item in found}.values())


def kept_items(session: Session, person_id: int) -> list[tuple[Kind, int]]:
    """Return how many items of each kind are kept as the person's own, kinds without any left out."""
    kinds = [item.kind for item in own_items(session, person_id, date.min, date.max)]
    return [(kind, kinds.count(kind)) for kind in KINDS if kind in kinds]


def work_deliveries_for(session: Session, person_id: int) -> list[Delivered]:
    """Return what each source of finished work has delivered for the person, the latest first."""
    return [each for each in all_deliveries_for(session, person_id) if each.kind in WORK_SOURCES]
