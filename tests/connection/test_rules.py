"""When a socket is made anew and when it is given up: a table of times, and whole nights played through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.connection.rules import Heard, Limits, Step, next_step

LIMITS = Limits()
FINE, REBUILD, GIVE_UP = Step.FINE, Step.REBUILD, Step.GIVE_UP
TWO_MINUTES = 120.0
LOOK = 5.0


@pytest.mark.parametrize(
    ("now", "heard", "step"),
    [
        (59, Heard(0), FINE),
        (60, Heard(0), REBUILD),
        (100, Heard(0, last_pong_at=95), FINE),
        (155, Heard(0, last_pong_at=95), REBUILD),
        (155, Heard(0, last_pong_at=95, last_envelope_at=100), FINE),  # an envelope is a sign too
        (74, Heard(0, last_rebuild_at=60, in_vain=1), FINE),  # a new client has some time to hear something
        (75, Heard(0, last_rebuild_at=60, in_vain=1), REBUILD),
        (105, Heard(0, last_rebuild_at=90, in_vain=3), GIVE_UP),
        (105, Heard(0, last_rebuild_at=90, in_vain=0), REBUILD),  # Slack cannot be reached: another process neither
        (899, Heard(0, last_rebuild_at=880, in_vain=0), REBUILD),
        (900, Heard(0, last_rebuild_at=880, in_vain=0), GIVE_UP),
        (5000, Heard(0, last_pong_at=95, last_rebuild_at=90), REBUILD),  # it was frozen: first one more client
        (1799, Heard(0, last_pong_at=1795), FINE),
        (1800, Heard(0, last_pong_at=1795), REBUILD),  # a cheap one: pongs, and nothing else for half an hour
        (2000, Heard(0, last_pong_at=1995, last_rebuild_at=1800), FINE),
        (2000, Heard(0, last_pong_at=1995, last_envelope_at=1000), FINE),
        (3600, Heard(0, last_pong_at=3595, last_rebuild_at=1800), REBUILD),
    ],
)
def test_what_is_done_about_the_socket(now: float, heard: Heard, step: Step) -> None:
    assert next_step(now, heard, LIMITS) is step


def played(seconds: int, pongs: set[int], envelopes: set[int], *, hears_again: bool) -> list[tuple[float, Step]]:
    """Play a client that hears what it is given; made anew it hears pongs for ever, or nothing."""
    heard, done, cured = Heard(0), [], False
    for now in range(0, seconds, int(LOOK)):
        near = set(range(now - int(LOOK) + 1, now + 1))
        if cured or pongs & near:
            heard = Heard(0, now, heard.last_envelope_at, heard.last_rebuild_at)
        if envelopes & near:
            heard = Heard(0, heard.last_pong_at, now, heard.last_rebuild_at)
        step = next_step(now, heard, LIMITS)
        if step is not FINE:
            done.append((float(now), step))
        if step is GIVE_UP:
            break
        if step is REBUILD:
            cured = hears_again
            heard = Heard(0, heard.last_pong_at, heard.last_envelope_at, now, heard.in_vain + 1)
    return done


@given(st.integers(0, 5000))
@settings(max_examples=25)
def test_who_stays_deaf_is_given_up_within_two_minutes_after_three_new_clients(falls_silent: int) -> None:
    pongs = set(range(0, falls_silent, 10))
    deaf = [(at, step) for at, step in played(6000, pongs, pongs, hears_again=False) if at >= falls_silent]

    assert [step for _, step in deaf] == [REBUILD, REBUILD, REBUILD, GIVE_UP]
    assert deaf[-1][0] - falls_silent <= TWO_MINUTES


def test_a_new_client_that_hears_is_kept() -> None:
    assert played(1000, set(), set(), hears_again=True) == [(60.0, REBUILD)]


def test_a_quiet_company_is_never_given_up() -> None:
    night = played(12 * 3600, set(range(0, 12 * 3600, 10)), {10}, hears_again=True)

    assert {step for _, step in night} == {REBUILD}
    assert len(night) == 23
