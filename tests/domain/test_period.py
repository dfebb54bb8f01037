"""The spans of days that people ask for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import (
    Period,
    day_and_month,
    long_day,
    month_name,
    month_of,
    parse_day,
    parse_period,
    short_day,
)

TODAY = date(2026, 11, 19)  # a Thursday
DAY = timedelta(days=1)
WORDS = ("", "week", "7d", "4w", "30d", "12w", "90d", "month", "today", "2026-10", "2026-11", "2024-02")
days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("word", "today", "expected"),
    [
        pytest.param("", TODAY, Period("4w", day(10, 22), day(11, 18)), id="nothing is four weeks to yesterday"),
        pytest.param("4w", TODAY, Period("4w", day(10, 22), day(11, 18)), id="four weeks"),
        pytest.param("week", TODAY, Period("week", day(11, 12), day(11, 18)), id="a week to yesterday"),
        pytest.param("7d", TODAY, Period("week", day(11, 12), day(11, 18)), id="seven days are a week"),
        pytest.param("30d", TODAY, Period("days", day(10, 20), day(11, 18)), id="thirty days"),
        pytest.param("12w", TODAY, Period("12w", day(8, 27), day(11, 18)), id="twelve weeks"),
        pytest.param("90d", TODAY, Period("days", day(8, 21), day(11, 18)), id="ninety days"),
        pytest.param("today", TODAY, Period("today", TODAY, TODAY), id="today"),
        pytest.param("month", TODAY, Period("this-month", day(11, 1), day(11, 18)), id="this month so far"),
        pytest.param("month", day(11, 2), Period("this-month", day(11, 1), day(11, 1)), id="the second of a month"),
        pytest.param("month", day(11, 1), Period("month", day(10, 1), day(10, 31)), id="the first is the month before"),
        pytest.param("month", day(1, 1), Period("month", day(12, 1, 2025), day(12, 31, 2025)), id="new year"),
        pytest.param("month", day(3, 1), Period("month", day(2, 1), day(2, 28)), id="a February"),
        pytest.param(
            "month", day(3, 1, 2024), Period("month", day(2, 1, 2024), day(2, 29, 2024)), id="a leap February"
        ),
        pytest.param("2026-10", TODAY, Period("month", day(10, 1), day(10, 31)), id="a month that is over"),
        pytest.param("2024-02", TODAY, Period("month", day(2, 1, 2024), day(2, 29, 2024)), id="a leap month"),
        pytest.param("2026-11", TODAY, Period("this-month", day(11, 1), day(11, 18)), id="the month that goes on"),
        pytest.param("2026-11", day(11, 30), Period("this-month", day(11, 1), day(11, 29)), id="its last day"),
        pytest.param("2026-12", day(12, 1), Period("today", day(12, 1), day(12, 1)), id="the month that began today"),
        pytest.param("2026-11", day(12, 1), Period("month", day(11, 1), day(11, 30)), id="the day after it"),
        pytest.param("week", day(3, 2, 2024), Period("week", day(2, 24, 2024), day(3, 1, 2024)), id="over a leap day"),
        pytest.param("week", day(3, 1), Period("week", day(2, 22), day(2, 28)), id="to the end of a month"),
        pytest.param("week", day(1, 3), Period("week", day(12, 27, 2025), day(1, 2)), id="over new year"),
    ],
)
def test_words_for_a_period(word: str, today: date, expected: Period) -> None:
    assert parse_period(word, today) == expected


@pytest.mark.parametrize(
    "word",
    [
        "2026-12",
        "2027-01",
        "2026-13",
        "2026-00",
        "1999-12",
        "2026-1",
        "26-11",
        "2026-11-18",
        "weeks",
        "8d",
        "WEEK",
        " ",
    ],
)
def test_words_for_no_period(word: str) -> None:
    assert parse_period(word, TODAY) is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [("week", (11, 5)), ("4w", (9, 24)), ("12w", (6, 4)), ("30d", (9, 20)), ("month", (10, 14)), ("today", (11, 18))],
)
def test_the_period_before(word: str, expected: tuple[int, int]) -> None:
    period = parse_period(word, TODAY)

    assert period is not None
    assert period.previous().first == day(*expected)
    assert period.previous().days == period.days


@pytest.mark.parametrize(
    ("month", "before"),
    [("2026-03", ((2, 1, 2026), (2, 28, 2026))), ("2024-03", ((2, 1, 2024), (2, 29, 2024)))],
)
def test_before_a_whole_month_is_the_whole_month_before(
    month: str, before: tuple[tuple[int, int, int], tuple[int, int, int]]
) -> None:
    period = parse_period(month, TODAY)

    assert period is not None
    assert period.previous() == Period("month", day(*before[0]), day(*before[1]))


@given(st.sampled_from(WORDS), days)
def test_the_period_before_adjoins(word: str, today: date) -> None:
    period = parse_period(word, today)
    if period is None:
        return
    before = period.previous()

    assert before.last + DAY == period.first
    assert before.kind == period.kind
    assert before.days == period.days or period.kind == "month"
    assert before.previous().last + DAY == before.first


@given(st.sampled_from(WORDS), days)
def test_every_period_ends_yesterday_or_earlier_but_today(word: str, today: date) -> None:
    period = parse_period(word, today)
    if period is None:
        return

    assert period.first <= period.last
    assert period.last < today or word == "today"
    assert period.contains(period.first)
    assert period.contains(period.last)
    assert not period.contains(period.first - DAY)
    assert not period.contains(period.last + DAY)


@given(days)
def test_a_month_is_whole(any_day: date) -> None:
    month = month_of(any_day)

    assert month.contains(any_day)
    assert month.first.day == (month.last + DAY).day == 1
    assert 28 <= month.days <= 31


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("2026-11-10", day(11, 10), id="a date"),
        pytest.param(" 2026-11-10 ", day(11, 10), id="a date with spaces"),
        pytest.param("2026-11-19", TODAY, id="today's date"),
        pytest.param("2024-02-29", day(2, 29, 2024), id="a leap day"),
        pytest.param("yesterday", day(11, 18), id="yesterday"),
        pytest.param("tuesday", day(11, 17), id="a weekday is the last one"),
        pytest.param("tue", day(11, 17), id="three letters are enough"),
        pytest.param("Tues", day(11, 17), id="and four"),
        pytest.param("WEDNESDAY", day(11, 18), id="yesterday's weekday is yesterday"),
        pytest.param("thursday", day(11, 12), id="today's weekday is a week ago"),
        pytest.param("friday", day(11, 13), id="tomorrow's weekday is six days ago"),
        pytest.param("sun", day(11, 15), id="sunday"),
        pytest.param("2026-11-20", None, id="tomorrow has not begun"),
        pytest.param("2025-02-29", None, id="no leap day"),
        pytest.param("1999-12-31", None, id="before there was anything"),
        pytest.param("tu", None, id="two letters are none"),
        pytest.param("t", None, id="one letter is none"),
        pytest.param("tuesdays", None, id="more than a weekday"),
        pytest.param("", None, id="nothing"),
        pytest.param("soon", None, id="no day"),
        pytest.param("2026-11", None, id="a month"),
    ],
)
def test_words_for_a_day(word: str, expected: date | None) -> None:
    assert parse_day(word, TODAY) == expected


@given(days, st.sampled_from(["mon", "tuesday", "Wed", "thursday", "fri", "saturday", "Sunday"]))
def test_a_weekday_is_within_the_seven_days_before_today(today: date, word: str) -> None:
    found = parse_day(word, today)

    assert found is not None
    assert 1 <= (today - found).days <= 7
    assert short_day(found).lower().startswith(word.lower()[:3])


@given(days, days)
def test_a_date_is_read_as_it_is_written(today: date, other: date) -> None:
    assert parse_day(other.isoformat(), today) == (other if other <= today else None)


def test_days_are_said_as_people_say_them() -> None:
    tenth = day(11, 10)

    assert short_day(tenth) == "Tue 10 Nov"
    assert long_day(tenth) == "Tuesday 10 November"
    assert day_and_month(day(2, 1)) == "1 Feb"
    assert month_name(tenth) == "November 2026"
