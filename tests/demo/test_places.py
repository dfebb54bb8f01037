"""What was finished in Larkfield's repositories comes out of raw items, by the rules for places."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.demo.company.repositories import PAYMENTS
from bot.demo.company.usage import HISTORY_DAYS
from bot.domain.outcomes.place import PlaceOutcomes, place_outcomes
from bot.domain.outcomes.states import counted_once
from tests.demo.larkfield import START, billed, reported
from tests.demo.larkfields_work import of_person, of_places, told

NANO = 10**9
KNOWN_FROM = START - timedelta(days=HISTORY_DAYS)  # 6 August


def payments(today: date = START) -> PlaceOutcomes:
    return place_outcomes(of_places(PAYMENTS, told(today=today)), date(2026, 11, 9), today, KNOWN_FROM)


@pytest.mark.parametrize("today", [date(2026, 11, 17), START])
def test_payments_finished_eleven_changes_and_closed_six_tickets(today: date) -> None:
    changes, tickets = payments(today).kinds
    week, two_weeks_ago = changes.weeks[-1], changes.weeks[-3]

    assert (week.monday, week.finished, tickets.weeks[-1].finished) == (date(2026, 11, 9), 11, 6)
    assert (two_weeks_ago.monday, two_weeks_ago.stayed, two_weeks_ago.came_back) == (date(2026, 10, 26), 9, 1)
    assert changes.usual_stayed == (8, 12)
    assert sum(each.finished for each in changes.weeks if date(2026, 10, 5) <= each.monday <= date(2026, 10, 26)) == 41


def test_payments_reviews_within_four_working_hours_and_merges_within_21() -> None:
    flow = payments().flow

    assert flow is not None
    assert flow.first_review_minutes is not None
    assert flow.open_minutes is not None
    assert flow.lines is not None
    assert [round(minutes / 60) for minutes in flow.first_review_minutes[:3]] == [4, 3, 6]
    assert [round(minutes / 60) for minutes in flow.open_minutes[:3]] == [21, 15, 30]
    assert flow.lines.median == 85
    assert flow.without_review is not None
    assert flow.without_review.part * 11 == flow.without_review.whole == 12 * 11


def test_the_eleven_of_that_week_go_as_the_twelve_weeks_do() -> None:
    week = [
        item
        for item in of_places(PAYMENTS, told())
        if item.kind == "change" and date(2026, 11, 9) <= item.finished_on <= date(2026, 11, 15)
    ]

    assert Counter(item.reviewed for item in week) == {True: 10, False: 1}
    assert sorted(item.lines or 0 for item in week)[5] == 85
    assert {item.place for item in week} == set(PAYMENTS)
    assert all((item.minutes_to_first_review or 0) <= (item.minutes_open or 0) for item in week)


def test_a_revert_that_is_reverted_leaves_the_change_in() -> None:
    reverting = {revert.reference: revert.of for revert in told().reverts}
    first = {of for taker, of in reverting.items() if taker in reverting.values()}
    (slowest,) = [each for each in of_person("rui", told()) if each.title == "Run the slowest tests first"]
    kept = {item.reference: item for item in of_places({"acme/ci"}, told())}

    assert slowest.item.reference in first
    assert kept[slowest.item.reference].came_back_on is None
    assert not {taker for taker in reverting if taker in kept}


def test_of_all_changes_about_one_in_fourteen_comes_back() -> None:
    items = of_places({each.item.place for each in told().items}, told())
    settled = [
        work for work in counted_once(items, START) if work.kind == "change" and work.finished_on < date(2026, 11, 2)
    ]
    back = sum(work.state == "came_back" for work in settled)

    assert 0.04 < back / len(settled) < 0.12


def test_ai_comes_to_about_18_for_each_change_that_stayed_at_larkfield() -> None:
    items = of_places({each.item.place for each in told().items}, told())
    block = [date(2026, 10, 5) + timedelta(days=more) for more in range(28)]
    stayed = sum(
        work.kind == "change" and work.state == "stayed" and block[0] <= work.finished_on <= block[-1]
        for work in counted_once(items, START)
    )
    each = billed(one.row for one in reported(block)) / stayed / NANO

    assert 16 < each < 20
