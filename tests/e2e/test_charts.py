"""Charts where Slack takes them; where it does not the text version, and only one refusal is paid for."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from tests.e2e.figures import days_back
from tests.e2e.harness import T0, Stage, Transport, bot_on, staged, texts
from tests.e2e.test_home import settled

REFUSED = "invalid_blocks"


@pytest.fixture
def plain_slack() -> Iterator[LocalSlack]:
    """A workspace whose plan has no charts and tables."""
    with LocalSlack(rich_blocks=False).running() as slack:
        yield slack


def _charts(shown: Shown) -> list[dict[str, Any]]:
    return [block for block in shown.blocks if block["type"] == "data_visualization"]


def _with_figures(stage: Stage) -> str:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 60))
    return user


def test_a_chart_comes_with_the_text_bars(stage: Stage) -> None:
    answer = stage.ask(_with_figures(stage))
    (chart,) = _charts(answer)

    assert chart["title"] == "Cost per week (USD, at list price)"
    assert [series["name"] for series in chart["chart"]["series"]] == ["Claude Code", "Codex"]
    assert [point["value"] for point in chart["chart"]["series"][0]["data"]] == [7.7] * 4
    assert "Claude Code  ████████████  $30.80" in texts(answer)


def test_where_charts_are_refused_the_text_version_arrives_and_one_refusal_is_paid_for(
    transport: Transport, plain_slack: LocalSlack, new_database: Callable[[], str]
) -> None:
    with bot_on(plain_slack, url := new_database(), transport) as services:
        stage = Stage(plain_slack, services, url, transport)
        user = _with_figures(stage)
        calls = len(plain_slack.calls)
        first = stage.ask(user)
        second = stage.ask(user, "12w")

        assert stage.calls_since(calls, "response_url") == [REFUSED, "ok", "ok"]
        for answer in (first, second):
            assert not _charts(answer)
            assert "Where it went" in texts(answer)
            assert "█" in texts(answer)


def test_the_refusal_is_remembered_over_a_restart_and_for_everybody_until_a_week_later(
    plain_slack: LocalSlack, new_database: Callable[[], str]
) -> None:
    url = new_database()
    with bot_on(plain_slack, url, "http") as services:
        stage = Stage(plain_slack, services, url, "http")
        users = [_with_figures(stage), _with_figures(stage)]
        stage.ask(users[0])
    calls = len(plain_slack.calls)
    with bot_on(plain_slack, url, "http") as services:
        again = Stage(plain_slack, services, url, "http")
        answers = [again.ask(user) for user in users]
        assert again.calls_since(calls, "response_url") == ["ok", "ok"]
    with bot_on(plain_slack, url, "http", now=lambda: T0 + timedelta(days=8)) as services:
        later, calls = Stage(plain_slack, services, url, "http"), len(plain_slack.calls)
        later.ask(users[0])

        assert later.calls_since(calls, "response_url") == [REFUSED, "ok"]
    assert not any(_charts(answer) for answer in answers)


def test_an_answer_without_a_chart_is_never_tried_twice(
    plain_slack: LocalSlack, new_database: Callable[[], str]
) -> None:
    with bot_on(plain_slack, url := new_database(), "http") as services:
        stage = Stage(plain_slack, services, url, "http")
        user = stage.someone_on()
        calls = len(plain_slack.calls)
        for words in ("privacy", "sources", "why", "help"):
            stage.ask(user, words)

        assert stage.calls_since(calls, "response_url") == ["ok"] * 4


@pytest.mark.parametrize("prefix", ["ai", "acme-"])
def test_with_a_prefix_the_command_and_every_text_have_it(
    transport: Transport, new_database: Callable[[], str], prefix: str
) -> None:
    slack = LocalSlack()
    with staged(slack, new_database(), transport, command_prefix=prefix) as stage:
        user = _with_figures(stage)
        for words in ("", "help", "nonsense", "budget", "budget ?", "privacy"):
            said = texts(stage.ask(user, words))
            assert "`/mytokens" not in said

        assert f"`/{prefix}mytokens why`" in texts(stage.ask(user, "help"))
        assert f"`/{prefix}mytokens budget $200`" in texts(stage.ask(user, "budget"))


def test_windows_have_the_prefix_too(transport: Transport, new_database: Callable[[], str]) -> None:
    slack = LocalSlack()
    with staged(slack, new_database(), transport, command_prefix="ai") as stage:
        user = _with_figures(stage)
        slack.open_home(user)
        settled(stage.services)
        home = slack.shown_to(user)[-1]
        slack.click(user, home, "Help")
        settled(stage.services)
        window = [one for one in slack.shown_to(user) if one.surface == "modal"][-1]

        assert "`/aimytokens why`" in texts(window)
        assert "`/mytokens" not in texts(window)
