"""Answers through a response_url: who sees them, how many there may be, and for how long."""

from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient

from bot.playground.delivery import Delivery
from bot.playground.faults import RESPONSE_URL
from bot.playground.local_slack import LocalSlack
from bot.playground.screens import NotPossibleError
from tests.playground.bots import actions, button, chart, client_of, section


def _asked(slack: LocalSlack, channel: str | None = "C01PAYMENTS") -> Delivery:
    """A command that nobody acknowledges: only its response_url is wanted."""
    delivery = slack.command("U01ANA", "/hello", channel=channel)
    slack.world.shown.acts("U01ANA")
    return delivery


def _send(delivery: Delivery, **body: Any) -> tuple[int, str]:
    answer = WebhookClient(delivery.response_url, timeout=5).send_dict(body)
    return answer.status_code, answer.body


def test_an_answer_is_ephemeral_unless_it_says_otherwise(slack: LocalSlack) -> None:
    asked = _asked(slack)

    assert _send(asked, text="hi") == (200, "ok")

    shown = slack.wait_shown("U01ANA")
    assert (shown.surface, shown.user_ids, shown.channel) == ("ephemeral", ("U01ANA",), "C01PAYMENTS")
    assert shown.response_url_id == asked.response_url_id


def test_an_in_channel_answer_is_seen_by_the_channel(slack: LocalSlack) -> None:
    _send(_asked(slack), text="hi", response_type="in_channel")

    assert slack.wait_shown("U01MO").text == "hi"
    assert slack.wait_shown("U01ANA").user_ids == ("U01ANA", "U01MO", "U01RUI")


def test_it_works_where_the_bot_is_not(slack: LocalSlack) -> None:
    assert _send(_asked(slack, "G01PRIVATE"), text="hi") == (200, "ok")


def test_the_sixth_answer_is_refused(slack: LocalSlack) -> None:
    asked = _asked(slack)

    codes = [_send(asked, text=f"{n}") for n in range(6)]

    assert codes == [(200, "ok")] * 5 + [(404, '{"ok": false, "error": "used_url"}')]
    assert len(slack.shown_to("U01ANA", after=slack.world.shown.last_act("U01ANA"))) == 5


@pytest.mark.parametrize(("minutes", "status"), [(29.9, 200), (30.1, 404)])
def test_it_lasts_thirty_minutes(slack: LocalSlack, minutes: float, status: int) -> None:
    asked = _asked(slack)
    slack.pass_time(minutes * 60)

    code, body = _send(asked, text="late")

    assert code == status
    assert ("expired_url" in body) is (status == 404)


def test_an_unknown_url_is_refused(slack: LocalSlack) -> None:
    answer = WebhookClient(f"{slack.world.base_url}respond/guess", timeout=5).send(text="hi")

    assert (answer.status_code, answer.body) == (404, '{"ok": false, "error": "expired_url"}')


def test_wrong_blocks_come_back_as_404_and_a_text_can_follow(slack: LocalSlack) -> None:
    asked = _asked(slack)

    assert _send(asked, text="x", blocks=[section("")]) == (404, '{"ok": false, "error": "invalid_blocks"}')
    assert _send(asked, text="x", blocks=[section("fine")]) == (200, "ok")
    assert slack.wait_shown("U01ANA").blocks == [section("fine")]
    refused, taken = slack.calls_of(RESPONSE_URL)
    assert (refused.status, refused.response["error"], taken.status) == (404, "invalid_blocks", 200)


def test_a_plan_without_rich_blocks_refuses_a_chart_here_too() -> None:
    with LocalSlack(rich_blocks=False).running() as slack:
        assert _send(_asked(slack), text="x", blocks=[chart()])[0] == 404


def test_blocks_are_not_looked_at_when_told_so() -> None:
    with LocalSlack(check_blocks=False).running() as slack:
        assert _send(_asked(slack), text="x", blocks=[section("")]) == (200, "ok")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x", "response_type": "public"}])
def test_a_body_that_says_nothing_is_refused(slack: LocalSlack, body: dict[str, str]) -> None:
    assert _send(_asked(slack), **body)[0] == 400


def test_a_commands_answer_is_replaced_by_the_next_one(slack: LocalSlack) -> None:
    asked = _asked(slack)
    _send(asked, text="one")
    _send(asked, text="two", replace_original=True)

    one, two = slack.shown_to("U01ANA", after=slack.world.shown.last_act("U01ANA"))
    assert two.replaces == one.ts == two.ts
    assert _send(asked, delete_original=True)[0] == 400


def test_a_private_answer_never_becomes_public(slack: LocalSlack) -> None:
    asked = _asked(slack)
    _send(asked, text="mine")
    _send(asked, text="ours?", replace_original=True, response_type="in_channel")

    assert slack.shown_to("U01MO") == []


def test_a_pressed_message_can_be_deleted(slack: LocalSlack) -> None:
    client_of(slack).chat_postMessage(channel="U01ANA", text="x", blocks=[actions(button())])
    shown = slack.wait_shown("U01ANA")
    pressed = slack.click("U01ANA", shown, "go")

    assert _send(pressed, delete_original=True) == (200, "ok")
    with pytest.raises(NotPossibleError, match="gone"):
        slack.click("U01ANA", shown, "go")
