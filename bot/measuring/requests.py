"""The request that is being worked on: its id, in every line that is logged meanwhile, and when it came in."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import structlog

from bot.measuring.counters import ANSWERED, Measures

ID: Final = "request_id"
_came_in_at: ContextVar[float | None] = ContextVar("came_in_at", default=None)


@contextmanager
def one_request() -> Iterator[str]:
    """Give what is done in the block a random id of a request, and note when it began; inside another it is that one.

    What is handed to the answer pool meanwhile has the same id.
    """
    known = structlog.contextvars.get_contextvars().get(ID)
    if isinstance(known, str):
        yield known
        return
    began = _came_in_at.set(time.monotonic())
    try:
        with structlog.contextvars.bound_contextvars(**{ID: (made := secrets.token_hex(6))}):
            yield made
    finally:
        _came_in_at.reset(began)


def seconds_since_it_came_in() -> float:
    """Return how long ago the request came in, in seconds; 0 outside of one."""
    began = _came_in_at.get()
    return 0.0 if began is None else time.monotonic() - began


@contextmanager
def answering(measures: Measures, word: str) -> Iterator[None]:
    """Note how long a request took until its answer had left, under a registered *word*; a failure counts too."""
    try:
        yield
    finally:
        measures.took(ANSWERED, seconds_since_it_came_in(), word)
