"""Review, speed and size of changes, where enough authors stand behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.flow import Flow, Part, Spread, flow, middle_half, of_many_authors, spread
from tests.domain.outcomes.cast import change

values = st.lists(st.integers(0, 10_000), min_size=5)


@pytest.mark.parametrize(
    ("authors", "many"),
    [
        ("", False),
        ("ab", False),
        ("abc", True),
        ("aabbbb", False),  # two
        ("aaaabc", True),  # four of six: two thirds
        ("aaaaabc", False),  # five of seven
        ("abcdefgh", True),
        ("abc-", True),  # one unknown, who could be any of them
        ("aabc--", True),
        ("aaabc--", False),
        ("ab--", False),
        ("---", False),
    ],
)
def test_three_authors_and_none_above_two_thirds(authors: str, many: bool) -> None:
    assert of_many_authors([[b"" if name == "-" else name.encode()] for name in authors]) is many


@pytest.mark.parametrize(
    ("authors", "many"),
    [
        (["ab", "c", "c"], True),
        (["aaaa", "b", "c"], True),  # many items of one ticket are one work
        (["ab", "ac", "a"], False),  # in all of them
        (["ab", "ac", "bd"], True),
    ],
)
def test_an_author_counts_once_in_each_work(authors: list[str], many: bool) -> None:
    assert of_many_authors([[name.encode() for name in names] for names in authors]) is many


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([1, 2, 3, 4], None),
        ([1, 2, 3, 4, None], None),
        ([5, 4, 3, 2, 1], Spread(3, 2, 4, 5)),
        ([10, 10, None, 20, 40, 40, 90], Spread(30, 10, 40, 6)),
        ([1, 2, 3, 4, 5, 6, 7, 8], Spread(4, 3, 6, 8)),  # 4.5, without the half
    ],
)
def test_spreads(known: list[int | None], expected: Spread | None) -> None:
    assert spread(known) == expected


@given(values)
def test_at_least_half_of_the_values_are_in_the_middle_half(known: list[int]) -> None:
    low, high = middle_half(sorted(known))
    found = spread(known)

    assert 2 * sum(low <= value <= high for value in known) >= len(known)
    assert found is not None
    assert (found.low, found.high) == (low, high)
    assert low <= found.median <= high


def test_each_figure_is_about_what_is_known_of_it() -> None:
    changes = [
        change(number, reviewed=None if number == 9 else number > 2, minutes_open=60 * number, accepted=number > 0)
        for number in range(10)
    ]

    assert flow(changes) == Flow(None, Spread(270, 120, 420, 10), Part(3, 9), None)


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert flow([]) == Flow(None, None, None, None)
