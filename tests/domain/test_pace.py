"""The pace: it creeps up, falls by half, obeys Slack, and no clock that jumps makes it stop or rush."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pace import Bucket, Pace, blocked, blocked_seconds, faster, full, slower, take
from tests.cast import T0

PACE = Pace()


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_it_begins_with_one_message_a_second() -> None:
    bucket, first = take(full(PACE, T0), T0)
    bucket, second = take(bucket, T0 + after(0.25))
    _, third = take(bucket, T0 + after(1))

    assert (first, second, third) == (0.0, 0.75, 0.0)


def test_a_quiet_day_saves_nothing_up_for_a_rush() -> None:
    bucket = full(PACE, T0)
    for _ in range(2):
        bucket, wait = take(bucket, T0 + timedelta(days=1))

    assert wait > 0


def test_a_minute_of_successes_adds_the_same_at_every_rate() -> None:
    slow, fast = Bucket(1, 1, T0), Bucket(1, 3, T0)
    for _ in range(60):
        slow = faster(slow, PACE)
    for _ in range(3 * 60):
        fast = faster(fast, PACE)

    assert slow.per_second - 1 == pytest.approx(1.2, rel=0.4)
    assert fast.per_second - 3 == pytest.approx(1.2, rel=0.4)


def test_it_never_goes_faster_than_the_most_or_slower_than_the_least() -> None:
    bucket = full(PACE, T0)
    for _ in range(10_000):
        bucket = faster(bucket, PACE)
    assert bucket.per_second == PACE.most
    for number in range(100):
        bucket = slower(bucket, T0 + timedelta(hours=number), 1, PACE)
    assert bucket.per_second == PACE.least


def test_many_who_are_refused_together_halve_it_once_and_wait_for_the_longest() -> None:
    bucket = Bucket(4, 4, T0)
    for seconds in (5.0, 30.0, 1.0):
        bucket = slower(bucket, T0, seconds, PACE)

    assert (bucket.per_second, bucket.tokens) == (2, 0)
    assert blocked_seconds(bucket, T0) == 30
    assert take(bucket, T0 + after(10))[1] == 20
    assert take(bucket, T0 + after(30))[1] == 0


def test_a_block_lasts_an_hour_at_most() -> None:
    assert blocked_seconds(blocked(full(PACE, T0), T0, 10**9), T0) == 3600


def test_a_clock_that_is_put_back_neither_stops_nor_fills_it() -> None:
    bucket = blocked(Bucket(0, 1, T0), T0, 60)
    earlier = T0 - timedelta(days=400)
    bucket, wait = take(bucket, earlier)
    _, later = take(bucket, earlier + after(1))

    assert (wait, later) == (1.0, 0.0)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_in_any_time_no_more_goes_than_the_rate_and_one_second_more(pauses: list[float]) -> None:
    bucket, now, sent = Bucket(2, 2, T0), T0, 0
    for pause in pauses:
        now += after(pause)
        bucket, wait = take(bucket, now)
        sent += not wait

    assert sent <= 2 * ((now - T0).total_seconds() + 1) + 0.001
