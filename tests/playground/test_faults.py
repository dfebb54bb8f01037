"""Slack misbehaves when told to, and exactly then."""

import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import faults
from bot.playground.faults import RESPONSE_URL, Fault, Faults
from bot.playground.local_slack import LocalSlack
from tests.playground.bots import client_of, error_of


def _client(slack: LocalSlack, timeout: float = 5) -> WebClient:
    client = client_of(slack)
    client.retry_handlers = []
    client.timeout = timeout  # type: ignore[assignment]
    return client


def _post(slack: LocalSlack, timeout: float = 5) -> None:
    _client(slack, timeout).chat_postMessage(channel="U01ANA", text="x")


def test_429_says_how_long_to_wait_and_nothing_is_sent(slack: LocalSlack) -> None:
    slack.faults.next("chat.postMessage", faults.rate_limited(7))

    with pytest.raises(SlackApiError) as limited:
        _post(slack)

    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    assert slack.everything_sent() == []
    _post(slack)
    assert len(slack.everything_sent()) == 1


@pytest.mark.parametrize(("after_effect", "sent"), [(False, 0), (True, 1)])
def test_a_500_comes_before_or_after_the_effect(slack: LocalSlack, after_effect: bool, sent: int) -> None:
    slack.faults.next("chat.postMessage", faults.server_error(after_effect=after_effect))

    with pytest.raises(SlackApiError) as failed:
        _post(slack)

    assert failed.value.response.status_code == 500
    assert len(slack.everything_sent()) == sent


@pytest.mark.parametrize(("after_effect", "sent"), [(False, 0), (True, 1)])
def test_a_connection_is_reset_before_or_after_the_effect(slack: LocalSlack, after_effect: bool, sent: int) -> None:
    slack.faults.next("chat.postMessage", faults.dropped(after_effect=after_effect))

    with pytest.raises(ConnectionResetError):
        _post(slack)

    assert len(slack.everything_sent()) == sent


@pytest.mark.parametrize(("after_effect", "sent"), [(False, 0), (True, 1)])
def test_silence_outlasts_the_bots_patience(slack: LocalSlack, after_effect: bool, sent: int) -> None:
    slack.faults.next("chat.postMessage", faults.silent(0.6, after_effect=after_effect))

    with pytest.raises(TimeoutError):
        _post(slack, timeout=0.2)

    assert len(slack.everything_sent()) == sent
    if not after_effect:  # the call was not lost: it has its effect when nobody waits any more
        assert slack.wait_shown("U01ANA", timeout=2).text == "x"


def test_silence_ends_with_the_workspace(slack: LocalSlack) -> None:
    started = time.monotonic()
    with LocalSlack().running() as other:
        other.faults.next("chat.postMessage", faults.silent(60))
        with pytest.raises(TimeoutError):
            _post(other, timeout=0.1)

    assert time.monotonic() - started < 5


def test_a_web_page_is_no_answer(slack: LocalSlack) -> None:
    slack.faults.next("chat.postMessage", faults.html())

    assert "non-JSON" in error_of(_client(slack).chat_postMessage, channel="U01ANA", text="x")


def test_any_error_can_be_given(slack: LocalSlack) -> None:
    slack.faults.next("*", faults.refused("fatal_error"))

    assert error_of(_client(slack).auth_test) == "fatal_error"


def test_a_response_url_can_fail_too(slack: LocalSlack) -> None:
    from slack_sdk.webhook import WebhookClient

    asked = slack.command("U01ANA", "/hello")
    slack.faults.next(RESPONSE_URL, faults.rate_limited(3))
    answer = WebhookClient(asked.response_url).send(text="hi")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


def _picked(plan: Faults, calls: int) -> list[bool]:
    return [plan.pick("chat.postMessage") is not None for _ in range(calls)]


def test_the_next_calls_go_wrong_and_no_others() -> None:
    plan = Faults()
    plan.next("chat.postMessage", faults.html(), times=2)

    assert plan.pick("chat.update") is None
    assert _picked(plan, 3) == [True, True, False]


def test_every_third_call_goes_wrong() -> None:
    plan = Faults()
    plan.every("chat.postMessage", 3, faults.html())

    assert _picked(plan, 6) == [False, False, True, False, False, True]


def test_a_share_of_calls_goes_wrong_the_same_way_each_time() -> None:
    one, two = Faults(), Faults()
    for plan in (one, two):
        plan.share("chat.postMessage", 0.3, faults.server_error(), seed=4)

    first = _picked(one, 400)

    assert first == _picked(two, 400)
    assert 80 < sum(first) < 160


def test_cleared_faults_are_gone() -> None:
    plan = Faults()
    plan.next("chat.postMessage", Fault("html"))
    plan.every("chat.postMessage", 1, Fault("html"))
    plan.clear()

    assert _picked(plan, 2) == [False, False]
