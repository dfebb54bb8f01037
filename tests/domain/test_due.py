"""A message is due by its reader's own clock, whatever that does in spring and autumn, and never in their night."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.due import QUIET_FROM_HOUR, QUIET_TO_HOUR, after_quiet_hours, local_hour, noon_of, spread, zone

ZONES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "UTC",
)
MOMENTS: Final = st.integers(0, 6 * 366 * 86400).map(lambda s: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@pytest.mark.parametrize(
    ("day", "hour", "tz", "expected"),
    [
        (date(2026, 11, 24), 9, "Europe/Berlin", "2026-11-24T08:00"),
        (date(2026, 7, 7), 9, "Europe/Berlin", "2026-07-07T07:00"),
        (date(2026, 3, 29), 2, "Europe/Berlin", "2026-03-29T01:00"),  # 02:00 is skipped
        (date(2026, 10, 25), 2, "Europe/Berlin", "2026-10-25T00:00"),  # 02:00 comes twice
        (date(2026, 3, 8), 2, "America/New_York", "2026-03-08T07:00"),
        (date(2026, 4, 5), 9, "Australia/Lord_Howe", "2026-04-04T22:30"),
        (date(2026, 12, 31), 23, "Pacific/Kiritimati", "2026-12-31T09:00"),
        (date(2028, 2, 29), 9, "Asia/Kathmandu", "2028-02-29T03:15"),
        (date(2026, 11, 24), 9, "Mars/Olympus_Mons", "2026-11-24T09:00"),
        (date(2026, 11, 24), 9, "", "2026-11-24T09:00"),
        (date(2026, 11, 24), 9, "../../etc/passwd", "2026-11-24T09:00"),
        (date(2026, 11, 24), 9, "Europe", "2026-11-24T09:00"),
    ],
)
def test_an_hour_is_an_hour_of_the_readers_clock(day: date, hour: int, tz: str, expected: str) -> None:
    assert local_hour(day, hour, tz).isoformat(timespec="minutes") == f"{expected}+00:00"


@pytest.mark.parametrize(
    ("at", "tz", "expected"),
    [
        ("2026-11-19T09:40", "Europe/Berlin", "2026-11-19T09:40"),
        ("2026-11-19T06:00", "Europe/Berlin", "2026-11-19T06:00"),  # 07:00 there
        ("2026-11-19T05:59", "Europe/Berlin", "2026-11-19T06:00"),
        ("2026-11-19T20:00", "Europe/Berlin", "2026-11-20T06:00"),  # 21:00 there
        ("2026-11-19T19:59", "Europe/Berlin", "2026-11-19T19:59"),
        ("2026-11-19T09:40", "America/New_York", "2026-11-19T12:00"),
        ("2026-12-31T22:00", "Europe/Berlin", "2027-01-01T06:00"),
        ("2026-03-28T22:00", "Europe/Berlin", "2026-03-29T05:00"),  # the night in which the clock goes forward
        ("2026-10-24T21:00", "Europe/Berlin", "2026-10-25T06:00"),  # and back
        ("2026-11-19T03:00", "Nowhere/Atall", "2026-11-19T07:00"),
    ],
)
def test_in_somebodys_night_it_waits_for_the_morning(at: str, tz: str, expected: str) -> None:
    found = after_quiet_hours(datetime.fromisoformat(f"{at}+00:00"), tz)

    assert found.isoformat(timespec="minutes") == f"{expected}+00:00"


@given(MOMENTS, st.sampled_from(ZONES))
def test_what_goes_is_never_early_never_at_night_and_at_most_a_night_late(at: datetime, tz: str) -> None:
    found = after_quiet_hours(at, tz)

    assert at <= found <= at + timedelta(hours=11)
    assert QUIET_TO_HOUR <= found.astimezone(zone(tz)).hour < QUIET_FROM_HOUR
    assert after_quiet_hours(found, tz) == found


@pytest.mark.parametrize(
    ("at", "tz", "expected"),
    [
        ("2026-11-19T09:40", "Europe/Berlin", "2026-11-19T11:00"),
        ("2026-11-19T15:00", "Europe/Berlin", "2026-11-19T11:00"),
        ("2026-11-19T23:30", "Europe/Berlin", "2026-11-20T11:00"),  # it is tomorrow there
        ("2026-11-19T02:00", "America/New_York", "2026-11-18T17:00"),  # and yesterday there
    ],
)
def test_noon_is_that_of_the_readers_day(at: str, tz: str, expected: str) -> None:
    assert noon_of(datetime.fromisoformat(f"{at}+00:00"), tz).isoformat(timespec="minutes") == f"{expected}+00:00"


@given(st.binary(min_size=16, max_size=16))
def test_everybody_has_a_place_of_their_own_within_the_hour(mark: bytes) -> None:
    assert timedelta() <= spread(mark.hex()) < timedelta(hours=1)
    assert spread(mark.hex()) == spread(mark.hex())


def test_a_crowd_is_spread_evenly() -> None:
    minutes = [spread(f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}") // timedelta(minutes=10) for number in range(6000)]

    assert all(800 < minutes.count(part) < 1200 for part in range(6))
