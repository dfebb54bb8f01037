"""The made-up company is asked like any other source, can be unplugged, and one agent can be run more often."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.connectors.pull import PullSource, ReportedDay, ReportedRow
from bot.demo.company.people import person
from bot.demo.company.usage import KINDS
from bot.demo.connector import DemoSource, demo_sources
from bot.errors import ConnectorError
from tests.demo.larkfield import START, YESTERDAY, company

DAG = person("dag").email


def source(kind: str = "anthropic", today: date = START) -> DemoSource:
    return DemoSource(company(), kind, lambda: today)


def rows_of(day: ReportedDay) -> list[ReportedRow]:
    return [each for batch in day.batches for each in batch]


def ask(asked: PullSource, first: date, last: date) -> list[ReportedDay]:
    return list(asked.reported_days(first, last))


def costs(asked: DemoSource, first: date = YESTERDAY - timedelta(days=6), last: date = YESTERDAY) -> Counter[str]:
    sums = Counter[str]()
    for day in ask(asked, first, last):
        for account, row, _ in rows_of(day):
            sums[account or ""] += row.billed_nano_usd or 0
    return sums


def test_there_is_one_source_of_each_kind() -> None:
    sources = demo_sources(company(), lambda: START)

    assert tuple(sources) == KINDS == tuple(each.kind for each in sources.values())
    assert all(each.accounts_are_emails and each.name for each in sources.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_serves_every_day_that_is_over_and_kept(kind: str) -> None:
    served = [day.day for day in ask(source(kind), START - timedelta(days=200), START + timedelta(days=3))]

    assert served == [START - timedelta(days=back) for back in range(105, 0, -1)]
    assert ask(source(kind), START, START + timedelta(days=9)) == []


def test_days_pass_with_the_demos_clock() -> None:
    later = source(today=START + timedelta(days=7))

    assert [day.day for day in ask(later, START, START + timedelta(days=30))][-1] == START + timedelta(days=6)


def test_copilot_is_late_by_three_days_and_the_others_are_complete() -> None:
    week = (YESTERDAY - timedelta(days=6), YESTERDAY)

    assert [day.day for day in ask(source("copilot"), *week) if day.complete][-1] == date(2026, 11, 15)
    assert all(rows_of(day) for day in ask(source("copilot"), *week))
    for kind in ("anthropic", "cursor", "openai", "meshclaw"):
        assert all(day.complete for day in ask(source(kind), *week))


def test_an_unplugged_source_says_so_and_serves_what_lies_before() -> None:
    cursor = source("cursor", START + timedelta(days=7))
    cursor.unplugged = YESTERDAY
    days = cursor.reported_days(YESTERDAY, START + timedelta(days=6))

    assert next(days).day == YESTERDAY
    with pytest.raises(ConnectorError, match=r"^Cursor: no answer") as raised:
        next(days)
    assert not raised.value.permanent
    cursor.unplugged = None
    assert len(ask(cursor, YESTERDAY, START)) == 2


def test_an_inflated_agent_raises_only_its_owners_cost() -> None:
    platform = source("meshclaw")
    before = costs(platform)
    platform.inflated(DAG, 500)
    after = costs(platform)

    assert after[DAG] == 500 * before[DAG] > 0
    assert after - before == Counter({DAG: 499 * before[DAG]})


def test_what_a_person_does_at_the_keyboard_is_not_inflated() -> None:
    claude = source("anthropic")
    before = costs(claude)
    claude.inflated(DAG, 500)

    assert costs(claude) == before
    assert before[DAG] > 0


def test_an_agent_that_runs_more_often_finishes_no_more() -> None:
    plain, more = source("meshclaw"), source("meshclaw")
    first, since = START - timedelta(days=20), START - timedelta(days=10)
    more.inflated(DAG, 500, since=since)
    pairs = [
        (one.row, two.row)
        for day, other in zip(ask(plain, first, YESTERDAY), ask(more, first, YESTERDAY), strict=True)
        for one, two in zip(rows_of(day), rows_of(other), strict=True)
        if one.account == DAG
    ]

    assert any(one.runs_with_result for one, _ in pairs if one.day >= since)
    assert all(one.runs_with_result == two.runs_with_result for one, two in pairs)
    assert {two.runs for one, two in pairs if one.day >= since} == {500}
    assert all(one == two for one, two in pairs if one.day < since)


def test_an_agent_cannot_run_less_than_it_did() -> None:
    with pytest.raises(ValueError, match="cannot run less"):
        source("meshclaw").inflated(DAG, 0)
