"""What a sender is told, over real HTTP, and that what is refused stores nothing."""

import gzip
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.web.app import web_app
from bot.web.ingest import MAX_BODY
from storage import tokens
from storage.engine import Database, open_database
from tests.cast import T0, switched_on
from tests.senders import breakdown, ccusage_file, lines, pushed, rows_of, services_for, unified
from tests.web.conftest import MakeToken, served

MONDAY = date(2026, 11, 16)
IMPORT = "/v1/import/ccusage?name=laptop"


def marks_kept(database: Database) -> int:
    with database.reading() as session:
        return int(session.connection().execute(text("SELECT count(*) FROM event_mark")).scalar_one())


def test_a_push_is_answered_after_it_is_stored(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    ada = switched_on(sqlite_database)
    operator = make_token("meshclaw", None)
    answer = client.post("/v1/usage", content=lines(pushed(), pushed(event_id="2", run_id="9")), headers=operator)
    assert (answer.status_code, answer.json()) == (200, {"read": 2, "repeated": 0, "conflicts": []})
    assert [row.requests for row in rows_of(sqlite_database, ada)] == [6]
    again = client.post("/v1/usage", content=lines(pushed(), pushed(event_id="2")), headers=operator)
    assert again.json() == {"read": 2, "repeated": 1, "conflicts": ["2"]}


@pytest.mark.parametrize("packed", [False, True])
def test_an_array_and_gzip_are_understood(client: httpx2.Client, make_token: MakeToken, packed: bool) -> None:
    body = json.dumps([pushed(), pushed(event_id="2")]).encode()
    headers = make_token("meshclaw", None) | ({"Content-Encoding": "gzip"} if packed else {})
    answer = client.post("/v1/usage", content=gzip.compress(body) if packed else body, headers=headers)
    assert (answer.status_code, answer.json()["read"]) == (200, 2)


def test_bad_rows_are_named_and_nothing_is_stored(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    body = lines(pushed(), pushed(event_id="2", requests=1.5), pushed(event_id="3", trigger="whim"))
    answer = client.post("/v1/usage", content=body, headers=make_token("meshclaw", None))
    assert answer.status_code == 400
    assert answer.json()["error"] == "2 events cannot be used; nothing was stored. Mend and send again."
    assert answer.json()["rows"] == [
        "line 2: Expected `int | null`, got `float` - at `$.requests`",
        "line 3: Invalid enum value 'whim' - at `$.trigger`",
    ]
    assert marks_kept(sqlite_database) == 0


@pytest.mark.parametrize("path", ["/v1/usage", IMPORT])
@pytest.mark.parametrize("header", [None, "Bearer ww_nobody", "Bearer", "Basic abc", "Bearer \xff"])
def test_without_a_known_token_nobody_is_let_in(client: httpx2.Client, path: str, header: str | None) -> None:
    headers = {b"Authorization": header.encode("latin-1")} if header else {}
    answer = client.post(path, content=lines(pushed()), headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_revoked_token_is_let_in_no_more(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    operator = make_token("meshclaw", None)
    sqlite_database.writing(lambda session: tokens.revoke(session, "meshclaw", T0))
    assert client.post("/v1/usage", content=lines(pushed()), headers=operator).status_code == 401


def test_a_personal_token_takes_no_event_of_somebody_else(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    ada = switched_on(sqlite_database)
    body = lines(pushed(), pushed(event_id="2", person={"email": "bob@example.com"}))
    answer = client.post("/v1/usage", content=body, headers=make_token("laptop", ada.person_id))
    assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert marks_kept(sqlite_database) == 0


def test_a_ccusage_file_is_taken_with_a_personal_token(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    ada = switched_on(sqlite_database)
    content = ccusage_file(unified(MONDAY, [breakdown("claude-sonnet-4-5")]))
    answer = client.post(IMPORT, content=content, headers=make_token("laptop", ada.person_id))
    assert (answer.status_code, answer.json()["rows"]) == (200, 1)
    assert [row.list_value_nano_usd for row in rows_of(sqlite_database, ada)] == [500_000_000]


def test_a_ccusage_file_is_not_taken_with_an_operators_token(client: httpx2.Client, make_token: MakeToken) -> None:
    answer = client.post(IMPORT, content=ccusage_file(), headers=make_token("meshclaw", None))
    assert answer.status_code == 403


@pytest.mark.parametrize(("path", "content"), [(IMPORT, b"{"), ("/v1/import/ccusage", ccusage_file())])
def test_a_file_or_machine_that_cannot_be_used_is_refused(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database, path: str, content: bytes
) -> None:
    ada = switched_on(sqlite_database)
    answer = client.post(path, content=content, headers=make_token("laptop", ada.person_id))
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


def _in_parts(size: int) -> Iterator[bytes]:
    for _ in range(size // 2**16 + 1):
        yield b" " * 2**16


def test_too_large_a_body_is_refused_whether_it_says_so_or_not(client: httpx2.Client, make_token: MakeToken) -> None:
    operator = make_token("meshclaw", None)
    whole = client.post("/v1/usage", content=b" " * (MAX_BODY + 1), headers=operator)
    assert whole.status_code == 413
    assert client.post("/v1/usage", content=_in_parts(MAX_BODY), headers=operator).status_code == 413


def test_a_small_body_that_unpacks_to_a_large_one_is_refused(client: httpx2.Client, make_token: MakeToken) -> None:
    headers = make_token("meshclaw", None) | {"Content-Encoding": "gzip"}
    bomb = gzip.compress(b" " * (64 * 2**20 + 1), compresslevel=1)
    assert client.post("/v1/usage", content=bomb, headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"no gzip"), ("gzip", gzip.compress(lines(pushed()))[:-4]), ("br", b"x")],
    ids=["not gzip", "cut off", "another encoding"],
)
def test_a_body_that_cannot_be_unpacked_is_refused(
    client: httpx2.Client, make_token: MakeToken, encoding: str, body: bytes
) -> None:
    headers = make_token("meshclaw", None) | {"Content-Encoding": encoding}
    assert client.post("/v1/usage", content=body, headers=headers).status_code == 400


def test_more_events_than_are_taken_at_once_are_refused(client: httpx2.Client, make_token: MakeToken) -> None:
    small = {"work": ..., "run_id": ..., "tokens": ...}
    body = lines(*(pushed(event_id=str(n), **small) for n in range(10_001)))
    answer = client.post("/v1/usage", content=body, headers=make_token("meshclaw", None))
    assert answer.status_code == 400
    assert "At most 10,000 events" in answer.json()["error"]


def test_a_token_that_sends_too_often_is_asked_to_wait(client: httpx2.Client, make_token: MakeToken) -> None:
    operator, other = make_token("meshclaw", None), make_token("openclaw", None)
    answers = (client.post("/v1/usage", content=b"", headers=operator) for _ in range(600))
    assert next(answers).status_code == 200
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert client.post("/v1/usage", content=b"", headers=other).status_code == 200


def test_while_the_database_is_away_senders_are_asked_to_come_back(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with served(web_app(services_for(database))) as client:
        answer = client.post("/v1/usage", content=lines(pushed()), headers={"Authorization": "Bearer ww_x"})
        ready = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    database.dispose()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert "worthwhile db upgrade" in ready.json()["reasons"][0]


def test_a_migrated_database_makes_it_ready(client: httpx2.Client) -> None:
    assert client.get("/readyz").json() == {"ready": True, "reasons": []}


def _broken(*_: object) -> None:
    raise RuntimeError("about ada@example.com and 4321 USD")


def test_a_mistake_of_ours_shows_the_sender_nothing_and_the_log_no_value(
    make_token: MakeToken, sqlite_database: Database
) -> None:
    services = replace(services_for(sqlite_database), prices=_broken)
    with served(web_app(services)) as client, capture_logs() as logs:
        answer = client.post("/v1/usage", content=lines(pushed()), headers=make_token("meshclaw", None))
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert [entry["error"] for entry in logs if entry["event"] == "web_failed"] == ["RuntimeError"]
    for word in ("ada", "4321", "meshclaw"):
        assert word not in answer.text + repr(logs)
    assert marks_kept(sqlite_database) == 0


def test_logs_have_counts_and_durations_only(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    switched_on(sqlite_database)
    cost = {"amount": "4321.5", "currency": "USD", "basis": "billed"}
    with capture_logs() as logs, caplog.at_level(logging.INFO):
        client.post("/v1/usage", content=lines(pushed(cost=cost)), headers=make_token("meshclaw", None))
        client.post("/v1/usage", content=lines(pushed(cost=cost, requests=-1)), headers=make_token("claw", None))
    said = repr(logs) + caplog.text
    assert {entry["event"] for entry in logs} == {"push_counted", "usage_pushed"}
    for word in ("ada", "meshclaw", "run-81", "4321", "sonnet", "ww_"):
        assert word not in said
