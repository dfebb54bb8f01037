"""Chance is the same every time, and what is spread adds up."""

from statistics import mean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.company.draws import Draws, spread


def test_a_draw_depends_on_the_seed_and_its_name_only() -> None:
    first, again, other = Draws(1), Draws(1), Draws(2)
    first.uniform("something", "else")

    assert first.uniform("ana", 3) == again.uniform("ana", 3) != other.uniform("ana", 3)
    assert first.uniform("ana", 3) != first.uniform("ana", 4)


def test_draws_are_spread_as_their_names_say() -> None:
    draws = Draws(1)
    uniform = [draws.uniform("u", number) for number in range(4_000)]
    normal = [draws.normal("n", number) for number in range(4_000)]

    assert mean(uniform) == pytest.approx(0.5, abs=0.02)
    assert (min(uniform) > 0, max(uniform) < 1) == (True, True)
    assert mean(normal) == pytest.approx(0, abs=0.05)
    assert pstdev(normal) == pytest.approx(1, abs=0.05)


def test_a_log_normal_draw_has_a_cap() -> None:
    draws = Draws(1)

    assert max(draws.log_normal(2.0, 1.5, "l", number, most=9.0) for number in range(500)) == 9.0


@given(st.integers(0, 10**7), st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_parts_add_up_to_the_amount(amount: int, weights: list[float]) -> None:
    parts = spread(amount, weights)

    assert sum(parts) == amount
    assert min(parts) >= 0
