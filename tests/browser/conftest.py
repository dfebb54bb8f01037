"""Browsers, and pages on a real bot and on a tiny app. These tests run only when this folder is asked for:
`python -m pytest tests/browser`; a browser takes seconds, and `make test` has none."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.page.serving import serving_page
from bot.playground.world import DEFAULT_SCOPES, OPTIONAL_SCOPES
from tests.browser.browsing import DESKTOP, Browser, browser
from tests.browser.gallery import MANIFEST, gallery_app
from tests.e2e.harness import T0, Stage, bot_on
from tests.playground.bots import connected

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves this folder out unless it, or a file in it, was named on the command line."""
    named = [Path(config.invocation_params.dir, arg.split("::")[0]).resolve() for arg in config.args]
    return None if any(path == HERE or HERE in path.parents for path in named) else True


@dataclass
class Site:
    """A page, and what stands behind it."""

    address: str
    slack: LocalSlack
    browser: Browser
    got: list[dict[str, Any]]

    def open(self, **seats: str) -> Browser:
        """Loads the page with people at their places."""
        return self.browser.open(self.address, **seats)


@pytest.fixture(scope="session")
def one_browser() -> Iterator[Browser]:
    """A browser for all tests of this process."""
    with browser() as made:
        yield made


@pytest.fixture
def tab(one_browser: Browser) -> Iterator[Browser]:
    """The browser at desktop width, without anybody's cookies."""
    one_browser.driver.delete_all_cookies()
    one_browser.sized(DESKTOP).errors()
    yield one_browser
    one_browser.driver.get("about:blank")


def silent(page: Browser) -> None:
    """Checks that the console complained about nothing, and leaves before the server does."""
    complaints = page.errors()
    page.driver.get("about:blank")
    assert complaints == []


@pytest.fixture
def gallery(tab: Browser) -> Iterator[Site]:
    """The page on a tiny app that shows every block and keeps what it is told."""
    slack, got = LocalSlack(scopes=(*DEFAULT_SCOPES, *OPTIONAL_SCOPES)), list[dict[str, Any]]()
    slack.world.check_blocks = False
    with ExitStack() as stack:
        stack.enter_context(slack.running())
        stack.enter_context(connected(slack, gallery_app(slack, got), "socket"))
        address = stack.enter_context(serving_page(slack, manifest=MANIFEST))
        yield Site(address, slack, tab, got)
        silent(tab)


@dataclass
class RealSite(Site):
    """The page on the real bot."""

    stage: Stage


@pytest.fixture
def real(tab: Browser, _sqlite_template: Path, tmp_path: Path) -> Iterator[RealSite]:
    """The page on the real bot, with a database of its own, on a Thursday in November."""
    started = time.monotonic()
    slack = LocalSlack(clock=lambda: T0.timestamp() + time.monotonic() - started)
    database = tmp_path / "worthwhile.db"
    shutil.copyfile(_sqlite_template, database)
    url = f"sqlite:///{database}"
    with ExitStack() as stack:
        stack.enter_context(slack.running())
        now = lambda: T0 + timedelta(seconds=time.monotonic() - started)  # noqa: E731
        services = stack.enter_context(bot_on(slack, url, "socket", now))
        address = stack.enter_context(serving_page(slack))
        yield RealSite(address, slack, tab, [], Stage(slack, services, url, "socket"))
        silent(tab)
