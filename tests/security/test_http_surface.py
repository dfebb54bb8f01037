"""Whatever arrives by HTTP is answered as docs/openapi.yaml says; what is refused stores nothing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any, Final, cast

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.routing import Route

from bot.pool import AnswerPool
from bot.web.app import web_app
from storage import tokens
from storage.engine import Database
from tests.cast import T0, switched_on
from tests.senders import services_for

DOCUMENT: Final = Path(__file__).parents[2] / "docs/openapi.yaml"
EXAMPLES: Final = 8
# Each may send fifty times at once.
TOKENS: Final = 12
CHECKS: Final[list[Any]] = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return read


OPERATIONS: Final = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method in item
    if method != "parameters"
]


@pytest.fixture
def app(sqlite_database: Database) -> Starlette:
    services = replace(services_for(sqlite_database), pool=AnswerPool(1, 1))
    services.connection.connected = True
    return web_app(services)


def test_the_document_names_every_path_and_method(app: Starlette) -> None:
    routes = {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }

    assert set(OPERATIONS) == routes


class Senders:
    """Who sends: an operator's platforms in turn, a person, and somebody without a token that is known."""

    def __init__(self, database: Database) -> None:
        ada = switched_on(database).person_id

        def make(name: str, person_id: int | None) -> str:
            return database.writing(lambda session: tokens.create_token(session, name, person_id, T0))

        self._operators = cycle([make(f"platform-{number}", None) for number in range(TOKENS)])
        self._persons = cycle([make(f"laptop-{number}", ada) for number in range(TOKENS)])

    def header(self, who: str) -> dict[str, str]:
        """Return the header that *who* sends."""
        if who == "nobody":
            return {}
        token = {"operator": self._operators, "person": self._persons, "stranger": iter(["ww_not-known"])}[who]
        return {"Authorization": f"Bearer {next(token)}"}


@pytest.fixture
def version_of(sqlite_url: str) -> Iterator[sqlite3.Cursor]:
    """A connection of its own, which sees whether another one has written."""
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    yield connection.cursor()
    connection.close()


def test_whatever_arrives_is_answered_as_documented_and_refusals_store_nothing(
    app: Starlette, sqlite_database: Database, version_of: sqlite3.Cursor
) -> None:
    senders = Senders(sqlite_database)
    schema = schemathesis.openapi.from_dict(document())
    schema.app = app
    answered = set()

    def version() -> int:
        return int(version_of.execute("PRAGMA data_version").fetchone()[0])

    def send_all_sorts(operation: Any) -> None:
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        valid, other = (operation.as_strategy(generation_mode=mode) for mode in modes)
        needs_token = operation.path.startswith("/v1/")

        @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(st.data(), st.sampled_from(["operator", "person", "operator", "person", "stranger", "nobody"]))
        def sent(data: st.DataObject, who: str) -> None:
            case = data.draw(valid if data.draw(st.booleans()) else other)
            case.headers = {**(case.headers or {}), **senders.header(who)}
            before = version()
            response = case.call()
            case.validate_response(response, checks=CHECKS)
            answered.add(response.status_code)
            assert response.status_code < 500
            assert response.status_code < 400 or version() == before
            assert not (needs_token and response.status_code == 200 and who in {"stranger", "nobody"})

        sent()

    for result in schema.get_all_operations():
        send_all_sorts(cast(Any, result).ok())
    assert {200, 400, 401, 403} <= answered
