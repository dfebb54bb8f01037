"""Cumulative series: what a new value adds to what was counted before."""

from msgspec import Struct


class Reached(Struct, frozen=True, gc=False):
    """How far a series had counted, and since when (nanoseconds; 0 where its sender does not say)."""

    started_at: int
    value: int


def advanced(before: Reached | None, told: Reached) -> tuple[Reached, int]:
    """Return how far the series has counted now, and what *told* adds.

    The first value counts in full, and so does one after a reset: with a later start, or a fall where
    no start is said. With the same start a value can only grow, so that a lower one came late; it
    adds nothing, as does one of an earlier start.
    """
    if before is None or told.started_at > before.started_at > 0:
        return told, told.value
    if 0 < told.started_at < before.started_at:
        return before, 0
    if told.value >= before.value:
        return told, told.value - before.value
    return (before, 0) if told.started_at else (told, told.value)
