"""The web application behind a real server on loopback."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.connection.state import ConnectionState
from bot.web.app import web_app
from storage import tokens
from storage.engine import Database
from tests.cast import T0
from tests.loopback import NO_CERTIFICATES
from tests.senders import services_for

Serve = Callable[[Starlette], AbstractContextManager[httpx2.Client]]
MakeToken = Callable[[str, int | None], dict[str, str]]


@contextmanager
def served(app: Starlette) -> Iterator[httpx2.Client]:
    """Run *app* on a free port of this machine, and give a client of it."""
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=NO_CERTIFICATES) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx2.Client]:
    """A client of the application over SQLite."""
    services = replace(services_for(sqlite_database), connection=ConnectionState("http", connected=True))
    with served(web_app(services)) as client:
        yield client


@pytest.fixture
def make_token(sqlite_database: Database) -> MakeToken:
    """Make a token, a person's or an operator's, and give the header that carries it."""

    def make(name: str, person_id: int | None) -> dict[str, str]:
        token = sqlite_database.writing(lambda session: tokens.create_token(session, name, person_id, T0))
        return {"Authorization": f"Bearer {token}"}

    return make
