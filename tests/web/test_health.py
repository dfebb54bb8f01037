"""Liveness asks nothing; readiness says in plain words why not."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.connection.state import ConnectionState
from bot.web.app import web_app
from storage.engine import Database, open_database
from storage.migrate import head_revision
from tests.senders import services_for
from tests.web.conftest import served

UP = ConnectionState("socket", connected=True)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (UP, None),
        (ConnectionState("http", connected=True), None),
        (ConnectionState("socket"), "Slack's connection is down"),
        (ConnectionState(), "takes no requests of Slack's yet"),
        (ConnectionState("socket", connected=True, stopping=True), "is being stopped"),
    ],
)
def test_readiness_says_what_is_wrong_with_the_way_in_from_slack(
    sqlite_database: Database, state: ConnectionState, said: str | None
) -> None:
    with served(web_app(replace(services_for(sqlite_database), connection=state))) as client:
        ready, alive = client.get("/readyz"), client.get("/healthz")

    assert alive.status_code == 200
    assert ready.status_code == (200 if said is None else 503)
    assert [said in reason for reason in ready.json()["reasons"]] == ([] if said is None else [True])


def test_readiness_names_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with served(web_app(replace(services_for(database), connection=ConnectionState("socket")))) as client:
        reasons = client.get("/readyz").json()["reasons"]
        assert client.get("/healthz").json() == {"alive": True}
    database.dispose()

    assert "run `worthwhile db upgrade`" in reasons[0]
    assert "Slack's connection is down" in reasons[1]


def test_a_replica_that_runs_stays_ready_on_the_schema_of_the_next_release(database: Database) -> None:
    """A release only adds to the schema; else an upgrade would take the old replicas out before new ones are there."""
    connection = replace(services_for(database), connection=UP)
    with served(web_app(connection)) as client:
        at_revision(database, "r9999")
        assert client.get("/readyz").status_code == 200
        at_revision(database, "r0001")
        assert client.get("/readyz").status_code == 503
    at_revision(database, head_revision())


def at_revision(database: Database, revision: str) -> None:
    change = text("UPDATE alembic_version SET version_num = :revision")
    database.writing(lambda session: session.connection().execute(change, {"revision": revision}))
