"""Bulk writing: Core executemany on SQLite, COPY and ON CONFLICT on PostgreSQL.

Batches are sorted by key, which keeps the pages together and two writers from deadlocking. Usage rows
of one batch with the same key are parts of one row and added up first.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Table
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session

from bot.domain.tally import Tally
from bot.domain.usage import BIT, MEASURES

Row = tuple[Any, ...]


def columns(table: Table) -> tuple[str, ...]:
    """Return the columns in which rows are given: the key, the measures, who estimated, what is partial."""
    keys = tuple(column.name for column in table.primary_key)
    return (*keys, *MEASURES, "list_value_by", "partly_unknown")


def put(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Write *rows* (in the order of `columns`), each in the place of one with the same key."""
    names = columns(table)
    _write(session, table, names, _one_a_key(table, rows), _replacing(table, names))


def put_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write *rows* with columns *names*, the key first, each in the place of one with the same key.

    Of several with the same key the last is written.
    """
    width = len(table.primary_key)
    _write(
        session, table, tuple(names), list({row[:width]: row for row in rows}.values()), _replacing(table, tuple(names))
    )


def add(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Add *rows* (in the order of `columns`) to those with the same key; unknown plus known is partial."""
    _write(session, table, columns(table), _one_a_key(table, rows), _adding(table))


def join(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Add *rows* that are pieces of those with the same key: None says nothing there."""
    _write(session, table, columns(table), _one_a_key(table, rows, pieces=True), _adding(table, pieces=True))


def insert_new_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert *rows* with columns *names*; one whose key is there already changes nothing."""
    keys = ", ".join(column.name for column in table.primary_key)
    _write(session, table, tuple(names), rows, f"ON CONFLICT ({keys}) DO NOTHING")


def _one_a_key(table: Table, rows: Sequence[Row], *, pieces: bool = False) -> Sequence[Row]:
    width = len(table.primary_key)
    if len({row[:width] for row in rows}) == len(rows):
        return rows
    sums: dict[Row, Tally] = {}
    for row in rows:
        sums.setdefault(row[:width], Tally()).add(row[width:-2], row[-2], row[-1], piece=pieces)
    return [(*key, *tally.values, tally.by, tally.partly) for key, tally in sums.items()]


@cache
def _replacing(table: Table, names: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"


@cache
def _adding(table: Table, *, pieces: bool = False) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    name = table.name
    sets = [
        f"{m} = CASE WHEN {name}.{m} IS NULL THEN excluded.{m} "
        f"WHEN excluded.{m} IS NULL THEN {name}.{m} ELSE {name}.{m} + excluded.{m} END"
        for m in MEASURES
    ]
    partial = [f"{name}.partly_unknown", "excluded.partly_unknown"]
    if not pieces:  # where exactly one side is unknown, the sum is a lower bound
        partial += [
            f"(CASE WHEN ({name}.{m} IS NULL) <> (excluded.{m} IS NULL) THEN {BIT[m]} ELSE 0 END)" for m in MEASURES
        ]
    sets.append(f"partly_unknown = {' | '.join(partial)}")
    by = f"{name}.list_value_by"
    sets.append(
        f"list_value_by = CASE WHEN {by} IN ('', excluded.list_value_by) THEN excluded.list_value_by "
        f"WHEN excluded.list_value_by = '' THEN {by} ELSE 'several' END"
    )
    return f"ON CONFLICT ({keys}) DO UPDATE SET " + ", ".join(sets)


def _write(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[Row], conflict: str) -> None:
    if not rows:
        return
    width = len(table.primary_key)
    ordered = sorted(rows, key=lambda row: row[:width])
    if session.get_bind().dialect.name == "sqlite":
        _write_sqlite(session, table, names, ordered, conflict)
    else:
        _write_postgresql(session, table, names, ordered, conflict)


def _write_sqlite(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[Row], conflict: str) -> None:
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) {conflict}"  # noqa: S608
    dates = [position for position, name in enumerate(names) if isinstance(table.c[name].type, Date)]
    session.connection().exec_driver_sql(statement, [_iso(row, dates) for row in rows])


def _iso(row: Row, dates: Sequence[int]) -> Row:
    values = list(row)
    for position in dates:
        day = values[position]
        values[position] = None if day is None else day.isoformat()
    return tuple(values)


def _write_postgresql(
    session: Session, table: Table, names: tuple[str, ...], rows: Sequence[Row], conflict: str
) -> None:
    listed = ", ".join(names)
    stage = f"staged_{table.name}"
    connection = session.connection()
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} (LIKE {table.name}) ON COMMIT DELETE ROWS"
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        types = _types(table, names)
        with cursor.copy(f"COPY {stage} ({listed}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {stage} {conflict}"  # noqa: S608
        )
        cursor.execute(f"TRUNCATE {stage}")


def _types(table: Table, names: Sequence[str]) -> list[str]:
    return [_type(table.c[name].type) for name in names]


def _type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, TypeDecorator):  # SQLModel's strings are
        kind = kind.impl_instance
    return {int: "int8", bool: "bool", str: "text", date: "date", bytes: "bytea"}[kind.python_type]
