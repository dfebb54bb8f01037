"""A bot that takes telemetry, and what is sent to it."""

import json
from typing import Any, Final

import httpx2
from sqlalchemy import text

from storage import tokens
from storage.engine import Database
from tests.cast import T0
from tests.telemetry import Json

JSON: Final = {"Content-Type": "application/json"}
PROTOBUF: Final = {"Content-Type": "application/x-protobuf"}
ADAS: Final = {"user.email": "ada@example.com"}
POINT: Final[dict[str, Any]] = {"type": "input", "model": "claude-opus-4-7", **ADAS}
EVENT: Final[dict[str, Any]] = {
    "event.name": "api_request",
    "model": "claude-opus-4-7",
    "input_tokens": "9",
    "session.id": "1",
    **ADAS,
}
CALL: Final = {
    "gen_ai.request.model": "gpt-5.5",
    "gen_ai.usage.input_tokens": 9,
    "gen_ai.usage.output_tokens": 4,
    **ADAS,
}
TOKENS: Final = "claude_code.token.usage"


class Bot:
    """The web application behind a real server, and tokens to send with."""

    def __init__(self, client: httpx2.Client, database: Database) -> None:
        self.client = client
        self.database = database
        self.operator = self.token("collector", None)

    def token(self, name: str, person_id: int | None) -> dict[str, str]:
        token = self.database.writing(lambda session: tokens.create_token(session, name, person_id, T0))
        return {"Authorization": f"Bearer {token}"}

    def send(self, signal: str, request: Json, headers: dict[str, str] | None = None) -> httpx2.Response:
        sent = JSON | (headers or self.operator)
        return self.client.post(f"/v1/{signal}", content=json.dumps(request).encode(), headers=sent)

    def said(self, signal: str, request: Json, headers: dict[str, str] | None = None) -> Any:
        answer = self.send(signal, request, headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        return answer.json()

    def total(self, measure: str = "uncached_input_tokens", table: str = "usage_day") -> int | None:
        query = f"SELECT sum({measure}) FROM {table}"  # noqa: S608
        with self.database.reading() as session:
            found = session.connection().execute(text(query)).scalar_one()
        return None if found is None else int(found)

    def kinds(self, table: str = "usage_day") -> list[str]:
        query = f"SELECT DISTINCT kind FROM source JOIN {table} ON source.id = source_id ORDER BY kind"  # noqa: S608
        with self.database.reading() as session:
            return list(session.connection().execute(text(query)).scalars())
