"""The bounded pool in which answers are made, so that acknowledging never waits."""

import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

import structlog

from bot.errors import BusyError

WORKERS: Final = 64
# What may wait beyond the workers; more would only be answered after people have given up.
WAITING: Final = 192
# Notes that it is busy, which may wait beside a full pool.
NOTES: Final = 64
# What is in hand gets so long to finish when the bot stops.
CLOSE_SECONDS: Final = 5.0

log = structlog.get_logger()
Answer = Callable[[], None]


class AnswerPool:
    """Runs answers in threads; refuses with BusyError when too many wait."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._answers = _Lane("answer", workers, waiting)
        self._beside = _Lane("busy", 1, NOTES)

    def submit(self, answer: Answer) -> None:
        """Run *answer* soon; raises BusyError at once when the pool is full."""
        self._answers.submit(answer)

    def note(self, saying: Answer) -> None:
        """Run *saying*, which tells somebody that the pool is full, beside it; of too many the last are dropped."""
        with suppress(BusyError):
            self._beside.submit(saying)

    @property
    def in_hand(self) -> int:
        """How many answers are being made or wait."""
        return self._answers.in_hand

    @property
    def refused(self) -> int:
        """How many answers were refused since the start."""
        return self._answers.refused

    def idle(self, seconds: float) -> bool:
        """Wait until nothing is in hand, at most *seconds*; return whether that came about."""
        return self._answers.idle(seconds)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Drop what waits and finish what is in hand; what takes longer than *seconds* is left behind."""
        self._beside.close()
        self._answers.close()
        if not self._answers.idle(seconds):
            log.warning("answers_left_behind")


class _Lane:
    """Threads that are started as they are needed; they end with the process, whatever they are waiting for."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self._name, self._workers, self._most = name, workers, workers + waiting
        self._queue: SimpleQueue[Answer | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._in_hand = self._threads = self.refused = 0
        self._closed = False

    def submit(self, answer: Answer) -> None:
        with self._changed:
            if self._closed or self._in_hand >= self._most:
                self.refused += 1
                raise BusyError("Too much at once, or restarting; try again in a minute.")
            self._in_hand += 1
            if self._threads < min(self._in_hand, self._workers):
                self._threads += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._queue.put(partial(copy_context().run, answer))  # its log lines tell which request it is of

    @property
    def in_hand(self) -> int:
        return self._in_hand

    def _work(self) -> None:
        while (answer := self._queue.get()) is not None:
            try:
                answer()
            except Exception:  # nobody is above to hear of it
                log.exception("answer_failed")
            finally:
                self._leave()

    def _leave(self) -> None:
        with self._changed:
            self._in_hand -= 1
            self._changed.notify_all()

    def idle(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._in_hand == 0, seconds)

    def close(self) -> None:
        with self._changed:
            self._closed = True
        with suppress(Empty):
            while self._queue.get_nowait() is not None:
                self._leave()
        for _ in range(self._workers):
            self._queue.put(None)
