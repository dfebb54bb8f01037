"""A week is settled once every day of it has 14 whole days behind it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.states import state
from bot.domain.outcomes.weeks import last_settled_week, monday_of, settled_weeks
from tests.domain.outcomes.cast import LONG_AGO, change


@pytest.mark.parametrize(
    ("today", "monday"),
    [
        (date(2026, 11, 15), date(2026, 10, 19)),  # what was finished on Sunday 1 November can come back today
        (date(2026, 11, 16), date(2026, 10, 26)),
        (date(2026, 11, 19), date(2026, 10, 26)),
        (date(2026, 11, 22), date(2026, 10, 26)),
        (date(2026, 11, 23), date(2026, 11, 2)),
    ],
)
def test_the_last_settled_week(today: date, monday: date) -> None:
    assert last_settled_week(today) == monday


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_of_settled_weeks_everything_is_old_enough_and_of_the_next_week_it_is_not(today: date) -> None:
    sunday = last_settled_week(today) + timedelta(days=6)

    assert sunday.isoweekday() == 7
    assert state(change(finished_on=sunday), today) == "stayed"
    assert state(change(finished_on=sunday + timedelta(days=7)), today) == "too_new"


def test_twelve_settled_weeks() -> None:
    weeks = settled_weeks(date(2026, 11, 19), LONG_AGO)

    assert (weeks[0], weeks[-1], len(weeks)) == (date(2026, 8, 10), date(2026, 10, 26), 12)
    assert all(monday_of(week) == week for week in weeks)


@pytest.mark.parametrize(
    ("known_from", "first", "count"),
    [
        (date(2026, 8, 10), date(2026, 8, 10), 12),
        (date(2026, 8, 11), date(2026, 8, 17), 11),
        (date(2026, 10, 26), date(2026, 10, 26), 1),
    ],
)
def test_weeks_that_were_not_collected_whole_are_left_out(known_from: date, first: date, count: int) -> None:
    weeks = settled_weeks(date(2026, 11, 19), known_from)

    assert (weeks[0], len(weeks)) == (first, count)


def test_without_a_collected_week_none_is_settled() -> None:
    assert settled_weeks(date(2026, 11, 19), date(2026, 10, 27)) == []


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_fifteen_weeks_of_daily_rows_reach_twelve_settled_weeks(today: date) -> None:
    assert len(settled_weeks(today, today - timedelta(days=105))) == 12
