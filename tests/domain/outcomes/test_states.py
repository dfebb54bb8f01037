"""Finished work stays, comes back or is too new to say, and counts once a ticket."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.outcomes.states import State, Work, counted_once, merged_by_author, state
from bot.domain.outcomes.work import FinishedItem
from tests.cast import TODAY
from tests.domain.outcomes.cast import ago, change, items, ticket


def sums(found: Iterable[Work[Any]]) -> Counter[tuple[str, State]]:
    return Counter((work.kind, work.state) for work in found)


@pytest.mark.parametrize(
    ("finished", "returned", "expected"),
    [
        (ago(0), None, "too_new"),
        (ago(14), None, "too_new"),  # it can still come back today
        (ago(15), None, "stayed"),
        (ago(3), ago(3), "came_back"),
        (ago(3), ago(0), "came_back"),
        (ago(30), ago(16), "came_back"),  # on the 14th day
        (ago(30), ago(15), "stayed"),  # on the 15th
        (ago(300), ago(1), "stayed"),
        (ago(3), ago(-1), "too_new"),  # not yet
        (ago(3), ago(4), "too_new"),  # before it was finished again
        (ago(30), ago(31), "stayed"),
    ],
)
def test_states(finished: date, returned: date | None, expected: State) -> None:
    assert state(change(finished_on=finished, came_back_on=returned), TODAY) == expected


@given(st.integers(0, 40), st.none() | st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_what_is_settled_never_changes(finished: int, returned: int | None, now: int, later: int) -> None:
    item = change(finished_on=ago(finished), came_back_on=None if returned is None else ago(returned))
    before = state(item, ago(finished) + timedelta(days=now))

    assert before == "too_new" or state(item, ago(finished) + timedelta(days=now + later)) == before


def test_changes_of_one_ticket_count_once() -> None:
    first, last = change(1, ago(20), ticket="PAY-1"), change(2, ago(17), ticket="PAY-1", place="acme/web")

    assert counted_once([last, first], TODAY) == [Work("change", "PAY-1", ago(17), "stayed", (first, last))]


def test_small_changes_count_once_with_the_first_of_them() -> None:
    found = counted_once([change(1), change(2, ticket="acme/api#1")], TODAY)

    assert [(work.reference, len(work.items)) for work in found] == [("acme/api#1", 2)]


def test_a_ticket_and_its_change_are_of_two_kinds() -> None:
    found = counted_once([ticket(1), change(1, ticket="PAY-1")], TODAY)

    assert [(work.kind, work.reference) for work in found] == [("change", "PAY-1"), ("ticket", "PAY-1")]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(40, None), (20, None)], "stayed"),
        ([(40, None), (2, None)], "too_new"),
        ([(40, 39), (20, None)], "came_back"),
        ([(40, 39), (2, None)], "came_back"),
        ([(40, 20), (20, None)], "stayed"),
    ],
)
def test_of_several_changes_the_worst_is_what_became_of_the_ticket(
    parts: list[tuple[int, int | None]], expected: State
) -> None:
    group = [
        change(number, ago(done), ticket="PAY-1", came_back_on=None if back is None else ago(back))
        for number, (done, back) in enumerate(parts)
    ]

    assert [work.state for work in counted_once(group, TODAY)] == [expected]


def test_what_nobody_else_accepted_is_not_finished_and_is_listed_apart() -> None:
    alone, accepted = change(1, accepted=False), change(2)

    assert [work.items for work in counted_once([alone, accepted], TODAY)] == [(accepted,)]
    assert merged_by_author([alone, accepted, alone]) == [alone]


@given(items, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found: list[FinishedItem], random: Random) -> None:
    shuffled = found + random.sample(found, len(found) // 2)
    random.shuffle(shuffled)

    assert counted_once(shuffled, TODAY) == counted_once(found, TODAY)
    assert merged_by_author(shuffled) == merged_by_author(found)


@given(items, st.data())
def test_splitting_a_ticket_into_many_changes_changes_no_sum(found: list[FinishedItem], data: st.DataObject) -> None:
    whole = change(99, data.draw(st.integers(0, 40).map(ago)), ticket="PAY-99")
    parts = [
        replace(whole, reference=f"acme/api#{number}") for number in range(100, 100 + data.draw(st.integers(1, 9)))
    ]

    assert sums(counted_once([*found, *parts], TODAY)) == sums(counted_once([*found, whole], TODAY))


@given(items, st.integers(0, 60))
def test_a_part_more_of_what_is_counted_never_counts_as_more(found: list[FinishedItem], day: int) -> None:
    before = counted_once(found, TODAY)
    for work in before:
        more = replace(work.items[0], reference="acme/api#500", ticket=work.reference, finished_on=ago(day))

        assert len(counted_once([*found, more], TODAY)) == len(before)


@given(items)
def test_every_accepted_item_is_in_one_work(found: list[FinishedItem]) -> None:
    inside = [item for work in counted_once(found, TODAY) for item in work.items]

    assert len(inside) == len(set(inside))
    assert set(inside) == {item for item in found if item.accepted}
