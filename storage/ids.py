"""Ids of ours and the small tables of names."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import Table, bindparam
from sqlalchemy import select as core_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, select

from storage.tables import Account, Label, Source


def new_id() -> int:
    """Return a random 63-bit id; never 0."""
    return secrets.randbits(63) or 1


def table_of(model: type[SQLModel]) -> Table:
    """Return the Core table of *model*."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def insert_new(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> int:
    """Insert the *rows* whose primary key is not there yet; return how many were."""
    if not rows:
        return 0
    table = table_of(model)
    keys = [column.name for column in table.primary_key]
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
    statement = insert.on_conflict_do_nothing(index_elements=keys)
    # without being told so, SQLAlchemy forgets how many rows PostgreSQL inserted
    result = session.connection().execute(statement, rows, execution_options={"preserve_rowcount": True})
    return result.rowcount


def upsert(
    session: Session,
    model: type[SQLModel],
    rows: list[dict[str, Any]],
    changes: Callable[[Any, Any], dict[str, Any]],
) -> None:
    """Insert *rows*; where the primary key is there, change the old row as *changes*(old, new) says."""
    if not rows:
        return
    table = table_of(model)
    keys = [column.name for column in table.primary_key]
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
    statement = insert.on_conflict_do_update(index_elements=keys, set_=changes(table.c, insert.excluded))
    session.connection().execute(statement, rows)


_labels_table = table_of(Label)
# Built once: a delivery asks for four kinds of names.
_NAMED: Final = core_select(_labels_table.c.name, _labels_table.c.id).where(
    _labels_table.c.kind == bindparam("kind"), _labels_table.c.name.in_(bindparam("names", expanding=True))
)


def label_ids(session: Session, kind: str, names: Iterable[str]) -> dict[str, int]:
    """Return the id of each of *names*, making those that are new."""
    wanted = set(names)
    known = _labels(session, kind, wanted)
    missing = sorted(wanted - known.keys())
    if missing:
        insert_new(session, Label, [{"kind": kind, "name": name, "id": new_id()} for name in missing])
        known = _labels(session, kind, wanted)
    return known


def _labels(session: Session, kind: str, names: set[str]) -> dict[str, int]:
    ordered = sorted(names)
    found: dict[str, int] = {}
    for start in range(0, len(ordered), 500):
        part = {"kind": kind, "names": ordered[start : start + 500]}
        found.update((name, id_) for name, id_ in session.connection().execute(_NAMED, part))
    return found


def source_id(session: Session, kind: str, name: str, *, owner: int = 0) -> int:
    """Return the id of the source instance *name* of *kind*, making it when it is new.

    *owner* is the account of the person whose machine it is; 0 for a source of the company.
    """
    insert_new(session, Source, [{"kind": kind, "owner": owner, "name": name, "id": new_id()}])
    query = select(Source.id).where(Source.kind == kind, Source.owner == owner, Source.name == name)
    return session.exec(query).one()


def account_id(session: Session, provider: str, name: str) -> int:
    """Return the id of what *provider* calls *name*, making the account when it is new."""
    insert_new(session, Account, [{"provider": provider, "name": name, "id": new_id()}])
    return session.exec(select(Account.id).where(Account.provider == provider, Account.name == name)).one()
