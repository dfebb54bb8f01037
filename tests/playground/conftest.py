from collections.abc import Iterator

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.world import DEFAULT_SCOPES, OPTIONAL_SCOPES


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """A running workspace in which everything that the bot may ask for is granted."""
    scopes = (*DEFAULT_SCOPES, *OPTIONAL_SCOPES, "files:read", "team:read", "im:read")
    with LocalSlack(scopes=scopes, ack_seconds=1.0).running() as running:
        yield running
