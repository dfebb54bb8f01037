"""A local Slack and the way out to it, for what the clock starts."""

from collections.abc import Iterator, Sequence

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.people import MADE_UP_PEOPLE
from bot.playground.things import LocalUser
from bot.slack import Slack, connect


@pytest.fixture
def users() -> Sequence[LocalUser]:
    """Who is in it; a file with another company says so."""
    return MADE_UP_PEOPLE


@pytest.fixture
def slack(users: Sequence[LocalUser]) -> Iterator[LocalSlack]:
    with LocalSlack(users).running() as running:
        yield running


@pytest.fixture
def way_out(slack: LocalSlack) -> Iterator[Slack]:
    connected = connect(slack.bot_token, slack.api_url)
    yield connected
    connected.close()
