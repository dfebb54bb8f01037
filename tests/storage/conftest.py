"""Every statement of every storage test is looked at: none may change a key."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Engine, event
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # fills the metadata

_UPDATE: Final = re.compile(r"\s*UPDATE (?P<table>\w+) SET (?P<sets>.*?)(?: WHERE |$)", re.DOTALL)
_UPSERT: Final = re.compile(r"\s*INSERT INTO (?P<table>\w+) .*DO UPDATE SET (?P<sets>.*)", re.DOTALL)
_COLUMN: Final = re.compile(r"(?:^|,\s*)(\w+)\s*=")


def changed_keys(statement: str) -> list[str]:
    """Return the key columns that *statement* would change."""
    match = _UPDATE.match(statement) or _UPSERT.match(statement)
    if match is None or match["table"] not in SQLModel.metadata.tables:
        return []
    keys = {column.name for column in SQLModel.metadata.tables[match["table"]].primary_key}
    return [f"{match['table']}.{name}" for name in _COLUMN.findall(match["sets"]) if name in keys]


@pytest.fixture(autouse=True)
def no_key_is_changed() -> Iterator[None]:
    found: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.extend(changed_keys(statement))

    event.listen(Engine, "before_cursor_execute", look)
    yield
    event.remove(Engine, "before_cursor_execute", look)

    assert found == []
