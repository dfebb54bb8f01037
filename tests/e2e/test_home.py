"""The Home tab, windows, and a button in a public post: every surface answers only who asked."""

import json
from collections.abc import Iterator

import pytest

from bot.playground.local_slack import LocalSlack
from bot.services import Services
from bot.views.launch import launch_post
from tests.e2e.harness import Transport, bot_on, texts

ANA, MO = "U01ANA", "U01MO"
Stage = tuple[LocalSlack, Services]


@pytest.fixture(params=["http", "socket"])
def scene(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Stage]:
    transport: Transport = request.param
    slack = LocalSlack()
    with slack.running(), bot_on(slack, sqlite_url, transport) as services:
        yield slack, services


def settled(services: Services) -> None:
    assert services.pool.idle(seconds=10)


def test_home_offers_to_switch_on_and_then_shows_every_switch(scene: Stage) -> None:
    slack, services = scene
    slack.open_home(ANA)
    settled(services)
    first = slack.shown_to(ANA)[-1]
    slack.click(ANA, first, "Switch it on")
    settled(services)
    homes = [one for one in slack.shown_to(ANA) if one.surface == "home"]

    assert first.surface == "home"
    assert "No usage is collected about you yet" in texts(first)
    assert "Your switches" in texts(homes[-1])
    assert "*Collecting*\non" in texts(homes[-1])


def test_a_button_in_home_answers_in_a_window_and_home_follows(scene: Stage) -> None:
    slack, services = scene
    slack.command(ANA, "/mytokens")
    settled(services)
    slack.click(ANA, slack.shown_to(ANA)[-1], "Switch it on")
    settled(services)
    slack.open_home(ANA)
    settled(services)
    home = [one for one in slack.shown_to(ANA) if one.surface == "home"][-1]
    slack.click(ANA, home, "Pause")
    settled(services)
    later = slack.shown_to(ANA, after=home.number)

    assert "Paused since" in texts([one for one in later if one.surface == "modal"][-1])
    assert "*Collecting*\npaused" in texts([one for one in later if one.surface == "home"][-1])


def test_home_follows_what_is_typed_elsewhere_once_it_was_opened(scene: Stage) -> None:
    slack, services = scene
    slack.command(ANA, "/mytokens")
    settled(services)
    slack.click(ANA, slack.shown_to(ANA)[-1], "Switch it on")
    settled(services)
    before = [one for one in slack.shown_to(ANA) if one.surface == "home"]
    slack.open_home(ANA)
    settled(services)
    slack.command(ANA, "/mytokens", "forget")
    settled(services)
    slack.click(ANA, slack.shown_to(ANA)[-1], "Erase everything")
    settled(services)
    homes = [one for one in slack.shown_to(ANA) if one.surface == "home"]

    assert before == []
    assert "Your switches" in texts(homes[0])
    assert "No usage is collected about you yet" in texts(homes[-1])


def test_a_button_in_a_window_fills_the_same_window(scene: Stage) -> None:
    slack, services = scene
    slack.shortcut(ANA, "show_my_usage")
    settled(services)
    slack.click(ANA, slack.shown_to(ANA)[-1], "Every field that is kept")
    settled(services)
    windows = [one for one in slack.shown_to(ANA) if one.surface == "modal"]

    assert "Every field that is kept" in texts(windows[-1])
    assert len({one.view_id for one in windows}) == 1


def test_a_button_in_a_public_post_never_replaces_the_post(scene: Stage) -> None:
    slack, services = scene
    post = launch_post([])
    services.slack.post_to_channel("C01PAYMENTS", post.text, post.blocks(rich=False))
    public = slack.shown_to(MO)[-1]
    slack.click(MO, public, "See mine (only you will see it)")
    settled(services)
    answers = slack.shown_to(MO, after=public.number)

    assert public.surface == "channel"
    assert [one.surface for one in answers] == ["ephemeral"]
    assert answers[0].user_ids == (MO,)
    assert not answers[0].replaces
    assert not slack.shown_to(ANA, after=public.number)
    assert json.loads(json.dumps(answers[0].raw))["replace_original"] is False


def test_home_without_charts_gets_the_text_version(sqlite_url: str) -> None:
    slack = LocalSlack(charts_in_home=False)
    with slack.running(), bot_on(slack, sqlite_url, "http") as services:
        slack.open_home(ANA)
        settled(services)

        assert slack.shown_to(ANA)[-1].surface == "home"
