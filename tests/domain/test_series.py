"""A cumulative series adds what it grew by, whatever order and however often its values come."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.series import Reached, advanced


@pytest.mark.parametrize(
    ("before", "told", "after", "adds"),
    [
        (None, Reached(5, 100), Reached(5, 100), 100),
        (Reached(5, 100), Reached(5, 130), Reached(5, 130), 30),
        (Reached(5, 100), Reached(5, 100), Reached(5, 100), 0),
        (Reached(5, 100), Reached(9, 30), Reached(9, 30), 30),
        (Reached(5, 100), Reached(9, 130), Reached(9, 130), 130),
        (Reached(9, 30), Reached(5, 100), Reached(9, 30), 0),
        (Reached(5, 100), Reached(5, 60), Reached(5, 100), 0),
        (Reached(0, 100), Reached(0, 60), Reached(0, 60), 60),
        (Reached(0, 100), Reached(5, 130), Reached(5, 130), 30),
        (Reached(5, 100), Reached(0, 130), Reached(0, 130), 30),
    ],
    ids=[
        "the first value counts in full",
        "growth",
        "a repeat",
        "a reset",
        "a reset to more",
        "late, of before the reset",
        "late",
        "a fall where no start is said",
        "a start that is said later",
        "a start that is said no more",
    ],
)
def test_a_value_adds_what_is_new(before: Reached | None, told: Reached, after: Reached, adds: int) -> None:
    assert advanced(before, told) == (after, adds)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_in_any_order_and_with_repeats_no_more_is_added_than_was_reached(steps: list[int], chance: object) -> None:
    values = list(accumulate(steps))
    sent = values * 2
    chance.shuffle(sent)  # type: ignore[attr-defined]
    reached: Reached | None = None
    total = 0
    for value in sent:
        reached, adds = advanced(reached, Reached(1, value))
        total += adds
    assert total == values[-1]
