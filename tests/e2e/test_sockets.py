"""Socket Mode: Slack sends connections away, closes them, or says nothing any more; the bot comes back, or ends."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest

from bot.app import run_until_stopped, running
from bot.connection.rules import Limits
from bot.connection.socket_mode import Watch
from bot.errors import ConnectionLostError
from bot.limits import Visits
from bot.playground.faults import silent
from bot.playground.local_slack import LocalSlack
from bot.pool import WORKERS
from tests.e2e.figures import days_back
from tests.e2e.harness import T0, Stage, settings_for, texts, until

# As the real ones, but in tenths of seconds.
QUICK: Final = Watch(
    limits=Limits(deaf=0.6, pause=0.3, in_vain=3, away=9.0, quiet=3600.0), look_seconds=0.05, ping_seconds=0.1
)
# For what the watchdog has no part in: a machine under load must not look deaf.
CALM: Final = Watch(ping_seconds=0.5)
RECONNECTS: Final = 20
ANA: Final = "U01ANA"


@contextmanager
def watched(slack: LocalSlack, url: str, watch: Watch = CALM) -> Iterator[Stage]:
    """Run the bot on *slack* under a watchdog."""
    with slack.running():
        settings = settings_for(slack, url, "socket")
        with running(settings, lambda: T0, (), watch=watch, visits=Visits(1000, 1000)) as services:
            slack.wait_connected(10)
            yield Stage(slack, services, url, "socket")


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", ""])
def test_a_connection_that_slack_ends_is_made_anew_and_answers_go_on(
    new_database: Callable[[], str], reason: str
) -> None:
    slack = LocalSlack()
    with watched(slack, new_database()) as stage:
        user = stage.someone_on()
        stage.send_ccusage(stage.token_of(user), days_back(1, 28))
        opened = len(slack.calls_of("apps.connections.open"))
        slack.disconnect_sockets(reason)

        assert until(lambda: len(slack.calls_of("apps.connections.open")) > opened, 15)
        slack.wait_connected(15)
        assert until(lambda: slack.command(user, "/mytokens", "help").acked, 15)
        assert "*$37.80 at list price*" in texts(stage.ask(user))


def test_nothing_that_was_acknowledged_is_lost_over_many_reconnects(new_database: Callable[[], str]) -> None:
    """Commands go on while every connection is sent away again and again; each that was acked is answered."""
    slack = LocalSlack()
    with watched(slack, new_database()) as stage:
        asked = []
        for _ in range(RECONNECTS):
            opened = len(slack.calls_of("apps.connections.open"))
            slack.disconnect_sockets(close=False)
            asked.append(slack.command(ANA, "/mytokens", "help"))
            assert until(lambda opened=opened: len(slack.calls_of("apps.connections.open")) > opened)  # type: ignore[misc]
            slack.wait_connected(5)
        stage.settle()
        answered = [shown.response_url_id for shown in slack.shown_to(ANA)]
        acknowledged = [one.response_url_id for one in asked if one.acked]

        assert len(acknowledged) >= RECONNECTS * 0.8  # what meets a closing socket is not, and Slack says so
        assert sorted(answered) == sorted(set(answered))
        assert set(acknowledged) <= set(answered)


def test_a_socket_that_is_up_and_silent_is_made_anew(new_database: Callable[[], str]) -> None:
    slack = LocalSlack()
    with watched(slack, new_database(), QUICK) as stage:
        state = stage.services.connection
        assert until(lambda: state.last_pong_at is not None)
        slack.hub.hush()

        assert until(lambda: state.rebuilds > 0 and slack.hub.connected > 0)
        assert until(lambda: slack.command(ANA, "/mytokens", "help").acked)
        assert state.transport == "socket"
        assert state.last_envelope_at is not None


def test_a_quiet_socket_is_made_anew_now_and_then_and_never_given_up(new_database: Callable[[], str]) -> None:
    given_up: list[bool] = []
    quiet = replace(QUICK, limits=replace(QUICK.limits, quiet=0.2), give_up=lambda: given_up.append(True))
    slack = LocalSlack()
    with watched(slack, new_database(), quiet) as stage:
        assert until(lambda: stage.services.connection.rebuilds >= 6)
        assert not given_up
        assert until(lambda: slack.command(ANA, "/mytokens", "help").acked)


def test_a_bot_that_hears_nothing_on_any_new_socket_ends_in_one_line(new_database: Callable[[], str]) -> None:
    slack = LocalSlack()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    slack.hub.hush(new_too=True)
    try:
        with slack.running(), pytest.raises(ConnectionLostError, match="Slack sends nothing on any new socket"):
            run_until_stopped(settings_for(slack, new_database(), "socket"), QUICK, end=lambda _: None)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert len(slack.calls_of("apps.connections.open")) == 1 + QUICK.limits.in_vain


def test_everything_that_was_acknowledged_before_it_was_stopped_is_answered(new_database: Callable[[], str]) -> None:
    """More than the pool has threads for, so that some still wait when it is stopped."""
    slack = LocalSlack()
    with slack.running():
        settings = settings_for(slack, new_database(), "socket")
        with running(settings, lambda: T0, (), visits=Visits(1000, 1000)) as services:
            slack.wait_connected(10)
            slack.faults.every("response_url", 1, silent(1.5))
            asked = [slack.command(ANA, "/mytokens", "help") for _ in range(WORKERS + 16)]
            assert services.pool.in_hand > WORKERS
        answered = {shown.response_url_id for shown in slack.shown_to(ANA)}

    assert all(one.acked for one in asked)
    assert {one.response_url_id for one in asked} == answered
