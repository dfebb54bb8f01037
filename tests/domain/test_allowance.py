"""When a limit of one's own is used up early: said in time, never without reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowance import Allowance, Stated, ends_early_on

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
spent = st.integers(1, 10**15)
moments = st.timedeltas(timedelta(0), 40 * DAY).map(lambda passed: BEGIN + passed)


def ends(limit: int, spent: int, days: float, *, silent: timedelta = timedelta(0)) -> date | None:
    """Return when it ends, stated so many days into November and asked about after a silence."""
    seen_at = BEGIN + days * DAY
    return ends_early_on(Stated("cursor", Allowance(limit, spent, FIRST, LAST), seen_at), seen_at + silent)


@pytest.mark.parametrize(
    ("limit", "spent", "days", "day"),
    [
        (240, 100, 10, 24),
        (241, 100, 10, 25),
        (120, 100, 10, 12),
        (290, 100, 10, 29),
        (291, 100, 10, None),  # on the last day: it lasts
        (1000, 100, 10, None),
        (100, 100, 10, 11),  # used up when it was stated: today
        (100, 900, 10, 11),
        (30, 10, 3, 9),
        (30, 10, 2.99, None),
        (0, 10, 10, None),
        (30, 0, 10, None),
        (30, -5, 10, None),
        (240, 105, 10.5, 24),
        (10**15, 1, 10, None),
        (10, 100, 28, 29),
        (10, 100, 29, None),
    ],
)
def test_it_ends_where_the_path_reaches_the_limit(limit: int, spent: int, days: float, day: int | None) -> None:
    assert ends(limit, spent, days) == (None if day is None else date(2026, 11, day))


@pytest.mark.parametrize(("silent", "day"), [(2 * DAY, 24), (2 * DAY + timedelta(seconds=1), None)])
def test_what_was_stated_long_ago_says_nothing(silent: timedelta, day: int | None) -> None:
    assert ends(240, 100, 10, silent=silent) == (None if day is None else date(2026, 11, day))


def test_a_day_that_is_past_is_never_named() -> None:
    assert ends(100, 100, 10.9, silent=DAY) == date(2026, 11, 12)


@given(spent, spent, spent, moments)
def test_more_spent_never_ends_later(limit: int, less: int, more: int, at: datetime) -> None:
    less, more = sorted((less, more))
    slow = ends_early_on(Stated("cursor", Allowance(limit, less, FIRST, LAST), at), at)
    fast = ends_early_on(Stated("cursor", Allowance(limit, more, FIRST, LAST), at), at)

    assert slow is None or (fast is not None and fast <= slow)


@given(spent, spent, moments, st.timedeltas(timedelta(0), 2 * DAY))
def test_what_is_said_lies_ahead_of_the_last_day(limit: int, used: int, at: datetime, silent: timedelta) -> None:
    now = at + silent
    day = ends_early_on(Stated("cursor", Allowance(limit, used, FIRST, LAST), at), now)

    assert day is None or now.date() <= day < LAST
    assert day is None or at - BEGIN >= 3 * DAY
