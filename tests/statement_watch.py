"""Every statement that a test makes the bot send is held against the rules of `tests.statements`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

from tests.statements import Place, broken_rules, unexcused

_ROOT: Final = f"{Path(__file__).parents[1]}/"
_OURS: Final = ("bot/", "handlers/", "storage/")
_broken_rules: Final = cache(broken_rules)


class Watch:
    """Looks at statements as they are sent, from any thread, and remembers what broke a rule."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def look(self, statement: str) -> None:
        """Remember what *statement* breaks; what a test itself sends may break everything."""
        rules = _broken_rules(statement)
        if rules and (way := _way()):
            what = " ".join(statement.split())
            where = " <- ".join(f"{place.module}.{place.function}" for place in way[:4])
            self._found += [f"{rule}: {what}\n  sent by {where}" for rule in unexcused(rules, way)]

    def take(self) -> list[str]:
        """Return what was found since the last time."""
        found, self._found = self._found, []
        return found


def _way() -> list[Place]:
    """Return the functions of ours that led to the statement, the innermost first; none where a test sent it."""
    frame, way = sys._getframe(1), []
    while frame is not None:
        path = frame.f_code.co_filename.removeprefix(_ROOT)
        if path.startswith(_OURS):
            way.append(Place(path.removesuffix(".py").replace("/", "."), frame.f_code.co_name))
        elif not way and path.startswith(("benchmarks/", "tests/")) and not path.startswith("tests/statement_watch"):
            return []
        frame = frame.f_back  # type: ignore[assignment]
    return way


@contextmanager
def watching() -> Iterator[Watch]:
    """Look at all statements of this process: SQLAlchemy's, and those that go straight to PostgreSQL's driver."""
    watch = Watch()

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            watch.look(_text(query))
            return super().execute(query, *args, **options)

        def executemany(self, query: Any, *args: Any, **options: Any) -> None:
            watch.look(_text(query))
            super().executemany(query, *args, **options)

    def connected(connection: Any, _record: Any) -> None:
        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = Cursor

    def sending(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if connection.dialect.name == "sqlite":
            watch.look(statement)

    event.listen(Engine, "connect", connected)
    event.listen(Engine, "before_cursor_execute", sending)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_cursor_execute", sending)


def _text(query: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query.as_string() if isinstance(query, sql.Composable) else str(query)
