"""The same event from Slack twice, at once, or again after five minutes: one effect, and a late one undoes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.methods.users import user_json
from tests.e2e.harness import Stage, everything_stored, staged
from tests.threads import at_once


@pytest.fixture(scope="module")
def stage(new_database: Callable[[], str]) -> Iterator[Stage]:
    with staged(LocalSlack(), new_database(), "http") as made:
        yield made


def test_an_event_that_comes_again_in_any_way_has_one_effect(stage: Stage) -> None:
    user = stage.newcomer("Nora Quill")
    about = user_json(stage.slack.world, stage.slack.world.users[user])
    first = stage.slack.event("user_change", user=about)
    stage.settle()
    once = everything_stored(stage.services.database)
    again = [stage.slack.repeat(first), *at_once(4, lambda _: stage.slack.repeat(first))]
    stage.slack.pass_time(301)
    again.append(stage.slack.event("user_change", user=about))
    stage.settle()

    assert first.acked
    assert all(each.acked for each in again)
    assert everything_stored(stage.services.database) == once
    assert once.count(user) >= 1


def test_an_event_whose_first_copy_was_never_seen_is_taken_when_it_comes_again(stage: Stage) -> None:
    """A retry may be the only copy: it is never dropped for being one."""
    user = stage.newcomer("Nora Quill")
    about = user_json(stage.slack.world, stage.slack.world.users[user])
    stage.slack.deliver_to("http://127.0.0.1:9/slack/events")
    lost = stage.slack.event("user_change", user=about)
    stage.slack.deliver_to(f"{stage.services.web_url}/slack/events")
    taken = stage.slack.repeat(lost)
    stage.settle()

    assert not lost.acked
    assert taken.acked
    assert user in everything_stored(stage.services.database)


def test_somebody_who_left_twice_left_once_and_who_is_told_of_again_is_as_slack_says_last(stage: Stage) -> None:
    user = stage.someone_on()
    person = stage.slack.world.users[user]
    gone = replace(person, deleted=True)
    about = user_json(stage.slack.world, gone)
    at_once(4, lambda _: stage.slack.event("user_change", user=about))
    stage.settle()
    viewer = stage.viewer(user)

    assert viewer is not None
    assert viewer.has_left
