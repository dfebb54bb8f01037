"""Two versions run side by side while replicas are replaced: what the older one uses stays until the next release."""

import re
from typing import Any, Final

import pytest
from sqlalchemy import event

from storage import migrate
from storage.engine import open_database
from tests.postgresql import PostgreSQL
from tests.storage.filled import bring_to

# The last revision before replicas could be replaced one by one.
FIRST: Final = "r0011"
# What takes something from the version before, or refuses what it writes; the rule is in CONTRIBUTING.md.
_TAKES_AWAY: Final = re.compile(
    r"""\bDROP\s+(TABLE|COLUMN|SCHEMA)\b | \bRENAME\b | \bALTER\s+COLUMN\b.*\b(TYPE|SET\s+NOT\s+NULL|DROP\s+DEFAULT)\b
    | \bADD\s+(CONSTRAINT|PRIMARY|FOREIGN|CHECK|UNIQUE)\b | \bCREATE\s+UNIQUE\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NEEDED: Final = re.compile(r"\bADD\s+(COLUMN\s+)?.*\bNOT\s+NULL\b", re.IGNORECASE | re.DOTALL)
_OURS: Final = re.compile(r"\b(alembic_version|migration_claim)\b")
# Statement, and why no version that can still be running uses what it takes: which release stopped using it.
CONTRACTED: Final[dict[str, str]] = {}


def narrows(statement: str) -> bool:
    """Whether the version before could fail after *statement*."""
    needs = _NEEDED.search(statement) is not None and "DEFAULT" not in statement.upper()
    return not _OURS.search(statement) and (needs or _TAKES_AWAY.search(statement) is not None)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE outbox DROP COLUMN carried_by", True),
        ("DROP TABLE hint", True),
        ("ALTER TABLE hint RENAME TO finding", True),
        ("ALTER TABLE hint RENAME subject TO about", True),
        ("ALTER TABLE hint ALTER COLUMN subject SET NOT NULL", True),
        ("ALTER TABLE hint ALTER COLUMN subject TYPE BIGINT", True),
        ("ALTER TABLE hint ADD COLUMN score VARCHAR NOT NULL", True),
        ("ALTER TABLE hint ADD CONSTRAINT one UNIQUE (subject)", True),
        ("CREATE UNIQUE INDEX ix_hint ON hint (subject)", True),
        ("ALTER TABLE outbox ADD COLUMN carried_by VARCHAR DEFAULT '' NOT NULL", False),
        ("ALTER TABLE source_state ADD COLUMN unmatched BIGINT", False),
        ("\nCREATE TABLE hint (\n\tsubject VARCHAR NOT NULL, \n\tPRIMARY KEY (subject)\n)", False),
        ("CREATE INDEX ix_hint ON hint (subject)", False),
        ("DROP INDEX ix_hint", False),
        ("UPDATE alembic_version SET version_num='r0012'", False),
    ],
)
def test_what_takes_something_from_the_version_before_is_known(statement: str, expected: bool) -> None:
    assert narrows(statement) is expected


def test_no_migration_takes_what_the_version_before_uses(postgresql: PostgreSQL) -> None:
    statements: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(" ".join(statement.split()))

    with postgresql.empty() as url:
        database = open_database(url)
        bring_to(database, FIRST)
        event.listen(database.engine, "before_cursor_execute", look)
        migrate.upgrade(database)
        database.dispose()

    assert {statement for statement in statements if narrows(statement)} == set(CONTRACTED)
    assert [statement for statement, reason in CONTRACTED.items() if len(reason) < 20] == []
