"""Many at once: acknowledged in time whatever the database does, and answered; a full pool says so."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bot.playground.delivery import Delivery
from bot.playground.local_slack import LocalSlack
from bot.pool import WAITING, WORKERS
from bot.views.help import BUSY
from storage.engine import Database
from tests.e2e.figures import days_back
from tests.e2e.harness import Stage, staged, texts, until
from tests.threads import at_once

PEOPLE = 40
DATABASE_SECONDS = 2.0
ACK_SECONDS = 3.0


@contextmanager
def slow_viewer_query(database: Database, seconds: float = DATABASE_SECONDS) -> Iterator[threading.Event]:
    """Let the query for who asks take so long; gives what is set when one has begun."""
    begun = threading.Event()

    def wait(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM slack_user" in statement:
            begun.set()
            time.sleep(seconds)

    event.listen(database.engine, "before_cursor_execute", wait)
    try:
        yield begun
    finally:
        event.remove(database.engine, "before_cursor_execute", wait)


@contextmanager
def full_pool(stage: Stage, free: int = 0) -> Iterator[None]:
    """Keep every place of the pool taken, but *free* of them."""
    go_on = threading.Event()

    def stay() -> None:
        go_on.wait(30)

    for _ in range(WORKERS + WAITING - free):
        stage.services.pool.submit(stay)
    try:
        yield
    finally:
        go_on.set()


def test_forty_people_at_once_on_a_slow_database_are_acknowledged_and_answered(stage: Stage) -> None:
    people = [stage.someone_on() for _ in range(PEOPLE)]
    before = stage.slack.mark()
    began = time.monotonic()

    def ask(number: int) -> Delivery:
        return stage.slack.command(people[number], "/mytokens", "privacy")

    with slow_viewer_query(stage.services.database):
        deliveries = at_once(PEOPLE, ask)
        stage.settle()
    took = time.monotonic() - began

    assert [each.error for each in deliveries if not each.acked] == []
    assert max(each.ack_seconds for each in deliveries) < ACK_SECONDS
    assert took < 3 * DATABASE_SECONDS  # side by side, not one after the other
    for person in people:
        (answer,) = stage.slack.shown_to(person, before)
        assert "What is kept about you" in texts(answer)


def test_a_full_pool_says_so_at_once_and_nothing_is_lost_later(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))
    with full_pool(stage):
        delivery = stage.slack.command(user, "/mytokens", "")
        busy = stage.slack.shown_to(user)[-1]

        assert delivery.ack_seconds < 1
        assert (busy.surface, busy.text) == ("ack", BUSY)
    assert "$37.80" in texts(stage.ask(user))


def test_the_last_free_place_is_used(stage: Stage) -> None:
    user = stage.someone_on()
    before = stage.slack.mark()
    with full_pool(stage, free=1):
        first = stage.slack.command(user, "/mytokens", "help")
        second = stage.slack.command(user, "/mytokens", "help")
    stage.settle()

    assert (first.ack_body, second.ack_body["text"]) == (None, BUSY)
    assert [shown.surface for shown in stage.slack.shown_to(user, before)] == ["ack", "ephemeral"]


def test_a_button_in_a_full_pool_says_so_too(stage: Stage) -> None:
    user = stage.someone_on()
    answer = stage.ask(user)
    before = stage.slack.mark()
    with full_pool(stage):
        delivery = stage.slack.click(user, answer, "Sources")
        said = until(lambda: bool(stage.slack.shown_to(user, before)), 3)
        shown = stage.slack.shown_to(user, before)

        assert delivery.acked
        assert said
        assert BUSY in texts(shown[-1])
        assert not shown[-1].replaces  # the answer with its buttons stays
    assert "Where your figures come from" in texts(stage.press(user, answer, "Sources"))


def test_a_window_in_a_full_pool_is_not_left_waiting(stage: Stage) -> None:
    user = stage.someone_on()
    before, calls = stage.slack.mark(), len(stage.slack.calls)
    with full_pool(stage):
        stage.slack.forge_action(user, "mytokens-tokens:4w", "4w")
        until(lambda: bool(stage.slack.shown_to(user, before)), 3)
        shown = stage.slack.shown_to(user, before)

        assert [BUSY in texts(one) for one in shown] == [True]
    assert stage.calls_since(calls, "views.open") == []


def test_answers_in_hand_are_finished_when_the_bot_stops(new_database: Callable[[], str]) -> None:
    with staged(LocalSlack(), new_database(), "http") as stage:
        user = stage.someone_on()
        before = stage.slack.mark()
        with slow_viewer_query(stage.services.database, 0.5) as begun:
            stage.slack.command(user, "/mytokens", "help")
            begun.wait(5)
            stage.services.pool.close()

        assert "the last four weeks to yesterday" in texts(stage.slack.shown_to(user, before)[-1])
        assert stage.slack.command(user, "/mytokens", "help").ack_body["text"] == BUSY
