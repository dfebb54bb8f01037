"""What a week came to, what is more than usual, and when a note stays away: agrees with a sum by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest import Digest, digest_of, is_more_than_usual, quiet_weeks, says_it_is_quiet
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.links import OwnMarks
from bot.domain.people import Delivered
from bot.domain.quantity import UNKNOWN, Quantity
from bot.domain.usage import UsageRow
from tests.cast import TODAY, row
from tests.domain.outcomes.cast import change, own, ticket

USD = 10**9
WEEK = IsoWeek(date(2026, 11, 9))  # the week before the one of TODAY, a Thursday
NOW = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
ALWAYS = Delivered("anthropic", 1, "company", date(2026, 8, 1), TODAY, NOW)
costs = st.integers(0, 500 * USD)
befores = st.lists(st.integers(1, 500 * USD), max_size=8)


def billed(day: date, cents: int, **more: Any) -> UsageRow:
    return row(**{"day": day, "source": "anthropic", "billed_nano_usd": cents * USD // 100, **more})


def weekly(*cents: int, **more: Any) -> list[UsageRow]:
    """Return a row on the Wednesday of each week, the last in WEEK, the others before it."""
    return [
        billed(WEEK.monday + timedelta(days=2 - 7 * back), each, **more)
        for back, each in enumerate(reversed(cents))
        if each
    ]


def made_of(rows: list[UsageRow], *, deliveries: tuple[Delivered, ...] = (ALWAYS,), **more: Any) -> Digest:
    return digest_of(WEEK, more.pop("items", []), rows, deliveries, TODAY, **more)


@pytest.mark.parametrize(
    ("cost", "before", "more"),
    [
        (61, [40, 42, 44, 45, 46, 47, 48, 50], True),
        (56, [40, 42, 44, 45, 46, 47, 48, 50], True),  # above each of them, and ten dollars above 46
        (55, [40, 42, 44, 45, 46, 47, 48, 50], False),  # nine above 46
        (50, [40, 40, 40, 40, 40, 40, 40, 50], False),  # not above the dearest, nor above 60
        (51, [40, 40, 40, 40, 40, 40, 40, 50], True),
        (61, [40, 40, 40, 40, 40, 40, 40, 90], True),  # above one and a half times the middle
        (60, [40, 40, 40, 40, 40, 40, 40, 90], False),
        (9, [1, 1, 1, 1], False),  # nine times as much, and still not ten dollars more
        (11, [1, 1, 1, 1], True),
        (100, [1, 1, 1], False),  # of three weeks nothing is usual
        (100, [], False),
        (500, [490, 490, 490, 489], True),
        (44, [44] * 8, False),
        (2, [44] * 8, False),
    ],
)
def test_more_than_usual_needs_ten_dollars_and_to_stand_out(cost: int, before: list[int], *, more: bool) -> None:
    assert is_more_than_usual(Quantity(cost * USD, True), [each * USD for each in before]) == more


def test_a_cost_of_which_nothing_is_known_is_not_compared() -> None:
    assert not is_more_than_usual(UNKNOWN, [USD] * 8)


def test_a_cost_that_is_known_in_part_is_more_if_that_part_is() -> None:
    assert is_more_than_usual(Quantity(61 * USD, False), [44 * USD] * 8)


@given(costs, costs, befores)
def test_with_less_cost_it_is_never_more_than_usual(one: int, other: int, before: list[int]) -> None:
    less, more = (is_more_than_usual(Quantity(each, True), before) for each in sorted([one, other]))

    assert less <= more


@given(costs, befores, st.integers(1, 50))
def test_as_many_times_the_cost_in_every_week_takes_no_comparison_away(
    cost: int, before: list[int], times: int
) -> None:
    one = is_more_than_usual(Quantity(cost, True), before)
    grown = is_more_than_usual(Quantity(cost * times, True), [each * times for each in before])

    assert one <= grown


@given(costs, befores)
def test_what_is_no_more_than_some_week_and_near_the_middle_is_not_more(cost: int, before: list[int]) -> None:
    if not before or cost > max(before) or cost > sorted(before)[len(before) // 2]:
        return
    assert not is_more_than_usual(Quantity(cost, True), before)


def test_the_sum_of_a_week_is_that_of_its_seven_utc_days() -> None:
    rows = [billed(day, 100 + number) for number, day in enumerate(days_of(date(2026, 11, 8), 9))]

    # 8 and 16 November are of other weeks: 101 + ... + 107 cents
    assert made_of(rows).cost.cost == Quantity(728 * USD // 100, True)


def days_of(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def test_the_day_that_made_it_is_named_if_a_third_of_the_cost_is_its_own() -> None:
    usual = weekly(2000, 2000, 2000, 2000, 0)
    tuesday = billed(date(2026, 11, 10), 3700)
    others = [billed(day, 600) for day in days_of(date(2026, 11, 11), 4)]
    found = made_of([*usual, tuesday, *others])

    assert found.more_than_usual
    assert found.day_that_made_it is not None
    assert (found.day_that_made_it.day, found.day_that_made_it.nano_usd) == (date(2026, 11, 10), 37 * USD)
    assert made_of([*usual, *(billed(day, 900) for day in days_of(date(2026, 11, 9), 7))]).day_that_made_it is None
    assert made_of([tuesday, *others]).day_that_made_it is None  # nothing is usual yet


@pytest.mark.parametrize(
    ("rows", "usual"),
    [
        (weekly(1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900), 8),  # nine weeks before it: eight count
        (weekly(1100, 0, 1300, 0, 5000), 2),  # a week without any cost says nothing
        ([*weekly(1100, 1200, 1300, 1400, 5000), row(day=date(2026, 11, 4), source="anthropic")], 3),  # partly unknown
        ([*weekly(1100, 1200, 5000), *weekly(900, 900, 0, 0, 0, billed_nano_usd=None, list_value_nano_usd=9)], 2),
        (weekly(1100, 1200, 1300, 0), 0),  # nothing in the week itself: no source to compare by
    ],
)
def test_usual_is_told_from_whole_weeks_of_the_same_money(rows: list[UsageRow], usual: int) -> None:
    assert len(made_of(rows).usual_weeks) == usual


def test_weeks_from_before_a_source_told_anything_are_not_usual() -> None:
    """A source that is new would look like a rise."""
    late = ALWAYS.__class__("anthropic", 1, "company", date(2026, 10, 14), TODAY, NOW)
    rows = weekly(1000, 1000, 1000, 1000, 1000, 1000, 5000)

    assert [week.word for week, _ in made_of(rows, deliveries=(late,)).usual_weeks] == [
        "2026-W43", "2026-W44", "2026-W45",
    ]  # fmt: skip


def test_a_shared_job_and_work_that_is_not_mine_are_in_nothing() -> None:
    job = billed(date(2026, 11, 10), 9000, run_kind="schedule", work="nightly-triage")
    items = [own(change(1, date(2026, 11, 10))), own(change(2, date(2026, 10, 28)))]
    marks = OwnMarks(frozenset({"acme/api#1", "acme/api#2"}), frozenset({"nightly-triage"}))
    found = made_of([job], items=items, marks=marks)

    assert (found.finished, found.earlier, found.cost.lines) == ((), (), ())
    assert not found.worth_saying


def test_finished_work_is_counted_once_and_earlier_work_is_that_of_two_weeks_before() -> None:
    items = [
        own(change(1, date(2026, 11, 9), ticket="PAY-1")),
        own(change(2, date(2026, 11, 15), ticket="PAY-1")),
        own(change(3, date(2026, 11, 16))),  # the week after
        own(change(4, date(2026, 11, 12), accepted=False)),
        own(ticket(5, date(2026, 11, 13))),
        own(change(6, date(2026, 10, 26))),
        own(change(7, date(2026, 11, 1), came_back_on=date(2026, 11, 9))),
        own(change(8, date(2026, 11, 2))),  # a week before: too new to say
    ]
    found = made_of([], items=items)

    assert [(work.kind, work.reference) for work in found.finished] == [("change", "PAY-1"), ("ticket", "PAY-5")]
    assert [(work.reference, work.state) for work in found.earlier] == [
        ("acme/api#6", "stayed"), ("acme/api#7", "came_back"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "rows", "worth"),
    [
        ([], [], False),
        ([], weekly(4000, 4100, 4200, 4300, 4400), False),
        ([], weekly(4000, 4100, 4200, 4300, 6100), True),
        ([], weekly(9000, 9000, 9000, 9000, 100), False),  # far less than usual is nothing to report
        ([change(1, date(2026, 11, 10))], [], True),
        ([change(1, date(2026, 11, 10), accepted=False)], [], False),
        ([change(1, date(2026, 10, 28))], [], True),
        ([change(1, date(2026, 10, 28), came_back_on=date(2026, 11, 3))], [], True),
        ([change(1, date(2026, 11, 4))], [], False),
        ([change(1, date(2026, 10, 21))], [], False),
    ],
)
def test_a_week_is_worth_a_note_for_work_or_for_a_cost_that_is_more_than_usual(
    items: list[Any], rows: list[UsageRow], *, worth: bool
) -> None:
    assert made_of(rows, items=[own(item) for item in items]).worth_saying == worth


def test_quiet_weeks_are_counted_once_each_however_often_a_note_is_composed() -> None:
    remembered, counts = "", []
    for number in range(9):
        week = IsoWeek(WEEK.monday + timedelta(weeks=number))
        for _ in range(2):
            count = quiet_weeks(remembered, week)
            remembered = f"{week.word} {count}"
        counts.append(count)

    assert counts == list(range(1, 10))
    assert [count for count in counts if says_it_is_quiet(count)] == [4, 8]


@pytest.mark.parametrize("remembered", ["", "2026-W45", "2026-W45 many", "2026-W46", "2026-W46 0", "2026-W45 99999"])
def test_what_was_remembered_and_cannot_be_used_starts_at_one(remembered: str) -> None:
    assert quiet_weeks(remembered, WEEK) == 1
