"""Stopping in time: everything shares the same seconds, and what hangs is left behind by name."""

import threading

from bot.connection.state import ConnectionState
from bot.connection.stopping import Stopping
from tests.e2e.conftest import log
from tests.e2e.harness import Log

__all__ = ["log"]


def test_until_it_begins_there_is_all_the_time_and_afterwards_what_is_left() -> None:
    times = iter([100.0, 101.0, 108.0, 500.0])
    state = ConnectionState()
    stopping = Stopping(state, 9.0, lambda: next(times))
    before, told = stopping.left(), state.stopping
    stopping.begin()

    assert (before, told, state.stopping) == (9.0, False, True)
    assert [stopping.left(5.0) for _ in range(3)] == [5.0, 1.0, 0.2]


def test_what_hangs_is_named_and_left_behind(log: Log) -> None:
    hangs, done = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.wait(20)

    stopping = Stopping(ConnectionState(), 0.1)
    stopping.begin()
    stopping.finish("jobs", hang)
    stopping.finish("socket", done.set)
    hangs.set()

    assert done.is_set()
    assert [event["what"] for event in log.events("warning")] == ["jobs"]
