"""Rules for every table, so that a distributed PostgreSQL can shard without a change."""

from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, DateTime, Integer, Table, UniqueConstraint, inspect
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # fills the metadata
from storage.engine import Database
from tests.statements import owner_of

TABLES: Final = [pytest.param(table, id=name) for name, table in SQLModel.metadata.tables.items()]
# What grows with people and days, or is one person's. All other tables are small, or looked up by their whole key.
LEADING: Final = {"account_id", "person_id", "source_id"}
LOOKED_UP: Final = {
    "channel_round_up", "company_report", "looking_for", "use_case", "use_case_answer", "use_case_decision",
    "use_case_link", "use_case_posting", "use_case_report", "use_case_spelling", "use_case_word",
    "access_day", "access_entry", "policy_version",
    "account", "assignment", "block_verdict", "change", "email_holder", "host_seen", "job_slot", "label",
    "listed_account", "org_group", "org_member", "org_team", "person", "released_figure", "seen_request", "send_rate",
    "slack_user", "source", "team", "team_issue", "text_spending", "token", "tombstone",
}  # fmt: skip
# Where rows of a person lie under another key, and why that is no shard's.
UNDER_ANOTHER_KEY: Final = {
    "access_entry": "a chain of hashes, day by day",
    "channel_round_up": "a channel's, whoever turned it on",
    "org_team": "a team's, some hundred of them",
    "slack_user": "found by Slack's id, which is all that a request brings",
    "team": "a team's, some hundred of them",
    "token": "found by its hash, which is all that an upload brings",
    "use_case": "an entry's, whoever wrote it",
    "use_case_answer": "an entry's, and kept without a name",
    "use_case_decision": "an entry's, and kept without a name",
    "use_case_report": "an entry's, and kept without a name",
}


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return not (kind == "table" and name == "migration_claim")

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": ours}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)

    assert differences == []


def test_the_migrations_make_the_same_keys(database: Database) -> None:
    """Comparing leaves primary keys out, and what is empty may differ too."""
    inspector = inspect(database.engine)
    for name, table in SQLModel.metadata.tables.items():
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key], name
        nullable = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        assert nullable == {column.name: column.nullable for column in table.columns}, name


def test_usage_lies_in_the_order_of_its_key(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'usage_day'").scalar_one()
    assert str(sql).rstrip().endswith("WITHOUT ROWID")


@pytest.mark.parametrize("table", TABLES)
def test_every_number_has_64_bits(table: Table) -> None:
    numbers = [column for column in table.columns if isinstance(column.type, Integer)]

    assert [column.name for column in numbers if not isinstance(column.type, BigInteger)] == []


@pytest.mark.parametrize("table", TABLES)
def test_no_number_is_given_by_the_database(table: Table) -> None:
    assert [c.name for c in table.primary_key if c.autoincrement is True or c.identity or c.server_default] == []
    assert table.primary_key.columns.values()[0].autoincrement is not True


@pytest.mark.parametrize("table", TABLES)
def test_the_key_of_every_large_table_starts_with_whose_it_is(table: Table) -> None:
    first = next(iter(table.primary_key)).name

    assert first in LEADING or table.name in LOOKED_UP
    assert not (first in LEADING and table.name in LOOKED_UP)


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_a_person_lie_with_the_person(table: Table) -> None:
    """Their key starts with the person or the account, or is told above with why it does not."""
    of_somebody = bool({"account_id", "person_id", "lead_person_id"} & set(table.columns.keys()))

    assert of_somebody == (owner_of(table) is not None or table.name in UNDER_ANOTHER_KEY)
    assert not (owner_of(table) and table.name in UNDER_ANOTHER_KEY)


@pytest.mark.parametrize("table", TABLES)
def test_nothing_but_the_key_is_unique(table: Table) -> None:
    assert [c for c in table.constraints if isinstance(c, UniqueConstraint)] == []
    assert [index for index in table.indexes if index.unique] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_moment_knows_its_time_zone(table: Table) -> None:
    kinds = {column.name: getattr(column.type, "impl_instance", column.type) for column in table.columns}

    assert [name for name, kind in kinds.items() if isinstance(kind, DateTime) and not kind.timezone] == []
