"""The bounded pool in which answers are made, so that acknowledging never waits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from bot.errors import BusyError

WORKERS: Final = 64
# What may wait beyond the workers; more would only be answered after people have given up.
WAITING: Final = 192

log = structlog.get_logger()


class AnswerPool:
    """Runs answers in threads; refuses with BusyError when too many wait."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="answer")
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._in_hand = 0
        self._changed = threading.Condition()

    def submit(self, answer: Callable[[], None]) -> None:
        """Run *answer* soon; raises BusyError at once when the pool is full."""
        if not self._places.acquire(blocking=False):
            raise BusyError("Too much at once; try again in a minute.")
        self._count(+1)
        try:
            self._executor.submit(self._run, answer)
        except RuntimeError:  # shutting down
            self._count(-1)
            self._places.release()
            raise BusyError("Restarting; try again in a minute.") from None

    def _run(self, answer: Callable[[], None]) -> None:
        try:
            answer()
        except Exception:
            log.exception("answer_failed")
            raise
        finally:
            self._count(-1)
            self._places.release()

    def _count(self, change: int) -> None:
        with self._changed:
            self._in_hand += change
            self._changed.notify_all()

    def idle(self, seconds: float) -> bool:
        """Wait until nothing is in hand, at most *seconds*; return whether that came about."""
        with self._changed:
            return self._changed.wait_for(lambda: self._in_hand == 0, seconds)

    def close(self) -> None:
        """Finish what is in hand, drop what waits."""
        self._executor.shutdown(wait=True, cancel_futures=True)
