"""The pool of answers: bounded, busy at once when full, and no answer takes another one along."""

import threading
import time
from collections.abc import Iterator

import pytest

from bot.errors import BusyError
from bot.pool import NOTES, AnswerPool
from tests.e2e.harness import until
from tests.threads import at_once


@pytest.fixture
def pool() -> Iterator[AnswerPool]:
    """Two workers, and three places to wait."""
    made = AnswerPool(workers=2, waiting=3)
    yield made
    made.close()


class Gate:
    """Answers that stay in hand until they are let go, and how many there were at the same time."""

    def __init__(self) -> None:
        self._open, self._lock = threading.Event(), threading.Lock()
        self.running = self.most = self.done = 0

    def answer(self) -> None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self._open.wait(10)
        with self._lock:
            self.running -= 1
            self.done += 1

    def open(self) -> None:
        self._open.set()


def test_every_answer_is_made(pool: AnswerPool) -> None:
    made: list[int] = []
    for number in range(4):
        pool.submit(lambda number=number: made.append(number))  # type: ignore[misc]

    assert pool.idle(5)
    assert sorted(made) == [0, 1, 2, 3]


def test_no_more_than_its_workers_run_at_the_same_time(pool: AnswerPool) -> None:
    gate = Gate()
    for _ in range(5):
        pool.submit(gate.answer)
    assert until(lambda: gate.running == 2)
    gate.open()

    assert pool.idle(5)
    assert (gate.most, gate.done) == (2, 5)


def test_a_full_pool_refuses_at_once_and_takes_more_once_there_is_room(pool: AnswerPool) -> None:
    gate = Gate()
    for _ in range(5):
        pool.submit(gate.answer)
    with pytest.raises(BusyError):
        pool.submit(gate.answer)
    gate.open()
    assert pool.idle(5)
    pool.submit(gate.answer)

    assert pool.idle(5)
    assert gate.done == 6


def test_many_who_come_together_take_each_place_once(pool: AnswerPool) -> None:
    gate = Gate()

    def submit(_number: int) -> bool:
        try:
            pool.submit(gate.answer)
        except BusyError:
            return False
        return True

    taken = at_once(16, submit)
    gate.open()

    assert sum(taken) == 5
    assert pool.idle(5)
    assert gate.done == 5


def test_an_answer_that_fails_frees_its_place(pool: AnswerPool) -> None:
    def fail() -> None:
        raise ValueError("a mistake of ours")

    for _ in range(12):
        pool.submit(fail)
        assert pool.idle(5)
    made: list[bool] = []
    pool.submit(lambda: made.append(True))

    assert pool.idle(5)
    assert made == [True]


def test_closing_finishes_what_is_in_hand_and_drops_what_waits(pool: AnswerPool) -> None:
    gate = Gate()
    for _ in range(5):
        pool.submit(gate.answer)
    assert until(lambda: gate.running == 2)
    closing = threading.Thread(target=pool.close)
    closing.start()
    gate.open()
    closing.join(10)

    assert not closing.is_alive()
    assert gate.done == 2
    assert pool.idle(1)


def test_after_closing_everybody_is_told_that_it_is_busy(pool: AnswerPool) -> None:
    pool.close()
    for _ in range(10):
        with pytest.raises(BusyError):
            pool.submit(lambda: None)

    assert pool.idle(1)


def test_idle_says_that_something_is_still_in_hand(pool: AnswerPool) -> None:
    gate = Gate()
    pool.submit(gate.answer)

    assert not pool.idle(0.05)
    gate.open()
    assert pool.idle(5)


def test_closing_waits_only_so_long_for_what_hangs(pool: AnswerPool) -> None:
    gate = Gate()
    pool.submit(gate.answer)
    assert until(lambda: gate.running == 1)
    began = time.monotonic()
    pool.close(seconds=0.1)

    assert time.monotonic() - began < 2
    assert gate.done == 0
    gate.open()
    assert pool.idle(5)


def test_a_note_is_said_beside_a_full_pool_and_too_many_are_dropped(pool: AnswerPool) -> None:
    gate = Gate()
    for _ in range(5):
        pool.submit(gate.answer)
    said: list[int] = []
    pool.note(lambda: said.append(1))
    assert until(lambda: said == [1])
    blocked = Gate()
    for _ in range(2 * NOTES):
        pool.note(blocked.answer)
    blocked.open()
    gate.open()

    assert pool.idle(5)
    assert until(lambda: blocked.done == NOTES + 1)
