"""Made-up rows for every table of whatever schema a database has, released ones that the code no longer knows too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    select,
)

from storage import migrate
from storage.engine import Database

# The columns of each table, each with its values.
Rows = dict[str, dict[str, list[Any]]]
ROWS: Final = 3
# Not ours to fill: what the migrations themselves keep.
_OWN: Final = frozenset({"alembic_version", "migration_claim"})
_NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)


def bring_to(database: Database, revision: str) -> None:
    """Migrate to a released revision, as the version did that brought it."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def fill(database: Database) -> Rows:
    """Put three rows into every table that is empty, and return them; in the last, what may be unknown is."""
    with database.writer.begin() as connection:
        empty = [table for table in _tables(connection) if connection.execute(select(table).limit(1)).first() is None]
        for table in empty:
            rows = [
                {column.name: _value(column, number, naive=database.is_sqlite) for column in table.columns}
                for number in range(ROWS)
            ]
            connection.execute(table.insert(), rows)
        return {table.name: _columns(connection, table) for table in empty}


def rows_by_table(database: Database) -> Rows:
    """Return the columns of every table, each with its values in the order of the table's key."""
    with database.engine.connect() as connection:
        return {table.name: _columns(connection, table) for table in _tables(connection)}


def kept(before: Rows, after: Rows) -> Rows:
    """Return of *after* the tables and columns that were there *before*."""
    return {table: {name: after.get(table, {}).get(name, []) for name in columns} for table, columns in before.items()}


def _columns(connection: Connection, table: Table) -> dict[str, list[Any]]:
    rows = connection.execute(select(table).order_by(*table.primary_key)).all()
    return {column.name: [row[index] for row in rows] for index, column in enumerate(table.columns)}


def _tables(connection: Connection) -> list[Table]:
    schema = MetaData()
    schema.reflect(connection)
    return [table for name, table in sorted(schema.tables.items()) if name not in _OWN]


def _value(column: Column[Any], number: int, *, naive: bool) -> Any:
    """Return what is plausible for the column's type, another for each row."""
    if column.nullable and number == ROWS - 1:
        return None
    moment = _NOON + timedelta(days=number)
    match column.type:
        case Boolean():
            return number % 2 == 0
        case BigInteger():
            return 10**12 + number
        case DateTime():
            return moment.replace(tzinfo=None) if naive else moment
        case Date():
            return date(2026, 3, 2 + number)
        case LargeBinary():
            return bytes([number + 1]) * 16
        case String():
            return f"{column.name} {number} <é&🙂>"
    raise AssertionError(f"{column.table.name}.{column.name}: no value is known for {column.type!r}")
