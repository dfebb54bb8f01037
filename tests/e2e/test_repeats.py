"""Requests that come again, from Slack or from a quick finger: one effect, and reads are answered again."""

from bot.playground.delivery import Delivery
from bot.playground.shown import Shown
from tests.e2e.figures import days_back
from tests.e2e.harness import Stage, everything_stored, texts, token_in
from tests.threads import at_once

TIMES = 3


def press_again(stage: Stage, user: str, shown: Shown, label: str) -> tuple[Shown, list[Shown]]:
    """Press, let the same request come again some times, and return the first answer and the later ones."""
    mark = stage.slack.mark()
    delivery = stage.slack.click(user, shown, label)
    first = stage.answer(user, mark, delivery)
    return first, [again(stage, user, delivery) for _ in range(TIMES)]


def again(stage: Stage, user: str, delivery: Delivery) -> Shown:
    """Let a request come again, byte for byte, and return its answer."""
    mark = stage.slack.mark()
    return stage.answer(user, mark, stage.slack.repeat(delivery))


def stored(stage: Stage, table: str) -> int:
    """Return how many rows a table has."""
    lines = everything_stored(stage.services.database).splitlines()
    return sum(line.startswith(f"{table} (") for line in lines)


def test_switching_on_again_and_again_makes_one_person(stage: Stage) -> None:
    user, before = stage.newcomer(), stored(stage, "person")
    first, later = press_again(stage, user, stage.ask(user), "Switch it on")

    assert {"It's on." in texts(one) for one in (first, *later)} == {True}
    assert stored(stage, "person") == before + 1


def test_a_late_repeat_of_switching_on_does_not_undo_erasing(stage: Stage) -> None:
    user = stage.newcomer()
    delivery = stage.slack.click(user, stage.ask(user), "Switch it on")
    stage.settle()
    stage.press(user, stage.ask(user, "forget"), "Erase everything")
    late = again(stage, user, delivery)

    assert stage.viewer(user) is None
    assert "No usage is collected about you yet." in texts(late)


def test_a_repeated_request_makes_one_token_and_leaves_it_in_sight(stage: Stage) -> None:
    user = stage.someone_on()
    before = stored(stage, "token")
    first, later = press_again(stage, user, stage.ask(user, "connect"), "Make my upload token")

    assert stored(stage, "token") == before + 1
    assert stage.send_ccusage(token_in(first), days_back(1, 2)).status_code == 200
    for one in later:
        assert "That token was already made and shown." in texts(one)
        assert not one.replaces


def test_two_clicks_leave_one_token_in_force(stage: Stage) -> None:
    user = stage.someone_on()
    connect, before = stage.ask(user, "connect"), stage.slack.mark()
    at_once(2, lambda _: stage.slack.click(user, connect, "Make my upload token"))
    stage.settle()
    made = [token_in(one) for one in stage.slack.shown_to(user, before)]

    assert len(made) == 2
    assert sorted(stage.send_ccusage(token, days_back(1, 2)).status_code for token in made) == [200, 401]


def test_erasing_again_erases_once_and_never_what_came_after(stage: Stage) -> None:
    user = stage.someone_on()
    mark = stage.slack.mark()
    delivery = stage.slack.click(user, stage.ask(user, "forget"), "Erase everything")
    first = stage.answer(user, mark, delivery)
    at_once_later = again(stage, user, delivery)
    started = stage.press(user, stage.ask(user), "Switch it on")
    late = again(stage, user, delivery)

    assert "Everything about you is gone" in texts(first)
    assert "No usage is collected about you yet." in texts(at_once_later)
    assert "It's on." in texts(started)
    assert stage.viewer(user) is not None
    assert "Everything about you is gone" not in texts(late)


def test_a_repeated_budget_does_not_undo_a_later_one(stage: Stage) -> None:
    user = stage.someone_on()
    first = stage.slack.command(user, "/mytokens", "budget $5")
    stage.settle()
    stage.ask(user, "budget $7")
    late = again(stage, user, first)

    assert "The budget you set: $7.00" in texts(late)
    assert "$7.00" in texts(stage.ask(user, "budget"))


def test_a_late_repeat_of_a_pause_says_how_it_is_now(stage: Stage) -> None:
    user = stage.someone_on()
    pause = stage.slack.command(user, "/mytokens", "pause")
    stage.settle()
    stage.ask(user, "resume")
    late = again(stage, user, pause)
    viewer = stage.viewer(user)

    assert viewer is not None
    assert viewer.paused_since is None
    assert "Paused" not in texts(late)


def test_a_repeated_choice_does_not_undo_a_later_one(stage: Stage) -> None:
    user = stage.someone_on()
    asked = stage.ask(user, "digest")
    yes = stage.slack.click(user, asked, "Count me in")
    stage.settle()
    stage.press(user, stage.ask(user, "digest"), "Leave me out")
    late = again(stage, user, yes)

    assert "You chose: Leave me out." in texts(late)


def test_a_repeated_export_makes_one_file(stage: Stage) -> None:
    user, before = stage.someone_on(), stored(stage, "own_file")
    delivery = stage.slack.command(user, "/mytokens", "export")
    stage.settle()
    again(stage, user, delivery)

    assert stored(stage, "own_file") == before + 1
    assert len([shown for shown in stage.slack.shown_to(user) if shown.surface == "file"]) == 1


def test_a_repeated_question_is_answered_to_the_same_person_again(stage: Stage) -> None:
    user, other = stage.someone_on(), stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))
    mark = stage.slack.mark()
    question = stage.slack.command(user, "/mytokens", "")
    answers = [stage.answer(user, mark, question), *(again(stage, user, question) for _ in range(TIMES))]

    assert {"*$37.80 at list price*" in texts(answer) for answer in answers} == {True}
    assert {answer.user_ids for answer in answers} == {(user,)}
    assert not stage.slack.shown_to(other, mark)


def test_reading_writes_nothing(stage: Stage) -> None:
    user = stage.someone_on()
    before = everything_stored(stage.services.database)
    for words in ("", "week", "why", "privacy", "who", "sources", "budget", "connect", "help", "forget", "digest"):
        stage.ask(user, words)

    assert everything_stored(stage.services.database) == before


def test_two_clicks_on_switch_it_on_make_one_person(stage: Stage) -> None:
    user, before = stage.newcomer(), stored(stage, "person")
    first = stage.ask(user)
    at_once(2, lambda _: stage.slack.click(user, first, "Switch it on"))
    stage.settle()

    assert stored(stage, "person") == before + 1
    assert "It's on." in texts(stage.slack.shown_to(user)[-1])


def test_two_clicks_on_erase_everything_leave_nobody(stage: Stage) -> None:
    user, before = stage.newcomer(), stored(stage, "slack_user")
    stage.press(user, stage.ask(user), "Switch it on")
    asked = stage.ask(user, "forget")
    at_once(2, lambda _: stage.slack.click(user, asked, "Erase everything"))
    stage.settle()

    assert stored(stage, "slack_user") == before
    assert stage.viewer(user) is None
