"""The entries of the library: put as a step of `bot.domain.use_cases.steps` made them, read by id, author or state."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from msgspec.structs import asdict
from sqlalchemy import Select, select
from sqlmodel import Session

from bot.domain.use_cases.entry import Entry, State
from storage.holders import in_parts
from storage.ids import insert_new, table_of, upsert
from storage.tables import UseCase, UseCaseLink
from storage.use_case_search import index, unindex

_entries, _links = table_of(UseCase), table_of(UseCaseLink)
_COLUMN_OF: Final = {"when": "needed_when"}  # every other field has the name of its column
_FIELDS: Final = Entry.__struct_fields__
_COLUMNS: Final = tuple(_entries.c[_COLUMN_OF.get(name, name)] for name in _FIELDS)
_ALL: Final = select(*_COLUMNS)


def put(session: Session, entry: Entry) -> None:
    """Store an entry, new or in the place of what it was; it is found by its words exactly while it is published."""
    row = {_COLUMN_OF.get(name, name): value for name, value in asdict(entry).items()}
    upsert(session, UseCase, [row], lambda _, new: {name: new[name] for name in row if name != "id"})
    if entry.state == "published":
        index(session, entry)
    else:
        unindex(session, entry.id)


def entry_of(session: Session, id_: int) -> Entry | None:
    """Return one entry, in whatever state."""
    return entries(session, [id_]).get(id_)


def entries(session: Session, ids: Collection[int]) -> dict[int, Entry]:
    """Return those of *ids* that there are, in whatever state."""
    found = (_entry(row) for row in in_parts(session, _ALL, _entries.c.id, ids))
    return {entry.id: entry for entry in found}


def entries_by(session: Session, person_id: int) -> list[Entry]:
    """Return everything that somebody wrote, the latest change first."""
    query = _ALL.where(_entries.c.person_id == person_id)
    return _read(session, query.order_by(_entries.c.changed_on.desc(), _entries.c.id))


def entries_in(session: Session, state: State) -> list[Entry]:
    """Return all entries in a state, the earliest change first, as curators read what waits."""
    return _read(session, _ALL.where(_entries.c.state == state).order_by(_entries.c.changed_on, _entries.c.id))


def entries_published(session: Session, since: date = date.min) -> list[Entry]:
    """Return the published entries, those first published on *since* or later, the latest first.

    With their whole texts: for a list of all in their order see `storage.use_case_standing.offers`.
    """
    query = _ALL.where(_entries.c.state == "published", _entries.c.published_on >= since)
    return _read(session, query.order_by(_entries.c.published_on.desc(), _entries.c.id))


def variants_of(session: Session, id_: int) -> list[Entry]:
    """Return the published entries whose authors added theirs to this one."""
    query = _ALL.where(_entries.c.variant_of == id_, _entries.c.state == "published")
    return _read(session, query.order_by(_entries.c.published_on, _entries.c.id))


def link(session: Session, id_: int, reference: str, today: date) -> None:
    """Remember that an entry helped with a finished item; what became of that is in `change`."""
    insert_new(session, UseCaseLink, [{"use_case_id": id_, "reference": reference, "linked_on": today}])


def unlink(session: Session, id_: int) -> None:
    """Forget what an entry helped with."""
    session.connection().execute(_links.delete().where(_links.c.use_case_id == id_))


def _read(session: Session, query: Select[Any]) -> list[Entry]:
    return [_entry(row) for row in session.connection().execute(query)]


def _entry(row: Any) -> Entry:
    return Entry(**dict(zip(_FIELDS, row, strict=True)))
