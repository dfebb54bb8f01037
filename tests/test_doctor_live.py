"""Every message that the bot can send is found by itself, fits Slack's rules, and is asked about once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot import cli
from bot.doctor.every_message import Example, every_message, shown
from bot.doctor.live import live_lines
from bot.doctor.made_up import CannotMakeError
from bot.errors import ConnectorError
from bot.playground.block_rules import problems, view_problems
from bot.playground.faults import rate_limited, server_error
from bot.playground.local_slack import LocalSlack
from bot.views import launch
from bot.views.blocks import Message, modal, section

EXAMPLES = list(every_message())
HEADER = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack().running() as local:
        yield local


def client_of(slack: LocalSlack) -> WebClient:
    return WebClient(base_url=slack.api_url, retry_handlers=[])


def live(slack: LocalSlack, *examples: Example, pause: Callable[[float], None] = lambda _: None) -> list[str]:
    return [f"{line.state}: {line.text}" for line in live_lines(client_of(slack), pause, lambda: examples)]


def test_slack_would_take_everything_that_any_view_makes() -> None:
    """Full and sparse, with charts and without: a view that Slack refuses, or of which nothing is known, fails here."""
    refused = {}
    for each in EXAMPLES:
        found = problems(each.content, "message") if each.surface == "message" else view_problems(each.content)
        if found:
            refused[each.name] = str(found[0])

    assert refused == {}
    assert {each.surface for each in EXAMPLES} == {"message", "modal", "home"}


def test_what_is_text_in_a_message_fits_into_a_window_too() -> None:
    plain = [each for each in EXAMPLES if each.surface == "message" and not each.name.endswith(", rich")]
    refused = {each.name for each in plain if view_problems(modal("A window", each.content))}

    assert refused == set()


def test_every_public_function_that_makes_a_message_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    def brand_new(number: int) -> Message:
        return Message("New.", [section(f"{number}")])

    def needs_more(number: memoryview) -> Message:
        return Message("New.", [section(f"{number!r}")])

    assert {name for name, _ in shown()} >= {"usage.usage_message", "home.home", "use_case_form.share_form"}
    brand_new.__module__ = needs_more.__module__ = launch.__name__
    monkeypatch.setattr(launch, "brand_new", brand_new, raising=False)
    assert "launch.brand_new, full" in [each.name for each in every_message()]

    monkeypatch.setattr(launch, "needs_more", needs_more, raising=False)
    with pytest.raises(CannotMakeError, match=r"launch.needs_more: .*every_message.py has to say what it takes"):
        list(every_message())


def test_slack_is_asked_once_about_each_and_what_it_refuses_is_named(slack: LocalSlack) -> None:
    good: Any = [section("x")]
    refused = Example("usage.usage_message, full", "message", [HEADER])
    window = Example("tokens.loading, full", "modal", {**modal("x", good), "title": {"type": "mrkdwn", "text": "x"}})

    assert live(slack, Example("a", "message", good), Example("b", "message", good)) == [
        "ok: Slack would take each of 1 made-up message that the bot can send"
    ]
    said = live(slack, refused, window)
    assert [line.partition(": invalid_blocks")[0] for line in said] == [
        "fail: Slack would refuse usage.usage_message, full",
        "fail: Slack would refuse tokens.loading, full",
    ]
    assert "/message/blocks/0" in said[0]
    assert len(slack.calls_of("blocks.validate")) == 3


def test_slack_may_ask_to_wait_and_may_be_away(slack: LocalSlack) -> None:
    waited: list[float] = []
    one = Example("a", "message", [section("x")])
    slack.faults.next("blocks.validate", rate_limited(2), times=1)
    assert live(slack, one, pause=waited.append)[0].startswith("ok")
    assert waited == [2.0]

    slack.faults.every("blocks.validate", 1, server_error())
    with pytest.raises(ConnectorError):
        live(slack, one)


def test_doctor_asks_slack_only_where_that_is_asked_for(
    slack: LocalSlack, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    some = EXAMPLES[:3]
    monkeypatch.setattr("bot.doctor.live.live_lines.__defaults__", (lambda: some,))
    for name, value in {
        "DATABASE_URL": sqlite_url,
        "WORTHWHILE_SECRET": "for tests",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }.items():
        monkeypatch.setenv(name, value)

    assert cli.main(["doctor"]) == 0
    assert slack.calls_of("blocks.validate") == []
    assert cli.main(["doctor", "--live"]) == 0
    assert "Slack would take each of" in capsys.readouterr().out
    assert len(slack.calls_of("blocks.validate")) == len(some)
