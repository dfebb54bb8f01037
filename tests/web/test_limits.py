"""How often one token may send."""

from bot.limits import Limits
from bot.web.bearers import TOKEN_A_SECOND, TOKEN_AT_ONCE


def test_fifty_at_once_then_ten_a_second() -> None:
    now = [0.0]
    limits = Limits(TOKEN_A_SECOND, TOKEN_AT_ONCE, lambda: now[0])
    assert [limits.lets_in("a") for _ in range(51)] == [True] * 50 + [False]
    now[0] += 1
    assert [limits.lets_in("a") for _ in range(11)] == [True] * 10 + [False]
    assert limits.lets_in("b")


def test_waiting_long_saves_up_no_more_than_the_burst() -> None:
    now = [0.0]
    limits = Limits(TOKEN_A_SECOND, TOKEN_AT_ONCE, lambda: now[0])
    limits.lets_in("a")
    now[0] += 3600
    assert sum(limits.lets_in("a") for _ in range(100)) == 50
