"""One person who asks faster than people do is asked to wait, once; everybody else is answered as ever."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import pytest

from bot.limits import PERSON_AT_ONCE, Visits
from bot.playground.local_slack import LocalSlack
from bot.views.help import MOMENT
from tests.e2e.harness import Stage, Transport, only_over, staged, texts, until

transport = only_over("socket")
AT_ONCE = int(PERSON_AT_ONCE)
FORM = {
    "title": "Sort flaky tests in ten minutes",
    "when": "CI is red and nobody knows whether it is their change",
    "how": "Paste the failing names, ask which failed on main.",
    "tool": "Claude Code",
}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(transport: Transport, new_database: Callable[[], str], clock: Clock) -> Iterator[Stage]:
    """A bot that takes from one person what a real one takes."""
    with staged(LocalSlack(), new_database(), transport, visits=Visits(clock=clock)) as stage:
        yield stage


@contextmanager
def counting(stage: Stage) -> Iterator[list[int]]:
    """Count what is handed to the pool meanwhile."""
    handed, lock, submit = [0], Lock(), type(stage.services.pool).submit
    pool = stage.services.pool

    def count(answer: Callable[[], None]) -> None:
        with lock:
            handed[0] += 1
        submit(pool, answer)

    pool.submit = count  # type: ignore[method-assign]
    try:
        yield handed
    finally:
        del pool.submit


def test_a_flood_of_one_person_is_stopped_and_others_are_answered(limited: Stage, clock: Clock) -> None:
    flooding, other = limited.newcomer(), limited.newcomer()
    before = limited.slack.mark()
    with counting(limited) as handed:
        asked = [limited.slack.command(flooding, "/mytokens", "help") for _ in range(2 * AT_ONCE)]
        answer = limited.ask(other, "help")
    limited.settle()
    shown = [texts(one) for one in limited.slack.shown_to(flooding, before)]

    assert all(each.acked for each in asked)
    assert handed == [AT_ONCE + 1]  # no work for what is too much
    assert [text for text in shown if "A moment, please" in text] == [MOMENT]
    assert len(shown) == AT_ONCE + 1
    assert "the last four weeks to yesterday" in texts(answer)
    clock.seconds += 1
    assert "the last four weeks to yesterday" in texts(limited.ask(flooding, "help"))


def test_who_presses_too_fast_is_told_beside_what_they_see(limited: Stage, clock: Clock) -> None:
    user = limited.newcomer()
    answer = limited.ask(user, "help")
    for _ in range(AT_ONCE - 1):
        limited.ask(user, "help")
    before = limited.slack.mark()
    for _ in range(3):
        limited.slack.click(user, answer, "Sources")
    assert until(lambda: bool(limited.slack.shown_to(user, before)), 5)
    clock.seconds += 1
    sources = limited.press(user, answer, "Sources")
    told = limited.slack.shown_to(user, before)[:-1]

    assert [MOMENT in texts(one) for one in told] == [True]
    assert not told[0].replaces
    assert MOMENT not in texts(sources)


def test_a_form_that_comes_too_fast_stays_open_with_what_was_typed(limited: Stage, clock: Clock) -> None:
    user = limited.newcomer()
    limited.command = "/usecase"
    limited.ask(user, "share")
    for _ in range(AT_ONCE):
        limited.slack.command(user, "/mytokens", "help")
    form = limited.slack.top_modal(user)
    typed = {name: {name: value} for name, value in FORM.items()}
    sent = limited.slack.submit(user, typed)

    assert sent.ack_body["response_action"] == "errors"
    assert list(sent.ack_body["errors"].values()) == [MOMENT]
    assert limited.slack.top_modal(user)["id"] == form["id"]
    clock.seconds += 1
    assert MOMENT not in str(limited.slack.submit(user, typed).ack_body)
    limited.settle()


def test_opening_home_again_and_again_is_no_way_around_it(limited: Stage) -> None:
    user, calls = limited.newcomer(), len(limited.slack.calls)
    for _ in range(AT_ONCE + 5):
        limited.slack.open_home(user)
    limited.settle()

    assert len(limited.calls_since(calls, "views.publish")) == AT_ONCE
