"""Cursor's events become rows that add up to what the team used and was charged, to the nano-USD."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.cursor import CursorSource, cursor_api
from bot.connectors.estimates import PRICE_LIST, VENDOR
from bot.connectors.http import ReplyError
from bot.connectors.prices import price_book
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.money import nano_usd
from bot.domain.usage import UsageRow
from bot.errors import ConnectorError
from tests.providers.cursor import KEY, CursorTeam, event
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 13, 45, tzinfo=UTC)
DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
SAMPLE = Path(__file__).parents[1] / "providers/samples/cursor/synthetic.filtered_usage_events.json"
EMPTY = {"usageEvents": [], "pagination": {"hasNextPage": False}}


@pytest.fixture
def team() -> Iterator[CursorTeam]:
    stand = CursorTeam()
    with stand:
        yield stand


def source(team: CursorTeam, *, key: str = KEY, now: datetime = NOW, waited: list[float] | None = None) -> CursorSource:
    api = cursor_api(team.url, key, (waited if waited is not None else []).append)
    return CursorSource(api, price_book(None), lambda: now)


def asked_for(team: CursorTeam, day: date = DAY, **more: Any) -> tuple[list[ReportedRow], ReportedDay]:
    """Return the rows of one day, read to the end, and the day."""
    with closing(source(team, **more)) as cursor:
        (reported,) = cursor.reported_days(day, day)
        return [row for batch in reported.batches for row in batch], reported


def only(rows: list[ReportedRow]) -> UsageRow:
    assert len(rows) == 1
    return rows[0].row


def total(rows: list[ReportedRow], measure: str) -> int:
    return sum(getattr(each.row, measure) or 0 for each in rows)


def a_page(*events: Any, more: bool = False, total: int | None = None) -> Reply:
    return Reply({"usageEvents": list(events), "pagination": {"hasNextPage": more}, "totalUsageEventsCount": total})


def busy_day() -> list[dict[str, Any]]:
    people = [f"person{number}@example.com" for number in range(5)]
    return [
        event(NOON + timedelta(minutes=minute), people[minute % 5], chargedCents=minute / 1000, model=f"m{minute % 2}")
        for minute in range(23)
    ]


@pytest.mark.parametrize("largest_page", [8, 22, 1000])
def test_however_a_day_is_paged_it_adds_up_to_what_the_team_holds(team: CursorTeam, largest_page: int) -> None:
    team.events, team.largest_page = busy_day(), largest_page
    for revision in range(3):
        rows, day = asked_for(team)
        assert day.complete
        for one in {(each["userEmail"], each["model"]) for each in team.events}:
            billed = sum(each.row.billed_nano_usd or 0 for each in rows if (each.account, each.row.model) == one)
            assert billed == nano_usd(team.cents("chargedCents", userEmail=one[0], model=one[1]) / 100)
        held = team.tokens()
        assert total(rows, "uncached_input_tokens") == held["inputTokens"]
        assert total(rows, "cache_read_tokens") == held["cacheReadTokens"]
        assert total(rows, "cache_write_tokens") == held["cacheWriteTokens"]
        assert total(rows, "output_tokens") == held["outputTokens"]
        assert total(rows, "requests") == len(team.events)
        if revision == 1:
            team.events[3]["chargedCents"] = 0.0000001
            team.events.append(event(NOON, "person2@example.com", model="m9"))


def test_an_event_is_a_row_of_its_day(team: CursorTeam) -> None:
    team.events = [event(NOON, "Ada@Example.com ")]
    rows, day = asked_for(team)
    assert rows[0].account == "ada@example.com"
    assert only(rows) == UsageRow(
        DAY,
        "cursor",
        0,
        "cursor",
        "claude-4.5-sonnet",
        "person",
        uncached_input_tokens=126,
        cache_read_tokens=11_964,
        cache_write_tokens=6_112,
        cache_write_1h_tokens=0,
        output_tokens=450,
        requests=1,
        billed_nano_usd=213_623_200,
        list_value_nano_usd=201_823_200,
        list_value_by=VENDOR,
    )
    assert day.complete
    assert not day.flaws


@pytest.mark.parametrize(
    ("fields", "account", "run_kind"),
    [
        ({}, "ada@example.com", "person"),
        ({"isHeadless": True}, "ada@example.com", "service"),
        ({"cloudAgentId": "bc-1"}, "ada@example.com", "service"),
        ({"automationId": "a-1", "cloudAgentId": "bc-1", "isHeadless": True}, "ada@example.com", "schedule"),
        ({"serviceAccountId": "sa-1", "userEmail": None}, "sa-1", "service"),
        ({"serviceAccountId": "sa-1", "userEmail": ""}, "sa-1", "service"),
        ({"userEmail": None}, None, "person"),
    ],
)
def test_who_ran_it_and_for_whom(team: CursorTeam, fields: dict[str, Any], account: str | None, run_kind: str) -> None:
    team.events = [event(NOON, **fields)]
    rows, _ = asked_for(team)
    assert (rows[0].account, only(rows).run_kind) == (account, run_kind)


@pytest.mark.parametrize(
    ("fields", "billed"),
    [
        ({"chargedCents": 8, "isChargeable": False}, 0),  # what the seat includes is billed to nobody
        ({"chargedCents": "0.5"}, 5_000_000),
        ({"chargedCents": 21.362325678}, 213_623_257),
        ({"chargedCents": None}, None),
        ({"isChargeable": None}, None),
    ],
)
def test_what_is_billed(team: CursorTeam, fields: dict[str, Any], billed: int | None) -> None:
    team.events = [event(NOON, **fields)]
    assert only(asked_for(team)[0]).billed_nano_usd == billed


def test_an_event_without_tokens_has_unknown_tokens_and_no_list_value(team: CursorTeam) -> None:
    team.events = [event(NOON, model="default", tokenUsage=None)]
    row = only(asked_for(team)[0])
    assert (row.model, row.uncached_input_tokens, row.cache_write_1h_tokens, row.requests) == ("default", None, None, 1)
    assert (row.list_value_nano_usd, row.list_value_by) == (None, "")


def test_an_unknown_part_of_a_sum_stays_marked(team: CursorTeam) -> None:
    team.events = [event(NOON), event(NOON, chargedCents=None)]
    row = only(asked_for(team)[0])
    assert row.measure("billed_nano_usd") == (213_623_200, False)
    assert row.measure("requests") == (2, True)


def test_tokens_that_cursor_does_not_price_are_priced_by_the_list(team: CursorTeam) -> None:
    usage = {"inputTokens": 1_000_000, "outputTokens": 0, "cacheWriteTokens": 0, "cacheReadTokens": 0}
    team.events = [event(NOON, tokenUsage=usage)]
    row = only(asked_for(team)[0])
    assert (row.list_value_nano_usd, row.list_value_by) == (3_000_000_000, PRICE_LIST)


def test_identical_events_all_count_also_across_pages(team: CursorTeam) -> None:
    team.events, team.largest_page = [event(NOON)] * 3 + [event(NOON, model="other")], 2
    rows, day = asked_for(team)
    assert total(rows, "requests") == 4
    assert day.complete


def test_a_day_is_asked_for_to_its_last_millisecond(team: CursorTeam) -> None:
    start = datetime(2026, 11, 18, tzinfo=UTC)
    edges = [start - timedelta(milliseconds=1), start, start + timedelta(hours=24) - timedelta(milliseconds=1)]
    team.events = [event(when) for when in [*edges, start + timedelta(hours=24)]]
    rows, day = asked_for(team)
    assert total(rows, "requests") == 2
    assert not day.flaws


@pytest.mark.parametrize(
    ("now", "days", "complete"),
    [
        (datetime(2026, 11, 20, 13, 45, tzinfo=UTC), ["18", "19", "20"], ["18", "19"]),
        (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), ["18", "19", "20"], ["18", "19"]),
        (datetime(2026, 11, 20, 1, 59, tzinfo=UTC), ["18", "19"], ["18"]),
        (datetime(2026, 11, 20, 0, 30, tzinfo=UTC), ["18", "19"], ["18"]),
    ],
)
def test_days_are_complete_when_two_hours_over_and_today_never_is(
    team: CursorTeam, now: datetime, days: list[str], complete: list[str]
) -> None:
    found = []
    with closing(source(team, now=now)) as cursor:
        for day in cursor.reported_days(DAY, DAY + timedelta(days=9)):
            assert list(day.batches) == [[]]
            found.append(day)
    assert [f"{day.day:%d}" for day in found] == days
    assert [f"{day.day:%d}" for day in found if day.complete] == complete


def test_today_is_read_to_the_last_full_hour_an_hour_ago(team: CursorTeam) -> None:
    asked_for(team, NOW.date())
    ends = datetime.fromtimestamp((team.asked[0].json["endDate"] + 1) / 1000, UTC)
    assert ends == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "bad",
    [
        event(NOON - timedelta(hours=13)),
        event(NOON, timestamp="soon"),
        event(NOON, timestamp=None),
        event(NOON, chargedCents=-1),
        event(NOON, chargedCents="NaN"),
        event(NOON, chargedCents=1e300),
        event(NOON, tokenUsage={"inputTokens": -1}),
        event(NOON, tokenUsage={"inputTokens": 10**12 + 1}),
        event(NOON, tokenUsage="many"),
        "no event",
        None,
    ],
)
def test_an_event_that_cannot_be_used_is_left_out_and_the_day_not_complete(team: CursorTeam, bad: Any) -> None:
    team.faults.append(a_page(bad, event(NOON)))
    rows, day = asked_for(team)
    assert total(rows, "requests") == 1
    assert sum(day.flaws.values()) == 1
    assert not day.complete
    assert "ada" not in str(day.flaws)


def test_fields_may_come_and_go(team: CursorTeam) -> None:
    team.events = [{"timestamp": str(int(NOON.timestamp() * 1000)), "brandNew": {"deep": [1]}}]
    row = only(asked_for(team)[0])
    assert (row.model, row.requests, row.billed_nano_usd) == (NO_MODEL, 1, None)


def test_a_page_that_repeats_stops_the_day(team: CursorTeam) -> None:
    team.faults.extend([a_page(event(NOON), more=True), a_page(event(NOON), more=True)])
    with pytest.raises(ConnectorError, match="repeats a page"):
        asked_for(team)


def test_pages_without_events_and_without_end_stop_the_day(team: CursorTeam) -> None:
    team.faults.extend([a_page(more=True), a_page(more=True)])
    with pytest.raises(ConnectorError, match="repeats a page"):
        asked_for(team)


def test_events_that_arrive_while_the_day_is_read_leave_it_incomplete(team: CursorTeam) -> None:
    team.faults.extend([a_page(event(NOON), more=True, total=2), a_page(event(NOON, model="other"), total=3)])
    rows, day = asked_for(team)
    assert total(rows, "requests") == 2
    assert not day.complete


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("<html>sign in</html>"), "a web page instead of JSON"),
        (Reply("{"), "something else"),
        (Reply({"usageEvents": []}), "something else"),
        (Reply({"usageEvents": {}, "pagination": {"hasNextPage": False}}), "something else"),
    ],
)
def test_another_answer_is_an_error_in_one_line(team: CursorTeam, reply: Reply, said: str) -> None:
    team.faults.append(reply)
    with pytest.raises(ConnectorError, match=said):
        asked_for(team)


def test_a_revoked_key_is_told_by_its_setting_and_never_shown(team: CursorTeam) -> None:
    with pytest.raises(ReplyError, match="CURSOR_ADMIN_KEY") as error:
        asked_for(team, key="crsr_revoked")
    assert error.value.permanent
    assert "crsr_" not in str(error.value)


def test_a_plan_without_the_api_is_said_so(team: CursorTeam) -> None:
    team.is_enterprise = False
    with pytest.raises(ReplyError, match="the plan does not have it"):
        asked_for(team)


def test_a_busy_team_is_asked_again_when_it_says_and_else_later_and_later(team: CursorTeam) -> None:
    team.events = [event(NOON)]
    team.faults.extend([Reply({}, 429, {"Retry-After": "7"}), Reply({}, 503), Reply(EMPTY, 429)])
    waited: list[float] = []
    rows, _ = asked_for(team, waited=waited)
    assert total(rows, "requests") == 1
    assert {7.0, 4.0, 8.0} <= set(waited)


def test_the_sample_adds_up(team: CursorTeam) -> None:
    team.faults.append(Reply(SAMPLE.read_bytes()))
    rows, day = asked_for(team, date(2026, 11, 10))
    assert not day.flaws
    kinds = sorted((each.row.run_kind, each.row.model, each.row.billed_nano_usd) for each in rows)
    assert kinds == [
        ("person", "claude-4.5-sonnet", 213_623_200),
        ("person", "default", 0),
        ("schedule", "gpt-5.5", 13_000_000),
    ]
