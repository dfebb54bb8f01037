"""The stand-ins for a distributed PostgreSQL are what they say: tables in shards, transactions serializable."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import event, text

from storage.choices import choose, settings_of
from storage.engine import Database, open_database
from tests import postgresql_modes as modes
from tests.statements import sharded_tables

NOW = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
pytestmark = pytest.mark.skipif(modes.MODE == modes.PARTITIONED, reason="every table is split already")


def test_the_tables_of_persons_lie_in_shards_and_are_used_as_before(postgresql_url: str) -> None:
    modes.split(postgresql_url)
    database = open_database(postgresql_url)
    for person in range(1, 41):
        database.writing(lambda session, person=person: choose(session, person, "digest", "figures", NOW))  # type: ignore[misc]
    with database.reading() as session:
        shards = session.connection().execute(text("SELECT DISTINCT tableoid::regclass::text FROM setting")).all()
        split = session.connection().execute(text("SELECT relname FROM pg_class WHERE relkind = 'p'")).all()
        assert settings_of(session, 7) == {"digest": "figures"}
    database.dispose()

    assert {name for (name,) in shards} == {f"shards.setting_{number}" for number in range(modes.SHARDS)}
    assert {name for (name,) in split} == {table.name for table in sharded_tables()} >= {"usage_day", "outbox"}


def test_what_is_unique_without_the_person_cannot_be_sharded(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", ""), autocommit=True) as session:
        session.execute("CREATE UNIQUE INDEX once ON setting (name)")

    with pytest.raises(psycopg.errors.FeatureNotSupported, match="partition"):
        modes.split(postgresql_url)


def test_every_transaction_can_be_made_serializable(postgresql_database: Database) -> None:
    query = text("SHOW transaction_isolation")
    for engine in (postgresql_database.engine, postgresql_database.writer):
        event.listen(engine, "begin", modes.make_serializable)

    assert postgresql_database.writing(lambda session: session.connection().execute(query).scalar()) == "serializable"
    assert postgresql_database.adding(lambda session: session.connection().execute(query).scalar()) == "serializable"
    with postgresql_database.reading() as session:
        assert session.connection().execute(query).scalar() == "serializable"
