"""What was finished in a place, by week, without anybody in it."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.outcomes.flow import Part, Spread
from bot.domain.outcomes.place import KindWeeks, PlaceOutcomes, WeekCounts, place_outcomes
from bot.domain.outcomes.work import FinishedItem
from tests.cast import TODAY
from tests.domain.outcomes.cast import LONG_AGO, ago, change, items, ticket

WEEK = date(2026, 11, 9)  # of the digest that is sent on Tuesday 17 November
SETTLED = date(2026, 10, 26)


def place(found: list[FinishedItem], week: date = WEEK, known_from: date = LONG_AGO) -> PlaceOutcomes:
    return place_outcomes(found, week, TODAY, known_from)


def by_three(weeks: dict[date, int], **known: Any) -> list[FinishedItem]:
    """Return so many changes of each week, by three authors in turn."""
    mondays = [monday for monday, count in weeks.items() for _ in range(count)]
    return [
        change(number, monday + timedelta(days=number % 5), author=b"abc"[number % 3 :][:1], **known)
        for number, monday in enumerate(mondays)
    ]


def changes_of(found: PlaceOutcomes) -> KindWeeks:
    return next(each for each in found.kinds if each.kind == "change")


def test_twelve_settled_weeks_and_those_after_them() -> None:
    found = place(by_three({date(2026, 8, 3): 5, date(2026, 8, 10): 1, SETTLED: 3, WEEK: 6, date(2026, 11, 16): 4}))
    weeks = changes_of(found).weeks

    assert (found.monday, found.last_settled) == (WEEK, SETTLED)
    assert [week.monday for week in weeks] == [date(2026, 8, 10) + timedelta(weeks=number) for number in range(14)]
    assert weeks[0] == WeekCounts(date(2026, 8, 10), 1, 1, 0, 0)
    assert weeks[1] == WeekCounts(date(2026, 8, 17), 0, 0, 0, 0)
    assert weeks[11] == WeekCounts(SETTLED, 3, 3, 0, 0)
    assert weeks[13] == WeekCounts(WEEK, 6, 0, 0, 6)


def test_what_came_back_is_counted_in_the_week_it_was_finished() -> None:
    found = [*by_three({SETTLED: 8}), change(90, SETTLED, came_back_on=SETTLED + timedelta(days=9), author=b"a")]

    assert changes_of(place(found)).weeks[11] == WeekCounts(SETTLED, 9, 8, 1, 0)


def test_the_usual_range_is_the_middle_half_of_twelve_weeks_before_the_last_settled_one() -> None:
    """Sorted: 1 2 4 | 8 8 9 10 11 12 | 12 30 40; a quarter, three weeks, is left out on each side."""
    counts = [8, 40, 12, 1, 10, 9, 30, 2, 11, 4, 12, 8]
    weeks = {SETTLED - timedelta(weeks=12 - number): count for number, count in enumerate(counts)}
    found = by_three({**weeks, SETTLED: 100, SETTLED - timedelta(weeks=13): 100})

    assert changes_of(place(found)).usual_stayed == (8, 12)


@pytest.mark.parametrize(("weeks", "said"), [(7, False), (8, True), (20, True)])
def test_the_usual_range_is_said_from_eight_weeks_on(weeks: int, said: bool) -> None:
    found = by_three({SETTLED: 9})

    assert (changes_of(place(found, known_from=SETTLED - timedelta(weeks=weeks))).usual_stayed is not None) is said


def test_weeks_before_the_place_was_read_are_left_out() -> None:
    found = changes_of(place(by_three({SETTLED: 9}), known_from=date(2026, 10, 20)))

    assert [week.monday for week in found.weeks] == [SETTLED, date(2026, 11, 2), WEEK]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([change(n, SETTLED, author=b"ab"[n % 2 :][:1]) for n in range(9)], id="two authors"),
        pytest.param(
            [*by_three({SETTLED: 3}), *(change(n, SETTLED, author=b"a") for n in range(9, 19))], id="one leads"
        ),
        pytest.param([change(n, SETTLED) for n in range(9)], id="authors unknown"),
        pytest.param([*by_three({WEEK: 9}), change(90, SETTLED, author=b"a")], id="enough only in the newest weeks"),
        pytest.param(
            [change(90, WEEK - timedelta(weeks=12), author=b"d"), *by_three({WEEK - timedelta(weeks=13): 9})],
            id="only before the last twelve weeks",
        ),
    ],
)
def test_where_few_authors_stand_behind_it_only_what_was_finished_is_said(found: list[FinishedItem]) -> None:
    """What came back is what the other states leave, so none of them is said."""
    shown = changes_of(place(found))

    assert shown.usual_stayed is None
    assert {week[2:] for week in shown.weeks} == {(None, None, None)}
    assert sum(week.finished for week in shown.weeks) > 0


def test_kinds_are_apart_and_each_has_authors_of_its_own() -> None:
    found = place([*by_three({SETTLED: 6}), *(ticket(n, SETTLED, author=b"a") for n in range(4))])

    assert [(each.kind, each.weeks[11].finished, each.weeks[11].stayed) for each in found.kinds] == [
        ("change", 6, 6),
        ("ticket", 4, None),
    ]


def test_a_ticket_over_two_repositories_counts_once() -> None:
    both = [change(1, SETTLED, ticket="PAY-1"), change(1, SETTLED, ticket="PAY-1", place="acme/web")]

    assert changes_of(place(both)).weeks[11].finished == 1


def test_what_its_author_merged_is_not_finished_but_part_of_review() -> None:
    alone = [change(50 + n, WEEK, accepted=False, reviewed=False, author=b"abc"[n % 3 :][:1]) for n in range(3)]
    found = place([*by_three({WEEK: 6}, reviewed=True), *alone])

    assert changes_of(found).weeks[-1].finished == 6
    assert found.flow is not None
    assert found.flow.without_review == Part(3, 9)


def test_flow_is_that_of_changes_of_the_last_twelve_weeks() -> None:
    inside = by_three({WEEK - timedelta(weeks=11): 3, WEEK: 3}, minutes_to_first_review=240, minutes_open=60, lines=85)
    before = by_three({WEEK - timedelta(weeks=12): 9}, lines=1)
    found = place([*inside, *before, *(ticket(n, WEEK, lines=7, author=b"t") for n in range(20))]).flow

    assert found is not None
    assert found.lines == Spread(85, 85, 85, 6)
    assert found.first_review_minutes == Spread(240, 240, 240, 6)
    assert found.without_review is None


def test_flow_of_few_authors_is_not_said() -> None:
    assert place([change(n, WEEK, lines=5, author=b"a") for n in range(9)]).flow is None


def test_an_empty_place() -> None:
    found = place([])

    assert (found.kinds, found.flow) == ((), None)


@given(items.map(lambda found: [*found, *by_three({SETTLED: 2, WEEK: 6})]), st.permutations([b"a", b"b", b"c"]))
def test_nobody_is_in_it(found: list[FinishedItem], names: list[bytes]) -> None:
    """Whoever the authors are, it is the same; only how many they are and how much the most made matters."""
    others = dict(zip([b"a", b"b", b"c"], names, strict=True))
    renamed = [replace(item, author=others.get(item.author, b"")) for item in found]

    assert place(renamed) == place(found)


@given(items.map(lambda found: [*found, *by_three({SETTLED: 2, WEEK: 6})]), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(found: list[FinishedItem], random: Random) -> None:
    shuffled = found + random.sample(found, len(found) // 2)
    random.shuffle(shuffled)

    assert place(shuffled) == place(found)


@given(items, st.integers(2, 6), st.integers(0, 40), st.sampled_from([b"", b"a", b"d"]))
def test_splitting_a_ticket_changes_no_count(found: list[FinishedItem], parts: int, day: int, author: bytes) -> None:
    whole = change(99, ago(day), ticket="PAY-9", author=author)
    split = [replace(whole, reference=f"acme/api#{100 + part}") for part in range(parts)]

    assert place([*found, *split]).kinds == place([*found, whole]).kinds


@given(items)
def test_weeks_add_up_to_what_was_counted(found: list[FinishedItem]) -> None:
    for each in place(found).kinds:
        for week in each.weeks:
            if week.stayed is not None and week.came_back is not None and week.too_new is not None:
                assert week.finished == week.stayed + week.came_back + week.too_new
