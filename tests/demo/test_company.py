"""The whole company is plausible, adds up, and is the same every time."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.connectors.pull import ReportedRow
from bot.demo.company.jobs import UNOWNED
from bot.demo.company.people import DOMAIN, everybody, person
from bot.demo.company.presence import is_holiday, on_vacation
from bot.demo.company.usage import KINDS, Company
from bot.domain.pricing import Tokens, list_value_nano_usd
from bot.domain.usage import RUN_KINDS, UsageRow
from tests.demo.larkfield import START, YESTERDAY, billed, company, days, reported, rows_of
from tests.senders import PRICES

NANO = 10**9


def use(when: list[date]) -> list[ReportedRow]:
    return [each for each in reported(when) if not each.row.is_seat]


def list_value(row: UsageRow) -> int | None:
    tokens = Tokens(
        row.uncached_input_tokens,
        row.cache_read_tokens,
        row.cache_write_tokens,
        row.cache_write_1h_tokens,
        row.output_tokens,
    )
    return list_value_nano_usd(tokens, PRICES("", row.model, row.day, row.tier))


def test_the_same_seed_and_day_tell_the_same_in_any_order() -> None:
    again = Company(START, PRICES)

    assert [again.day(day) for day in days(1) + days(105, 105)] == [
        company().day(day) for day in days(1) + days(105, 105)
    ]
    assert Company(START, PRICES, seed=7).day(YESTERDAY) != company().day(YESTERDAY)


def test_a_days_rows_are_all_of_that_day_source_and_company() -> None:
    known = {each.email for each in everybody()} | {f"{UNOWNED}@{DOMAIN}"}
    for kind in KINDS:
        for day in days(105)[::9]:
            told = company().rows(kind, day)
            assert {(each.row.day, each.row.source, each.row.source_id) for each in told} <= {(day, kind, 0)}
            assert {each.account for each in told} <= known


def test_no_source_says_the_same_twice() -> None:
    keys = Counter(
        (each.account, row.day, row.source, row.tool, row.model, row.run_kind, row.work, row.tier)
        for each in reported(days(28))
        for row in (each.row,)
    )

    assert max(keys.values()) == 1


def test_what_is_billed_per_use_is_exactly_the_list_price_of_its_tokens() -> None:
    rows = [each.row for each in reported(days(14)) if each.row.source in {"anthropic", "meshclaw"}]

    assert rows
    assert all(row.billed_nano_usd == row.list_value_nano_usd == list_value(row) for row in rows)


def test_cursor_bills_whole_cents_and_tells_some_tokens() -> None:
    rows = [each.row for each in reported(days(14)) if each.row.source == "cursor"]

    assert all((row.billed_nano_usd or 1) % (NANO // 100) == 0 for row in rows)
    assert {row.model: row.output_tokens is None for row in rows} == {"claude-4.5-sonnet": False, "composer-1": True}


def test_codex_is_not_billed_and_one_model_has_no_price() -> None:
    rows = [each.row for each in reported(days(28)) if each.row.source == "openai"]
    unpriced = [row for row in rows if row.list_value_nano_usd is None]

    assert {row.billed_nano_usd for row in rows} == {None}
    assert {row.model for row in unpriced} == {"falcon-preview-2"}
    assert {row.model for row in rows} == {"gpt-5-codex", "falcon-preview-2"}
    assert sum(row.requests or 0 for row in unpriced) > 20
    assert 1 < len({each.account for each in reported(days(28)) if each.row.model == "falcon-preview-2"}) < 6


def test_seats_of_a_month_come_to_its_price() -> None:
    october = [date(2026, 10, 1) + timedelta(days=more) for more in range(31)]

    assert billed(row for row in rows_of("ana", october) if row.is_seat) == 19 * NANO
    assert 70 < len({each.account for each in reported(days(1)) if each.row.is_seat}) < 130


def test_sums_by_source_are_those_of_a_company_this_size() -> None:
    sums = Counter[str]()
    for each in reported(days(28)):
        sums[each.row.source] += each.row.billed_nano_usd or 0
    usd = {kind: nano // NANO for kind, nano in sums.items()}

    assert 8_000 < usd["anthropic"] < 11_000
    assert 2_500 < usd["cursor"] < 3_500
    assert 1_500 < usd["copilot"] < 2_200
    assert 800 < usd["meshclaw"] < 1_800
    assert usd["openai"] == 0


def test_spend_is_skewed_between_people() -> None:
    sums = Counter[str | None]()
    for each in use(days(28)):
        sums[each.account] += each.row.billed_nano_usd or 0
    ordered = sorted(sums.values(), reverse=True)
    top_tenth = sum(ordered[: len(ordered) // 10]) / sum(ordered)

    assert 0.4 < top_tenth < 0.75
    assert 4 < ordered[len(ordered) // 10] / ordered[len(ordered) // 2] < 15
    assert len(ordered) > 100


def test_weekends_and_holidays_are_lower_and_use_grows() -> None:
    by_day = Counter[date]()
    for each in use(days(98)):
        by_day[each.row.day] += each.row.billed_nano_usd or 0
    weekdays = sorted(nano for day, nano in by_day.items() if day.weekday() < 5)
    weekends = sorted(nano for day, nano in by_day.items() if day.weekday() > 4)

    assert weekends[len(weekends) // 2] < weekdays[len(weekdays) // 2] / 4
    assert sum(by_day[day] for day in days(28)) > 1.05 * sum(by_day[day] for day in days(98, 71))


def test_people_are_away_on_holidays_and_on_vacation() -> None:
    draws = company()._draws
    away = [day for day in days(105) if on_vacation(person("rui"), day, draws)]
    portuguese = date(2026, 10, 5)

    assert is_holiday(portuguese, person("rui").tz)
    assert not any(row.run_kind == "person" for row in rows_of("rui", [portuguese]))
    assert not any(row.run_kind == "person" for row in rows_of("rui", away))
    assert sum(any(on_vacation(each, day, draws) for day in days(105)) for each in everybody()) > 80
    assert is_holiday(date(2026, 11, 26), "America/New_York")
    assert is_holiday(date(2026, 8, 31), "Europe/London")


def test_work_runs_on_its_own_in_many_ways_day_and_night() -> None:
    rows = [each.row for each in reported(days(28))]

    assert {row.run_kind for row in rows} == set(RUN_KINDS)
    assert all((row.runs or 0) >= (row.runs_with_result or 0) for row in rows if row.source == "meshclaw")
    assert all((row.requests or 0) >= (row.failed_requests or 0) for row in rows)
    assert any(row.failed_requests for row in rows)
    assert all(0 < (row.requests or 0) < 10_000 for row in rows if not row.is_seat)


def test_some_work_is_cached_and_some_is_not() -> None:
    def share_read(handle: str) -> float:
        rows = [row for row in rows_of(handle, days(28)) if row.tool == "claude-code"]
        read = sum(row.cache_read_tokens or 0 for row in rows)
        return read / (read + sum((row.uncached_input_tokens or 0) + (row.cache_write_tokens or 0) for row in rows))

    assert share_read("rui") > 0.9
    assert share_read("teo") < 0.5


def test_an_account_belongs_to_nobody() -> None:
    rows = [each.row for each in reported(days(28)) if each.account == f"{UNOWNED}@{DOMAIN}"]

    assert f"{UNOWNED}@{DOMAIN}" not in {each.email for each in everybody()}
    assert 0.02 < billed(rows) / billed(each.row for each in reported(days(28))) < 0.06


def test_days_after_the_start_go_on_alike() -> None:
    later = [START + timedelta(days=more) for more in range(28)]
    ratio = billed(each.row for each in reported(later)) / billed(each.row for each in reported(days(28)))

    assert ratio == pytest.approx(1, abs=0.2)
    assert billed(rows_of("ana", later)) == pytest.approx(180 * NANO, rel=0.2)
    assert company().rows("anthropic", START - timedelta(days=106)) == ()
