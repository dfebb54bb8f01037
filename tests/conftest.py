"""Fixtures for all tests: both engines, no way out to the network, nobody's own settings."""

import ipaddress
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from hypothesis import settings

from bot.config import SECRETS, Settings
from storage import migrate
from storage.engine import Database, open_database
from tests.logged import pytest_sessionfinish, pytest_sessionstart, pytest_terminal_summary  # noqa: F401  # hooks
from tests.postgresql import PostgreSQL, running_postgresql
from tests.postgresql_modes import pytest_collection_modifyitems, pytest_configure  # noqa: F401  # hooks
from tests.statement_watch import Watch, watching

settings.register_profile("tests", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("tests")

_CONNECTING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_RESOLVING: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
# Variables of the outside that a library or the bot would follow.
_OURS: Final = frozenset(name.upper() for name in Settings.model_fields)
_FOREIGN: Final = (
    "ANTHROPIC_", "AWS_", "BEDROCK_", "CURSOR_", "GITHUB_", "GITLAB_", "JIRA_", "KIRO_", "LINEAR_",
    "LITELLM_", "LOG_", "OPENAI_", "PG", "SLACK_", "TEXT_", "WEB_", "WORTHWHILE_",
)  # fmt: skip
_PROXIES: Final = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY"})


class OutsideError(AssertionError):
    """A test tried to leave this machine."""


def _stay_inside(event: str, args: tuple[Any, ...]) -> None:
    """Refuse, as an audit hook, every address that is not of this machine; libraries cannot get around it."""
    if event in _CONNECTING:
        address = args[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise OutsideError(f"{event} to {address[0]}: tests reach loopback only")
    elif event in _RESOLVING and not _is_loopback(args[0]):
        raise OutsideError(f"{event} of {args[0]}: tests reach loopback only")


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback or str(name) == "0.0.0.0"  # noqa: S104
    except ValueError:
        return False


sys.addaudithook(_stay_inside)

# What was compiled once is loaded from then on: by the processes that tests start, and when tests are collected again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Drawn with every frame's values, as it comes, a trace takes a second and a thousand lines.
for _each in structlog.get_config()["processors"]:
    if isinstance(_each, structlog.dev.ConsoleRenderer):
        _each.exception_formatter = structlog.dev.plain_traceback


@pytest.fixture(scope="session")
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Gives an empty folder: the same again, until a test has left something in it."""
    made: list[Path] = []

    def give() -> Path:
        if not made or any(made[-1].iterdir()):
            made.append(tmp_path_factory.mktemp("here"))
        return made[-1]

    return give


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, _empty_folder: Callable[[], Path]) -> None:
    """Run in an empty folder, without the variables and the `.env` of whoever runs the tests."""
    for name in list(os.environ):
        known = name.upper() in _OURS | _PROXIES or name.startswith(_FOREIGN)
        if known or name.removesuffix("_FILE").lower() in SECRETS:
            monkeypatch.delenv(name)
    monkeypatch.chdir(_empty_folder())


@pytest.fixture(scope="session")
def statement_watch() -> Iterator[Watch]:
    """What looks at every statement that the bot sends in this test process."""
    with watching() as watch:
        yield watch


@pytest.fixture(autouse=True)
def _every_statement_keeps_the_rules(statement_watch: Watch) -> Iterator[None]:
    """Fail a test in which a statement broke a rule, and undo what one of the command line set up for logging."""
    yield
    structlog.reset_defaults()
    broken = statement_watch.take()
    assert not broken, "\n".join(broken)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL of this test process."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    database = open_database(f"sqlite:///{path}")
    try:
        migrate.upgrade(database)
    finally:
        database.dispose()
    return path


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file of this test."""
    path = tmp_path / "worthwhile.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test."""
    with postgresql.migrated() as url:
        yield url


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database, for tests to which the engine does not matter."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """A migrated PostgreSQL database, for tests of what only PostgreSQL does."""
    yield from _opened(postgresql_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine's name: what uses it runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine_name: str) -> str:
    """The URL of a migrated database of this test, on each engine."""
    url: str = request.getfixturevalue(f"{engine_name}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of this test, on each engine."""
    yield from _opened(database_url)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each engine."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.empty() as url:
        yield url


def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()
