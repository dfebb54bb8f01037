"""Who switches on is told once, by a message of their own, when the last weeks of every tool are there."""

from collections.abc import Callable

from bot.playground.shown import Shown
from tests.e2e.harness import Stage, texts, until
from tests.e2e.test_sources import OTHERS, Told, asking, nano

SAID = "Your last weeks are here"


def told(stage: Stage, user: str) -> list[Shown]:
    return [shown for shown in stage.slack.shown_to(user) if SAID in texts(shown)]


def test_switching_on_fetches_the_last_weeks_and_says_once_that_they_are_there(
    new_database: Callable[[], str],
) -> None:
    sources = (Told("cursor", [nano(1)]), Told("anthropic", [nano(1)]))
    with asking(new_database, *sources) as stage:
        user, other = stage.newcomer(), stage.newcomer()
        for source in sources:
            source.people = (stage.slack.world.users[user].email, *OTHERS)
        stage.press(user, stage.ask(user), "Switch it on")
        came = until(lambda: bool(told(stage, user)))
        answer = texts(stage.ask(user))

        assert came
        assert "Waiting for" not in answer
        assert "$56.00 billed" in answer  # four weeks of a dollar a day from each
        assert [(shown.user_ids, shown.public) for shown in told(stage, user)] == [((user,), False)]
        assert told(stage, other) == []


def test_who_has_to_wait_for_one_source_is_not_told_yet(new_database: Callable[[], str]) -> None:
    sources = (Told("cursor", [nano(1)]), Told("anthropic", [nano(1)], fails=True))
    with asking(new_database, *sources) as stage:
        user = stage.newcomer()
        for source in sources:
            source.people = (stage.slack.world.users[user].email, *OTHERS)
        stage.press(user, stage.ask(user), "Switch it on")
        came = until(lambda: "$28.00 billed" in texts(stage.ask(user)))

        assert came
        assert told(stage, user) == []
