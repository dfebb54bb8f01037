"""The figures that the demo tells come out of token counts, to the cent."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import exp, log, sqrt
from statistics import median

import pytest

from bot.connectors.overlaps import load_overlaps
from bot.demo.company.ana import Ana
from bot.demo.company.ana_ledger import expensive_tuesday
from bot.demo.company.draws import Draws
from bot.demo.company.habits import HEAVY
from bot.demo.company.jobs import runaway_began, runaway_day
from bot.demo.company.people import everybody
from bot.demo.company.usage import HISTORY_DAYS, SEAT_USD, SEED
from bot.domain.counting import count_once
from bot.domain.day import DayAnswer, explain_day
from bot.domain.money import NANO_PER_USD, seat_share_nano_usd
from bot.domain.period import Period
from bot.domain.pricing import Rates
from bot.domain.summary import Summary, cost_of, costed, daily_costs, summarise
from bot.domain.usage import UsageRow
from bot.views.day import day_message
from bot.views.wording import dollars
from tests.demo.larkfield import START, TUESDAY, billed, company, days, reported, rows_of
from tests.senders import PRICES

SEAT_NANO_USD = SEAT_USD * NANO_PER_USD
FOUR_WEEKS = Period("4w", START - timedelta(days=28), START - timedelta(days=1))
STARTS = [START + timedelta(days=more) for more in (0, 1, 2, 3, 4, 5, 6, 61, 200, 461)]


def rates_of(row: UsageRow) -> Rates | None:
    return PRICES("", row.model, row.day, row.tier)


def ana(first: int = 28, last: int = 1) -> list[UsageRow]:
    return rows_of("ana", days(first, last))


def explained() -> DayAnswer:
    before = rows_of("ana", days(100, 10))
    return explain_day(rows_of("ana", [TUESDAY]), TUESDAY, rates_of, daily_costs(costed(before, "billed")))


def summary_of(handle: str) -> Summary:
    counted, also = count_once(rows_of(handle, days(28)), load_overlaps(None))
    earlier = rows_of(handle, days(56, 29))
    assert not also
    return summarise(counted, earlier, FOUR_WEEKS, whole_before=True, delivered=None)


def seat(when: Sequence[date]) -> int:
    return sum(seat_share_nano_usd(SEAT_NANO_USD, day) for day in when)


def test_why_tuesday_cost_37() -> None:
    answer = explained()
    long, *others = answer.models
    assert long.parts is not None

    assert dollars(answer.cost.known or 0) == "$37.00"
    assert (long.model, long.requests.known) == ("claude-opus-4-5", 310)
    assert not long.parts.gap
    assert (long.parts.reread.tokens, dollars(long.parts.reread.nano_usd)) == (41_000_000, "$20.50")
    assert long.parts.reread.tokens // 310 // 1000 == 132
    assert [dollars(part.nano_usd) for part in (*long.parts.written, long.parts.answers)] == ["$4.40", "$0.00", "$3.00"]
    assert dollars(long.parts.new_text_nano_usd) == "$7.40"
    assert [(other.tool, other.job, dollars(other.cost.known or 0)) for other in others] == [
        ("claude-code", "", "$6.20"),
        ("cursor", "", "$1.90"),
        ("meshclaw", "nightly-triage", "$1.00"),
    ]


def test_why_is_said_as_the_demo_says_it() -> None:
    said = str(day_message(explained(), START, "").blocks(rich=False))

    assert "Tuesday 10 November: $37.00 billed" in said
    assert "310 requests carried about 132,000 tokens of earlier text each: 41 million × $0.50 a million." in said
    assert "written to the cache $4.40, answers $3.00" in said
    assert "Your Tuesdays are usually about $8.00." in said


def test_four_weeks_of_ana() -> None:
    summary = summary_of("ana")

    assert dollars(summary.cost.known or 0) == "$197.53"
    assert summary.cost.complete
    assert [(line.name, line.kind, dollars(line.nano_usd.known or 0)) for line in summary.lines] == [
        ("claude-code", "tool", "$115.50"),
        ("cursor", "tool", "$38.20"),
        ("nightly-triage", "job", "$26.30"),
        ("copilot", "seat", "$17.53"),
    ]
    assert summary.before is not None
    assert dollars(summary.before.known or 0) == "$188.60"
    assert summary.top_day is not None
    assert summary.top_day.day == TUESDAY
    assert [(beside.tool, round((beside.nano_usd.known or 0) / 10**9)) for beside in summary.not_in_sum] == [
        ("codex", 12)
    ]


def test_the_seat_is_what_its_function_gives() -> None:
    assert billed(ana(), lambda row: row.is_seat) == seat(days(28)) == 17_529_032_259


def test_nightly_triage_ran_27_times_and_changed_something_3_times() -> None:
    def runs(first: int, last: int = 1) -> tuple[int, int]:
        triage = [row for row in ana(first, last) if row.work == "nightly-triage"]
        return sum(row.runs or 0 for row in triage), sum(row.runs_with_result or 0 for row in triage)

    assert runs(28) == (27, 3)
    assert runs(14) == (13, 1)
    assert runs(10, 4) == (7, 0)  # the week of the digest


def test_the_week_of_the_digest_and_the_settled_weeks() -> None:
    assert dollars(billed(ana(10, 4))) == "$61.10"  # 9 to 15 November
    settled = ana(101, 18)  # 10 August to 1 November
    assert {settled[0].day, settled[-1].day} <= {date(2026, 8, 10), date(2026, 11, 1)}
    assert dollars(billed(settled)) == "$431.00"


def test_the_expensive_tuesday_stands_out_as_a_spike() -> None:
    """The exact rule of the spike hint: on the 56 days before, by weekday, in logarithms."""
    costs = daily_costs(costed(ana(65, 10), "billed"))
    usual = {cost.day: log(cost.nano_usd / 10**9 + 0.5) for cost in costs}
    middle = median(usual.values())
    weekday = {}
    for number in range(7):
        same = [value for day, value in usual.items() if day.weekday() == number]
        weekday[number] = (median(same) - middle) * len(same) / (len(same) + 3)
    residuals = [value - middle - weekday[day.weekday()] for day, value in usual.items()]
    deviation = 1.4826 * median(abs(each - median(residuals)) for each in residuals)
    scale = sqrt((len(usual) * max(deviation, 0.35) ** 2 + 10 * 0.8**2) / (len(usual) + 10))
    expected = exp(middle + weekday[1]) - 0.5

    assert (log(37.5) - middle - weekday[1]) / scale >= 3
    assert 3 * expected <= 37
    assert 37 - expected >= 10


@pytest.mark.parametrize(("start", "seed"), [*((start, SEED) for start in STARTS), (START, 1), (START, 2)])
def test_the_story_is_told_relative_to_any_start(start: date, seed: int) -> None:
    """Asked of Ana alone: the rest of the company takes a second to make for each start."""
    told = Ana(start, start - timedelta(days=HISTORY_DAYS), SEAT_NANO_USD, Draws(seed), PRICES)
    rows = {day: list(told.rows(day)) for day in days(105, start=start)}
    last_four, before = days(28, start=start), days(56, 29, start)
    tuesday = expensive_tuesday(start)

    assert tuesday.weekday() == 1
    assert dollars(billed(rows[tuesday])) == "$37.00"
    assert dollars(billed(row for day in last_four for row in rows[day])) == "$180.00"
    assert dollars(billed(row for day in before for row in rows[day]) + seat(before)) == "$188.60"
    assert all((row.billed_nano_usd or 1) > 0 for day in rows for row in rows[day])


@pytest.mark.parametrize(("start", "seed", "back"), [(START, SEED, 105), (STARTS[-1], 1, 14)])
def test_the_company_reports_of_ana_her_story_and_her_seat(start: date, seed: int, back: int) -> None:
    told = Ana(start, start - timedelta(days=HISTORY_DAYS), SEAT_NANO_USD, Draws(seed), PRICES)
    when = days(back, start=start)
    reported_of_her = rows_of("ana", when, company(start, seed))
    used = [row for row in reported_of_her if not row.is_seat]

    assert sorted(used, key=repr) == sorted((row for day in when for row in told.rows(day)), key=repr)
    assert billed(row for row in reported_of_her if row.is_seat) == seat(when)


def test_dags_agent_ran_away_last_wednesday_at_ten_past_two() -> None:
    (row,) = [row for row in rows_of("dag", [date(2026, 11, 18)]) if row.tool == "meshclaw"]
    usual = [row for row in rows_of("dag", days(56, 2)) if row.tool == "meshclaw"]

    assert runaway_began(START).isoformat() == "2026-11-18T02:10:00+00:00"
    assert (row.work, row.run_kind, row.runs, row.runs_with_result) == ("dependency-bump", "schedule", 1, 0)
    assert dollars(row.billed_nano_usd or 0) == "$47.60"
    assert max(billed([one]) for one in usual) < 2 * 10**9
    assert runaway_day(date(2026, 11, 18)) == date(2026, 11, 11)


def test_one_person_has_two_thirds_of_mobiles_cost() -> None:
    mobile = {each.email for each in everybody() if each.team == "Mobile"}
    whole = billed(each.row for each in reported(days(28)) if each.account in mobile)

    assert Decimal(billed(rows_of(HEAVY, days(28)))) / whole == pytest.approx(Decimal(2) / 3, abs=Decimal("0.005"))


def test_lea_has_a_seat_only_and_kit_and_gus_nothing_at_all() -> None:
    lea = rows_of("lea", days(28))
    summary = summary_of("lea")

    assert (summary.only_seats, dollars(summary.cost.known or 0)) == (True, "$17.53")
    assert {row.tool for row in lea} == {"copilot", "codex"}
    assert round((summary.use_at_list.known or 0) / 10**9) == 64
    assert rows_of("kit", days(105)) == rows_of("gus", days(105)) == []


def test_tove_is_thrifty() -> None:
    tove = rows_of("tove", days(28))

    assert 0 < billed(tove, lambda row: not row.is_seat) < 40 * 10**9
    assert not any("opus" in row.model or row.ran_on_its_own for row in tove)
    assert cost_of(tove)[1].complete
