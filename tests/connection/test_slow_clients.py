"""Clients that open a connection and never finish: dropped in time, without a thread, whatever path they ask for."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import pytest

from bot.web import bodies
from bot.web.app import web_app
from bot.web.headers import PromptHeaders
from storage import tokens
from tests.e2e.harness import T0, Log, Stage, texts

SHORT: Final = 0.4
MANY: Final = 150  # twice the threads in which requests are worked on
CANARY: Final = "canary-in-the-body"


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", SHORT)
    monkeypatch.setattr(PromptHeaders, "header_seconds", SHORT)


@contextmanager
def begun(stage: Stage, text: str) -> Iterator[socket.socket]:
    """Connect, send the beginning of a request, and say no more."""
    host, _, port = stage.services.web_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(text.encode())
        yield connection


def rest(connection: socket.socket) -> str:
    """Return everything that comes until the other side closes."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts).decode()


def unfinished(path: str, token: str) -> str:
    """Return a request that says it is longer than it is."""
    lines = (f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", "Content-Type: application/json")
    return "\r\n".join((*lines, "Content-Length: 5000", "", CANARY))


def test_an_unfinished_body_is_dropped_on_every_path_that_takes_one(http_stage: Stage, log: Log) -> None:
    database, user = http_stage.services.database, http_stage.someone_on()
    operator = database.writing(lambda session: tokens.create_token(session, "slow", None, T0))
    personal = http_stage.token_of(user)
    paths = [route.path for route in web_app(http_stage.services).routes if "POST" in (route.methods or ())]  # type: ignore[attr-defined]
    assert len(paths) >= 6
    for path in ("/slack/events", *paths):
        own = path.startswith("/v1/import")
        query = "?name=laptop" if own else ""
        with begun(http_stage, unfinished(path + query, personal if own else operator)) as connection:
            answer = rest(connection)
        assert answer.startswith("HTTP/1.1 408"), (path, answer)
        assert "connection: close" in answer.lower()
        assert CANARY not in answer
    assert CANARY not in log.text
    assert "Traceback" not in log.text


def test_many_unfinished_bodies_keep_nobody_else_waiting(http_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 20.0)
    with ExitStack() as held:
        for _ in range(MANY):
            held.enter_context(begun(http_stage, unfinished("/slack/events", "")))
        assert "No usage is collected about you yet." in texts(http_stage.ask("U01ANA"))


def test_a_body_that_goes_on_arriving_is_waited_for(http_stage: Stage) -> None:
    """One that is slower than the limit as a whole, yet comes: a second more for each 64 KiB."""
    whole = 200_000
    with begun(http_stage, f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {whole}\r\n\r\n") as connection:
        for _ in range(4):
            connection.sendall(b"x" * (whole // 5))
            connection.settimeout(SHORT / 2)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        connection.settimeout(10)
        connection.sendall(b"x" * (whole // 5))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "POST /slack/ev",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-More: ",
    ],
)
def test_headers_that_never_end_are_dropped(http_stage: Stage, beginning: str) -> None:
    with begun(http_stage, beginning) as connection:
        assert rest(connection) == ""


def test_a_connection_that_is_kept_alive_may_rest_between_requests_and_not_within_one(http_stage: Stage) -> None:
    with begun(http_stage, "") as connection:
        for _ in range(2):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            told = ""
            while "alive" not in told:
                told += connection.recv(65_536).decode()
            connection.settimeout(2 * SHORT)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        connection.settimeout(10)
        connection.sendall(b"GET /heal")
        assert rest(connection) == ""
