"""Inserting many rows of SQLite in one statement, which takes half the time of one by one."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, Final

from sqlmodel import Session

_AT_ONCE: Final = 200


def insert_in_parts(session: Session, into: str, conflict: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert *rows*, all of one width, with what to do on *conflict*; return how many rows that changed.

    *into* is "table (columns)". What is left over after whole parts goes one by one.
    """
    if not rows:
        return 0
    width = len(rows[0])
    values = list(chain.from_iterable(rows))
    in_parts = len(rows) - len(rows) % _AT_ONCE
    connection = session.connection()
    changed = 0
    for first, last, at_once in ((0, in_parts, _AT_ONCE), (in_parts, len(rows), 1)):
        parts = [tuple(values[row * width : (row + at_once) * width]) for row in range(first, last, at_once)]
        if parts:
            statement = _statement(into, conflict, width, at_once)
            changed += connection.exec_driver_sql(statement, parts).rowcount
    return changed


@cache
def _statement(into: str, conflict: str, width: int, at_once: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * at_once)} {conflict}"  # noqa: S608
