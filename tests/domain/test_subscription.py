"""When a weekly note is due: by local clocks, once a week, through every change of clocks and of place."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.due import zone
from bot.domain.iso_week import IsoWeek, parse_iso_week, week_of
from bot.domain.people import Delivered
from bot.domain.subscription import (
    HOUR,
    LONG_WANTED,
    LONGEST_WAIT,
    MODE,
    SINCE,
    SNOOZED,
    WEEKDAY,
    Subscription,
    Usual,
    behind,
    covered_week,
    is_offered,
    is_zone,
    kinds_due,
    last_due,
    may_wait,
    next_due,
    parse_hour,
    parse_weekday,
    subscription_in,
    usual_time,
)

TUESDAY_NINE = Subscription("button", 1, 9)
WEEK_46 = IsoWeek(date(2026, 11, 9))
USUAL = Usual(1, 9)
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "UTC",
    "Pacific/Auckland", "Pacific/Kiritimati", "America/Los_Angeles", "Mars/Olympus",
)  # fmt: skip
moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
subscribed = st.builds(
    lambda weekday, hour: Subscription("button", weekday, hour), st.integers(0, 6), st.integers(0, 23)
)
zones = st.sampled_from(ZONES)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "now", "due"),
    [
        ("Europe/Berlin", "2026-11-19T09:40", "2026-11-24T08:00"),
        ("Europe/Berlin", "2026-11-24T07:59", "2026-11-24T08:00"),
        ("Europe/Berlin", "2026-11-24T08:00", "2026-12-01T08:00"),
        ("America/New_York", "2026-11-19T09:40", "2026-11-24T14:00"),
        ("Asia/Kolkata", "2026-11-19T09:40", "2026-11-24T03:30"),
        ("Pacific/Auckland", "2026-11-19T09:40", "2026-11-23T20:00"),
        ("Pacific/Kiritimati", "2026-11-19T09:40", "2026-11-23T19:00"),
        ("Europe/Berlin", "2026-03-25T00:00", "2026-03-31T07:00"),  # summer time began on the Sunday between
        ("Europe/Berlin", "2026-10-21T00:00", "2026-10-27T08:00"),  # and ended on this one
        ("Mars/Olympus", "2026-11-19T09:40", "2026-11-24T09:00"),
        ("Europe/Berlin", "2026-12-24T00:00", "2026-12-29T08:00"),
    ],
)
def test_the_next_note_is_due_at_the_hour_of_the_persons_own_clock(tz: str, now: str, due: str) -> None:
    assert next_due(TUESDAY_NINE, tz, utc(now)) == utc(due)


@pytest.mark.parametrize(
    ("tz", "weekday", "hour", "now", "due", "local"),
    [
        ("Europe/Berlin", 6, 2, "2026-03-28T00:00", "2026-03-29T01:00", "2026-03-29T03:00"),  # 2:00 does not exist
        ("Europe/Berlin", 6, 2, "2026-10-24T00:00", "2026-10-25T00:00", "2026-10-25T02:00"),  # it comes twice
        ("America/New_York", 6, 2, "2026-03-07T00:00", "2026-03-08T07:00", "2026-03-08T03:00"),
        ("Australia/Lord_Howe", 6, 2, "2026-10-03T00:00", "2026-10-03T15:30", "2026-10-04T02:30"),
    ],
)
def test_on_the_days_on_which_clocks_change_the_note_comes_once(
    tz: str, weekday: int, hour: int, now: str, due: str, local: str
) -> None:
    chosen = TUESDAY_NINE._replace(weekday=weekday, hour=hour)
    found = next_due(chosen, tz, utc(now))

    assert found == utc(due)
    assert found.astimezone(zone(tz)).replace(tzinfo=None).isoformat(timespec="minutes") == local
    assert next_due(chosen, tz, found) - found > timedelta(days=6, hours=22)


@given(subscribed, zones, moments)
def test_one_note_follows_the_other_week_by_week(chosen: Subscription, tz: str, now: datetime) -> None:
    first = next_due(chosen, tz, now)
    second = next_due(chosen, tz, first)

    assert now < first <= now + timedelta(days=7, hours=2)
    assert last_due(chosen, tz, first) == first
    assert last_due(chosen, tz, second - timedelta(seconds=1)) == first
    assert covered_week(second, tz) == IsoWeek(covered_week(first, tz).monday + timedelta(weeks=1))


@given(subscribed, zones, moments)
def test_since_when_it_is_wanted_makes_no_difference_once_that_is_long_ago(
    chosen: Subscription, tz: str, now: datetime
) -> None:
    assert last_due(chosen._replace(since=now - LONG_WANTED), tz, now) == last_due(chosen, tz, now) is not None


@given(subscribed, zones, moments)
def test_a_note_is_about_a_week_that_is_over(chosen: Subscription, tz: str, now: datetime) -> None:
    due = next_due(chosen, tz, now)
    week = covered_week(due, tz)

    assert timedelta(days=1) <= due.date() - week.sunday <= timedelta(days=8)


@settings(max_examples=25)
@given(st.lists(st.tuples(zones, subscribed), min_size=5, max_size=5), moments)
def test_who_moves_or_changes_the_day_misses_no_week(stays: list[tuple[str, Subscription]], now: datetime) -> None:
    """Each note goes out under its week, so that none comes twice; looked at every hour for five weeks."""
    planned = set()
    for hour in range(5 * 7 * 24):
        tz, chosen = stays[hour // (7 * 24)]
        due = last_due(chosen, tz, now + timedelta(hours=hour))
        assert due is not None
        planned.add(covered_week(due, tz).monday)

    weeks = (max(planned) - min(planned)).days // 7 + 1
    assert len(planned) == weeks
    assert weeks >= 4


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, "2026-11-17T08:00"),
        ({"mode": "figures"}, "2026-11-17T08:00"),
        ({"mode": "none"}, None),
        ({"mode": None}, None),
        ({"since": utc("2026-11-17T07:00")}, "2026-11-17T08:00"),
        ({"since": utc("2026-11-17T08:01")}, None),
        ({"snoozed_until": date(2026, 11, 17)}, "2026-11-17T08:00"),
        ({"snoozed_until": date(2026, 11, 18)}, None),
        ({"snoozed_until": date(2026, 12, 17)}, None),
    ],
)
def test_no_note_is_due_unwanted_snoozed_or_of_before_it_was_wanted(changes: dict[str, Any], due: str | None) -> None:
    found = last_due(TUESDAY_NINE._replace(**changes), "Europe/Berlin", utc("2026-11-19T09:40"))

    assert found == (utc(due) if due else None)


def test_a_snooze_is_slept_through() -> None:
    resting = TUESDAY_NINE._replace(snoozed_until=date(2026, 12, 17))

    assert next_due(resting, "Europe/Berlin", utc("2026-11-19T09:40")) == utc("2026-12-22T08:00")


def test_a_note_waits_for_36_hours_and_no_longer() -> None:
    due = utc("2026-11-17T08:00")

    assert may_wait(due, due)
    assert may_wait(due, due + LONGEST_WAIT - timedelta(seconds=1))
    assert not may_wait(due, due + LONGEST_WAIT)


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("2026-11-15T23:59", []),
        ("2026-11-16T00:00", ["cursor"]),
        ("2026-11-18T23:59", ["cursor"]),
        ("2026-11-19T00:00", ["copilot", "cursor"]),
    ],
)
def test_a_source_that_always_arrives_late_is_not_waited_for(now: str, kinds: list[str]) -> None:
    assert kinds_due(["copilot", "cursor"], WEEK_46, utc(now)) == kinds


def test_what_has_not_told_of_the_whole_week_is_behind() -> None:
    def told(kind: str, last_day: date) -> Delivered:
        return Delivered(kind, 1, "company", date(2026, 8, 1), last_day, utc("2026-11-19T09:00"))

    whole, late = told("cursor", date(2026, 11, 15)), told("anthropic", date(2026, 11, 14))
    own = told("ccusage", date(2026, 11, 2))

    assert behind([whole, late, own], ["cursor", "anthropic"], WEEK_46) == [late]


@pytest.mark.parametrize(
    ("mode", "on_since", "offered"),
    [
        (None, date(2026, 11, 19), True),
        (None, date(2026, 11, 5), True),
        (None, date(2026, 11, 4), False),
        (None, None, False),
        ("none", date(2026, 11, 19), False),
        ("button", date(2026, 11, 19), False),
    ],
)
def test_the_note_is_offered_again_for_14_days_to_who_has_not_said(
    mode: str | None, on_since: date | None, *, offered: bool
) -> None:
    chosen = TUESDAY_NINE._replace(mode=mode)  # type: ignore[arg-type]

    assert is_offered(chosen, on_since, date(2026, 11, 19)) == offered


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ({}, Subscription(None, 1, 9)),
        ({MODE: "button"}, Subscription("button", 1, 9)),
        ({MODE: "weekly"}, Subscription(None, 1, 9)),
        ({MODE: "figures", WEEKDAY: "4", HOUR: "16"}, Subscription("figures", 4, 16)),
        ({MODE: "none", WEEKDAY: "7", HOUR: "24"}, Subscription("none", 1, 9)),
        ({WEEKDAY: "-1", HOUR: "9.5"}, Subscription(None, 1, 9)),
        ({WEEKDAY: "²", HOUR: ""}, Subscription(None, 1, 9)),
        ({SNOOZED: "2026-12-17"}, Subscription(None, 1, 9, None, date(2026, 12, 17))),
        ({SNOOZED: "soon", SINCE: "once"}, Subscription(None, 1, 9)),
        ({SINCE: "2026-11-01T08:00:00+00:00"}, Subscription(None, 1, 9, utc("2026-11-01T08:00"))),
        ({SINCE: "2026-11-01T08:00:00"}, Subscription(None, 1, 9)),
    ],
)
def test_settings_that_cannot_be_used_are_as_usual(kept: dict[str, str], found: Subscription) -> None:
    assert subscription_in(kept, USUAL) == found


@pytest.mark.parametrize(("word", "weekday"), [("monday", 0), ("Sunday", 6), ("tue", None), ("", None), ("0", None)])
def test_weekdays_are_named_in_full(word: str, weekday: int | None) -> None:
    assert parse_weekday(word) == weekday


@pytest.mark.parametrize(
    ("word", "hour"),
    [("7", 7), ("20", 20), ("09", 9), ("6", None), ("21", None), ("-9", None), ("", None), ("9.", None)],
)
def test_nobody_can_choose_an_hour_of_the_night(word: str, hour: int | None) -> None:
    assert parse_hour(word) == hour


def test_the_policys_weekday_is_understood() -> None:
    assert usual_time("friday", 16) == Usual(4, 16)


def test_a_zone_that_is_no_more_is_known_to_be_none() -> None:
    assert [is_zone(name) for name in ("Europe/Berlin", "UTC", "Mars/Olympus", "", "../etc", "Europe")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "monday"),
    [
        ("2026-W46", date(2026, 11, 9)),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W53", None),
        ("2026-W00", None),
        ("2026-W54", None),
        ("2026-W4", None),
        ("2026-W46 ", None),
        ("२०२६-W46", None),
        ("", None),
    ],
)
def test_a_week_is_understood_by_its_iso_word(word: str, monday: date | None) -> None:
    found = parse_iso_week(word)

    assert (found and found.monday) == monday
    assert found is None or found.word == word


@given(st.dates(date(2000, 1, 3), date(2099, 12, 20)))
def test_every_day_lies_in_the_week_whose_word_leads_back_to_it(day: date) -> None:
    week = week_of(day)

    assert week.period.contains(day)
    assert parse_iso_week(week.word) == week
