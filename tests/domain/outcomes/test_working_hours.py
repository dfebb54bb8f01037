"""Working time is Monday to Friday, nine to five, by the clocks of one time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.working_hours import working_minutes

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """Return a time of November 2026 in UTC; the 16th is a Monday."""
    return datetime.fromisoformat(f"2026-11-{text}+00:00")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("16T09:00", "16T17:00", 480),
        ("16T10:15", "16T10:45", 30),
        ("16T10:15:40", "16T10:16:30", 0),  # whole minutes
        ("16T07:00", "16T09:30", 30),
        ("16T16:30", "16T23:00", 30),
        ("16T16:30", "17T09:30", 60),  # the night does not count
        ("20T16:00", "23T10:00", 120),  # nor does the weekend
        ("21T03:00", "22T20:00", 0),
        ("21T03:00", "23T09:01", 1),
        ("16T09:00", "23T09:00", 2400),
        ("16T09:00", "30T12:00", 4980),
        ("16T12:00", "16T12:00", 0),
        ("16T12:00", "16T11:00", 0),
    ],
)
def test_working_minutes(start: str, end: str, minutes: int) -> None:
    assert working_minutes(at(start), at(end), UTC) == minutes


@pytest.mark.parametrize(
    ("start", "end", "zone", "minutes"),
    [
        ("2026-11-16T08:00+00:00", "2026-11-16T16:00+00:00", "Europe/Berlin", 480),
        ("2026-11-16T08:00+00:00", "2026-11-16T16:00+00:00", "America/New_York", 120),
        ("2026-11-15T23:30+00:00", "2026-11-16T01:00+00:00", "Asia/Tokyo", 60),  # Monday 8:30 to 10:00 there
        ("2026-10-23T16:00+02:00", "2026-10-26T10:00+01:00", "Europe/Berlin", 120),  # the clocks went back between
        ("2026-03-27T16:00+01:00", "2026-03-30T10:00+02:00", "Europe/Berlin", 120),  # and forward
    ],
)
def test_it_is_by_the_clocks_of_the_zone(start: str, end: str, zone: str, minutes: int) -> None:
    assert working_minutes(datetime.fromisoformat(start), datetime.fromisoformat(end), ZoneInfo(zone)) == minutes


@pytest.mark.parametrize("naive", [(True, False), (False, True)])
def test_a_time_without_a_zone_is_refused(naive: tuple[bool, bool]) -> None:
    start, end = (datetime(2026, 11, 16, 9, tzinfo=None if each else UTC) for each in naive)

    with pytest.raises(ValueError, match="a time without a zone"):
        working_minutes(start, end, UTC)


times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - Hypothesis wants them naive
    lambda each: each.replace(second=0, microsecond=0, tzinfo=UTC)
)


@given(times, st.integers(0, 20_000), st.integers(0, 20_000), st.sampled_from([UTC, BERLIN]))
def test_two_spans_add_up_to_the_whole(start: datetime, first: int, second: int, zone: ZoneInfo) -> None:
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)

    whole = working_minutes(start, end, zone)
    assert working_minutes(start, middle, zone) + working_minutes(middle, end, zone) == whole
    assert whole <= first + second


@given(times, st.integers(0, 3000))
def test_it_counts_the_minutes_one_by_one(start: datetime, length: int) -> None:
    minutes = (start + timedelta(minutes=number) for number in range(length))
    worked = sum(minute.isoweekday() <= 5 and 9 <= minute.hour < 17 for minute in minutes)

    assert working_minutes(start, start + timedelta(minutes=length), UTC) == worked
