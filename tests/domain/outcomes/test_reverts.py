"""What came back: reverts, reverts of reverts, and tickets opened again."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.reverts import Reopening, Revert, with_returns
from bot.domain.outcomes.work import FinishedItem
from tests.domain.outcomes.cast import ago, change, items, ticket

Value = TypeVar("Value")


def revert(number: int, of: int, days_ago: int) -> Revert:
    return Revert(f"acme/api#{number}", f"acme/api#{of}", ago(days_ago))


def returns(*reverts: Revert) -> dict[int, date | None]:
    """Return which of changes 1 to 6, finished 20 to 15 days ago, are finished work, and when each came back."""
    finished = [change(number, ago(21 - number)) for number in range(1, 7)]
    return {
        int(item.reference.partition("#")[2]): item.came_back_on
        for item in with_returns(finished, reverts, [])
        if item.came_back_on or item.reference in {name for each in reverts for name in each[:2]}
    }


@pytest.mark.parametrize(
    ("reverts", "expected"),
    [
        pytest.param([revert(2, 1, 19)], {1: ago(19)}, id="the revert is no work of anybody"),
        pytest.param([revert(2, 1, 19), revert(3, 2, 18)], {1: None}, id="a revert of a revert restores"),
        pytest.param(
            [revert(2, 1, 19), revert(3, 2, 18), revert(4, 3, 17)], {1: ago(17)}, id="and a revert of that does not"
        ),
        pytest.param(
            [revert(2, 1, 19), revert(3, 2, 18), revert(4, 3, 17), revert(5, 4, 16)], {1: None}, id="and so on"
        ),
        pytest.param(
            [revert(2, 1, 19), revert(3, 2, 18), revert(4, 1, 17)], {1: ago(17)}, id="reverted anew after restoring"
        ),
        pytest.param([revert(3, 1, 18), revert(2, 1, 19)], {1: ago(19)}, id="reverted twice, the first counts"),
        pytest.param([revert(3, 1, 18), revert(3, 2, 18)], {1: ago(18), 2: ago(18)}, id="one takes back two"),
        pytest.param([revert(1, 1, 20)], {1: None}, id="by itself"),
        pytest.param([revert(1, 2, 20)], {1: None, 2: None}, id="what came later cannot be reverted"),
        pytest.param([revert(2, 1, 19), revert(1, 2, 20)], {1: ago(19)}, id="a circle through time is a lie"),
        pytest.param([revert(9, 1, 5)], {1: ago(5)}, id="by a change outside the window"),
        pytest.param([revert(2, 99, 19)], {}, id="of a change outside the window"),
    ],
)
def test_reverts(reverts: list[Revert], expected: dict[int, date | None]) -> None:
    assert returns(*reverts) == expected


@pytest.mark.parametrize("circle", [[(1, 2), (2, 1)], [(1, 2), (2, 3), (3, 1)], [(1, 2), (2, 1), (2, 3), (3, 1)]])
def test_changes_of_a_day_that_revert_each_other_in_a_circle_change_nothing(circle: list[tuple[int, int]]) -> None:
    finished = [change(number, ago(9)) for number in (1, 2, 3)]

    assert with_returns(finished, [revert(*pair, 9) for pair in circle], []) == finished


def test_a_circle_does_not_hide_what_leads_out_of_it() -> None:
    finished = [change(number, ago(9)) for number in (1, 2, 3)]
    reverts = [revert(1, 2, 9), revert(2, 1, 9), revert(2, 3, 9)]

    assert with_returns(finished, reverts, []) == [finished[0], change(3, ago(9), came_back_on=ago(9))]


@pytest.mark.parametrize(
    ("reopened", "expected"),
    [([], None), ([ago(15)], ago(15)), ([ago(3), ago(15)], ago(15)), ([ago(21)], None), ([ago(21), ago(4)], ago(4))],
)
def test_a_ticket_comes_back_when_it_is_first_opened_again_after_it_was_closed(
    reopened: list[date], expected: date | None
) -> None:
    found = with_returns([ticket(1, ago(20))], [], [Reopening("PAY-1", day) for day in reopened])

    assert found == [ticket(1, ago(20), came_back_on=expected)]


def test_what_nothing_names_keeps_what_it_had() -> None:
    kept = change(1, ago(20), came_back_on=ago(19))

    assert with_returns([kept], [revert(3, 2, 9)], []) == [kept]
    assert with_returns([kept], [revert(3, 1, 18), revert(4, 3, 9)], []) == [change(1, ago(20))]


def test_a_very_long_chain_is_followed_to_its_end() -> None:
    chain = [revert(number + 1, number, 9) for number in range(1, 1200)]

    assert with_returns([change(1, ago(9))], chain, []) == [change(1, ago(9), came_back_on=ago(9))]
    assert with_returns([change(1, ago(9))], chain[:-1], []) == [change(1, ago(9))]


reverts_of = st.lists(st.builds(revert, st.integers(1, 8), st.integers(1, 8), st.integers(0, 60)), max_size=8)
reopenings = st.lists(
    st.builds(Reopening, st.sampled_from(["PAY-1", "PAY-2"]), st.integers(0, 60).map(ago)), max_size=4
)


def shuffled(values: Sequence[Value], random: Random) -> list[Value]:
    more = [*values, *random.sample(values, len(values) // 2)]
    random.shuffle(more)
    return more


@given(items, reverts_of, reopenings, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    found: list[FinishedItem], reverts: list[Revert], reopened: list[Reopening], random: Random
) -> None:
    again = with_returns(shuffled(found, random), shuffled(reverts, random), shuffled(reopened, random))

    assert set(again) == set(with_returns(found, reverts, reopened))


@given(items, reverts_of, reopenings)
def test_doing_it_again_changes_nothing(
    found: list[FinishedItem], reverts: list[Revert], reopened: list[Reopening]
) -> None:
    once = with_returns(found, reverts, reopened)
    left = {item.reference for item in once}
    reverting = [item for item in found if item.reference not in left]

    assert set(with_returns([*once, *reverting], reverts, reopened)) == set(once)
