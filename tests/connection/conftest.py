"""A bot that takes Slack's requests by HTTP, for all tests of a module."""

from collections.abc import Callable, Iterator

import pytest

from bot.playground.local_slack import LocalSlack
from tests.e2e.conftest import log, new_database
from tests.e2e.harness import Stage, staged

__all__ = ["log", "new_database"]


@pytest.fixture(scope="module")
def http_stage(new_database: Callable[[], str]) -> Iterator[Stage]:
    """A running bot on a local Slack."""
    with staged(LocalSlack(), new_database(), "http") as stage:
        yield stage
