"""Running bots for the end-to-end tests: one for each module and transport, with new people in every test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.world import DEFAULT_SCOPES
from tests.e2e.harness import TRANSPORTS, Log, Stage, Transport, logging_as_the_bot_does, staged

WITH_FILES = (*DEFAULT_SCOPES, "files:write")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share a running bot in one process, so that it is started once."""
    for item in items:
        call = getattr(item, "callspec", None)
        if "stage" in getattr(item, "fixturenames", ()) and call is not None and "transport" in call.params:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{call.params['transport']}"))


@pytest.fixture(scope="session")
def new_database(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes migrated SQLite files and gives their URLs."""

    def make() -> str:
        path = tmp_path_factory.mktemp("bot") / "worthwhile.db"
        shutil.copyfile(_sqlite_template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture(scope="module", params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Transport:
    """How Slack's requests arrive."""
    each: Transport = request.param
    return each


@pytest.fixture(scope="module")
def stage(transport: Transport, new_database: Callable[[], str]) -> Iterator[Stage]:
    """A bot that is running for all tests of a module, over each transport."""
    with staged(LocalSlack(scopes=WITH_FILES), new_database(), transport) as made:
        yield made


@pytest.fixture(autouse=True)
def _slack_behaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no misbehaviour of Slack's reach the next test."""
    each = request.getfixturevalue("stage") if "stage" in request.fixturenames else None
    yield
    if isinstance(each, Stage):
        each.slack.faults.clear()
        each.settle()


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """What is logged meanwhile, by the command line too."""
    monkeypatch.setenv("LOG_FORMAT", "json")
    with logging_as_the_bot_does():
        yield Log(capsys)
