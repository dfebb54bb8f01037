"""Cursor names its members by mail, and only limits of one person alone are anybody's allowance."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.connectors.cursor import CursorSource, cursor_api
from bot.connectors.prices import price_book
from bot.connectors.pull import Allowance, Finding, ListedAccount
from bot.errors import ConnectorError
from tests.providers.cursor import KEY, CursorTeam, event, spender
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 13, 45, tzinfo=UTC)


@pytest.fixture
def team() -> Iterator[CursorTeam]:
    stand = CursorTeam()
    with stand:
        yield stand


@pytest.fixture
def cursor(team: CursorTeam) -> Iterator[CursorSource]:
    with closing(CursorSource(cursor_api(team.url, KEY, lambda _: None), price_book(None), lambda: NOW)) as source:
        yield source


def test_members_are_listed_by_their_mail_and_those_who_left_too(team: CursorTeam, cursor: CursorSource) -> None:
    team.members = [
        {"id": "user_1", "name": "Ada", "email": "Ada@Example.com", "role": "owner", "isRemoved": False},
        {"id": 2, "email": "bo@example.com", "isRemoved": True},
        {"id": 3, "email": None},
    ]
    assert list(cursor.accounts()) == [
        ListedAccount("ada@example.com", "ada@example.com"),
        ListedAccount("bo@example.com", "bo@example.com"),
    ]


@pytest.mark.parametrize(
    ("fields", "limit_usd"),
    [
        ({"effectivePerUserLimitDollars": 100, "monthlyLimitDollars": 200, "hardLimitOverrideDollars": 100}, 100),
        ({"effectivePerUserLimitDollars": 50}, 50),
        ({"monthlyLimitDollars": 200, "hardLimitOverrideDollars": 0}, 200),
        ({"monthlyLimitDollars": 200, "hardLimitOverrideDollars": 80}, 80),
        ({"monthlyLimitDollars": None, "hardLimitOverrideDollars": 0}, None),
        ({"effectivePerUserLimitDollars": 0, "monthlyLimitDollars": 200}, None),
        ({"effectivePerUserLimitDollars": "NaN"}, None),
        ({"monthlyLimitDollars": 200, "email": None}, None),
        ({"monthlyLimitDollars": 200, "overallSpendCents": None, "spendCents": None}, None),
    ],
)
def test_the_limit_that_is_enforced_for_one_person(
    team: CursorTeam, cursor: CursorSource, fields: dict[str, Any], limit_usd: int | None
) -> None:
    team.spenders = [spender("ada@example.com", **fields)]
    assert [found.limit_nano_usd for found in cursor.allowances()] == ([] if limit_usd is None else [limit_usd * 10**9])


def test_all_that_was_spent_counts_and_where_it_is_not_told_what_is_beyond_the_seat(
    team: CursorTeam, cursor: CursorSource
) -> None:
    limit = {"effectivePerUserLimitDollars": 20}
    team.spenders = [
        spender("Ada@example.com", **limit, overallSpendCents=1234.5678, spendCents=34.5),
        spender("bo@example.com", **limit, overallSpendCents=None, spendCents=34.5),
    ]
    team.largest_page = 1
    first, last = date(2026, 10, 31), date(2026, 11, 29)
    assert list(cursor.allowances()) == [
        Allowance("ada@example.com", 20 * 10**9, 12_345_678_000, first, last),
        Allowance("bo@example.com", 20 * 10**9, 345_000_000, first, last),
    ]


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), date(2026, 2, 27)),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2024, 2, 29, tzinfo=UTC), date(2024, 3, 28)),
    ],
)
def test_a_cycle_is_a_month_long(team: CursorTeam, cursor: CursorSource, start: datetime, last: date) -> None:
    team.spenders, team.cycle_start = [spender("ada@example.com", monthlyLimitDollars=5)], start
    (found,) = cursor.allowances()
    assert (found.first, found.last) == (start.date(), last)


def test_a_page_of_limits_that_repeats_is_an_error(team: CursorTeam, cursor: CursorSource) -> None:
    page = {"teamMemberSpend": [spender("ada@example.com")], "subscriptionCycleStart": 1794268800000, "totalPages": 3}
    team.faults.extend([Reply(page), Reply(page)])
    with pytest.raises(ConnectorError, match="repeats a page"):
        list(cursor.allowances())


def test_findings_say_what_the_key_may_read(team: CursorTeam, cursor: CursorSource) -> None:
    team.events = [event(datetime(2026, 11, 20, 8, tzinfo=UTC))]
    assert list(cursor.findings()) == [
        Finding("ok", "usage and cost; events in the 24 hours to 12:00 UTC: 1"),
        Finding("ok", "members: 0"),
        Finding("ok", "spend limits of members"),
    ]
    assert len(team.asked) == 3


def test_findings_never_raise(team: CursorTeam, cursor: CursorSource) -> None:
    team.is_enterprise = False
    found = list(cursor.findings())
    assert [each.state for each in found] == ["to do"] * 3
    assert all("403" in each.text for each in found)


def test_events_may_be_asked_for_at_a_pace_of_their_own(team: CursorTeam) -> None:
    waited: list[float] = []
    apis = [cursor_api(team.url, KEY, waited.append, per_minute) for per_minute in (20, 60)]
    with closing(CursorSource(apis[0], price_book(None), lambda: NOW, events=apis[1])) as cursor:
        for day in cursor.reported_days(date(2026, 11, 17), date(2026, 11, 19)):
            assert list(day.batches) == [[]]
    assert waited
    assert max(waited) < 3
