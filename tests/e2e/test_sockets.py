"""Socket Mode: Slack sends every connection away once in a while, and the bot comes back by itself."""

from collections.abc import Callable

import pytest

from bot.playground.local_slack import LocalSlack
from tests.e2e.figures import days_back
from tests.e2e.harness import staged, texts, until


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_a_connection_that_slack_ends_is_made_anew_and_answers_go_on(
    new_database: Callable[[], str], reason: str
) -> None:
    slack = LocalSlack()
    with staged(slack, new_database(), "socket") as stage:
        user = stage.someone_on()
        stage.send_ccusage(stage.token_of(user), days_back(1, 28))
        opened = len(slack.calls_of("apps.connections.open"))
        slack.disconnect_sockets(reason)

        assert until(lambda: len(slack.calls_of("apps.connections.open")) > opened, 15)
        slack.wait_connected(15)
        assert until(lambda: slack.command(user, "/mytokens", "help").acked, 15)
        assert "*$37.80 at list price*" in texts(stage.ask(user))
