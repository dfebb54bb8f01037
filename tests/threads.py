"""Doing the same from several threads at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(threads: int, work: Callable[[int], T]) -> list[T]:
    """Run *work* with 0, 1, ... in so many threads that start together; return what each returned."""
    ready = threading.Barrier(threads, timeout=30)

    def run(number: int) -> T:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
