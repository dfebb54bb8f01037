"""AI cost per finished change: all cost of settled weeks over everything that stayed."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.cost_per_change import CostPerChange, cost_per_change
from bot.domain.outcomes.states import counted_once
from bot.domain.outcomes.work import FinishedItem
from bot.domain.quantity import UNKNOWN, Quantity
from bot.domain.usage import UsageRow
from tests.cast import TODAY, row
from tests.domain.outcomes.cast import LONG_AGO, USD, ago, change, items, ticket

FIRST, LAST = date(2026, 8, 10), date(2026, 11, 1)


def weekly_changes(count: int, **known: Any) -> list[FinishedItem]:
    """Return changes of one week after the other, from the first settled week on."""
    return [change(number, FIRST + timedelta(weeks=number % 12), **known) for number in range(count)]


def answer(
    finished: list[FinishedItem], *rows: UsageRow, known_from: date = LONG_AGO, today: date = TODAY
) -> CostPerChange:
    found = cost_per_change(counted_once(finished, today), rows, today, known_from)
    assert found is not None
    return found


def billed(amount: int, day: date = FIRST, **known: Any) -> UsageRow:
    return row(day=day, billed_nano_usd=amount * USD, **known)


@pytest.mark.parametrize("stayed", [0, 1, 4])
def test_fewer_than_five_have_no_cost_each(stayed: int) -> None:
    found = answer(weekly_changes(stayed), billed(100))

    assert (found.stayed, found.each, found.cost) == (stayed, None, Quantity(100 * USD, True))


def test_from_five_on_there_is_a_cost_each_and_its_range() -> None:
    found = answer(weekly_changes(5), billed(100))

    assert found.stayed == 5
    assert found.each is not None
    assert found.each.low < found.each.about == 20 * USD < found.each.high


def test_it_is_over_whole_settled_weeks() -> None:
    outside = [change(20, FIRST - timedelta(days=1)), change(21, LAST + timedelta(days=1))]
    rows = [
        billed(1, FIRST),
        billed(2, LAST),
        billed(4, FIRST - timedelta(days=1)),
        billed(8, LAST + timedelta(days=1)),
    ]
    found = answer([*weekly_changes(6), *outside], *rows)

    assert (found.first, found.last, found.stayed, found.cost) == (FIRST, LAST, 6, Quantity(3 * USD, True))


def test_weeks_before_collecting_began_are_left_out_of_both() -> None:
    later = FIRST + timedelta(weeks=2)
    found = answer(weekly_changes(8), billed(4, FIRST), billed(1, later), known_from=later)

    assert (found.first, found.stayed, found.cost) == (later, 6, Quantity(USD, True))


def test_without_a_settled_week_there_is_nothing() -> None:
    assert cost_per_change([], [billed(5)], TODAY, TODAY) is None


def test_seats_are_part_of_it_and_the_other_lane_is_not() -> None:
    rows = [billed(19, tier="seat"), billed(5), row(day=FIRST, list_value_nano_usd=70 * USD)]

    assert answer([], *rows).cost == Quantity(24 * USD, True)
    assert answer([], *rows).lane == "billed"
    assert answer([], rows[2]).cost == Quantity(70 * USD, True)
    assert answer([], rows[2]).lane == "list"


def test_work_that_shows_no_help_counts_as_any_other() -> None:
    helped = weekly_changes(6, ai_evidence="shown")

    assert answer(helped, billed(60)) == answer(weekly_changes(6), billed(60))


def test_an_unknown_cost_stays_unknown() -> None:
    found = answer(weekly_changes(6), row(day=FIRST))

    assert (found.cost, found.each) == (UNKNOWN, None)


def test_a_cost_that_is_known_in_part_says_so() -> None:
    assert answer(weekly_changes(6), billed(5), row(day=FIRST)).cost == Quantity(5 * USD, False)


@pytest.mark.parametrize(
    ("finished", "kind"),
    [
        ([], "change"),
        ([ticket(n, ago(30)) for n in range(9)] + [change(1, ago(30))], "change"),
        ([ticket(n, ago(30)) for n in range(9)] + [change(1, ago(1))], "ticket"),  # not in the settled weeks
        ([ticket(1, ago(30), kind="piece"), ticket(2, ago(30), kind="piece"), ticket(3, ago(30))], "piece"),
        ([ticket(1, ago(30), kind="case"), ticket(3, ago(30))], "ticket"),
    ],
)
def test_changes_come_first_else_what_there_is_most_of(finished: list[FinishedItem], kind: str) -> None:
    assert answer(finished).kind == kind


def test_weeks_that_vary_much_make_the_range_wider() -> None:
    """Twelve in one week: a mean of 1, a variance of (121 + 11) / 11 = 12."""
    even, uneven = weekly_changes(12), [change(number, FIRST) for number in range(12)]
    narrow, wide = answer(even, billed(120)).each, answer(uneven, billed(120)).each

    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low < narrow.high < wide.high


@given(st.lists(st.integers(0, 80), min_size=5, max_size=20), items, st.lists(st.integers(0, 10**12), max_size=4))
def test_with_the_work_fixed_more_use_never_makes_it_cheaper(
    days: list[int], finished: list[FinishedItem], amounts: list[int]
) -> None:
    work = [*finished, *(change(number, FIRST + timedelta(days=day)) for number, day in enumerate(days, 100))]
    before = answer(work, billed(1))
    after = answer(work, billed(1), *(row(day=FIRST, billed_nano_usd=amount) for amount in amounts))

    assert (after.kind, after.stayed) == (before.kind, before.stayed)
    assert (before.each is None) == (after.each is None)
    if before.each is not None and after.each is not None:
        assert all(old <= new for old, new in zip(before.each, after.each, strict=True))


@given(items)
def test_what_came_back_or_is_too_new_is_not_in_it(finished: list[FinishedItem]) -> None:
    found = answer(finished)
    works = counted_once(finished, TODAY)
    stayed = [work for work in works if work.state == "stayed" and FIRST <= work.finished_on <= LAST]

    assert found.stayed == sum(work.kind == found.kind for work in stayed)
