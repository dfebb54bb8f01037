"""Each rule at its thresholds, what artefacts must not set off, and what would switch a hint on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.allowance import Allowance, Stated
from bot.domain.hints.borrow import Borrowable, borrow
from bot.domain.hints.finding import KINDS, one_figure
from bot.domain.hints.idle_schedule import idle_schedules
from bot.domain.hints.pace import allowance_pace, budget_pace
from bot.domain.hints.rules import Known, find_all, running_away, what_would_switch_on
from bot.domain.hints.runaway import runaway
from bot.domain.hints.short_calls import short_calls
from bot.domain.people import Delivered
from bot.domain.usage import MEASURES, UsageRow
from bot.views.hint_words import spent
from tests.cast import T0, TODAY
from tests.domain.hints.cast import NIGHT, USD, a_run, ago, calls, kinds, known, night, nights, paid, usual
from tests.senders import PRICES

LIBRARY = [
    Borrowable("flaky", "Sort flaky tests", "claude-code", "Platform", 6, 7),
    Borrowable("notes", "Release notes", "claude-code", "Payments", 3, 3),
    Borrowable("twice", "Tried twice", "claude-code", "Mobile", 2, 2),
    Borrowable("failed", "Did not work", "claude-code", "Mobile", 3, 8),
    Borrowable("other", "Another tool", "cursor", "Mobile", 9, 9),
]


@pytest.mark.parametrize(
    ("nano", "said"), [(24_400_000_000, 20), (9_990_000_000, 9), (830_000_000, 0.8), (9_000_000, 0), (-5, 0)]
)
def test_a_saving_is_rounded_down_to_one_figure(nano: int, said: float) -> None:
    assert one_figure(nano) == round(said * USD)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (nights(28, 1, results=(13, 20, 24)), (14, 13)),
        (nights(5, 1, results=()), None),  # of a source that never told of a result nothing is known
        ([night(40, result=1), *nights(5, 1, results=())], (5, 5)),
        ([night(40, result=1), *nights(4, 1, results=())], None),
        (nights(14, 1, results=(1, 2, 3)), None),  # 11 of 14 without are less than eight of ten
        (nights(10, 1, results=(1, 2)), (10, 8)),
        (nights(14, 1, runs_with_result=None), None),
        (nights(14, 1, run_kind="webhook"), None),
        (nights(28, 15, results=(20,)), None),
    ],
)
def test_a_job_by_the_clock_that_mostly_changes_nothing(rows: list[UsageRow], found: tuple[int, int] | None) -> None:
    told = idle_schedules(rows, TODAY)

    assert [(one.number("runs"), one.number("runs_without_result")) for one in told] == ([found] if found else [])


def test_what_an_idle_job_could_save_is_its_idle_share_of_the_bill() -> None:
    (found,) = idle_schedules(nights(28, 1, results=(13, 20, 24), usd=0.95), TODAY)
    (unbilled,) = idle_schedules(nights(28, 1, billed_nano_usd=None, list_value_nano_usd=USD), TODAY)

    assert found.subject == "nightly-triage"
    assert found.saving_nano_usd == 14 * 950_000_000 * 13 * 2 // 14
    assert (found.number("runs_in_four_weeks"), found.number("results_in_four_weeks")) == (28, 3)
    assert unbilled.saving_nano_usd is None


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        ([calls(back) for back in range(1, 10)], 540),
        ([calls(1, 49)], None),
        ([calls(1, 50)], 50),
        ([calls(1, 50), calls(2, 117, 9_000)], None),  # 50 of 167 are less than 30 in 100
        ([calls(1, 50), calls(2, 116, 9_000)], 50),
        ([calls(1, tokens=2_001)], None),
        ([calls(1, answers=301)], None),
        ([calls(1, model="claude-sonnet-4-5")], None),
        ([calls(1, model="opus-that-nobody-priced")], None),
        ([calls(1, requests=60, cache_read_tokens=None)], None),
        ([calls(20, 500)], None),
    ],
)
def test_short_calls_on_a_large_model(rows: list[UsageRow], number: int | None) -> None:
    found = short_calls(rows, TODAY, PRICES)

    assert [one.number("calls") for one in found] == ([number] if number else [])


def test_short_calls_claim_what_the_smaller_model_would_not_have_cost() -> None:
    (found,) = short_calls([calls(1, 600)], TODAY, PRICES)

    assert (found.subject, found.word("smaller_model")) == ("claude-opus-4-5", "claude-sonnet-4-5")
    assert found.saving_nano_usd == pytest.approx(600 * 0.0115 * 0.4 * 2 * USD, rel=0.01)
    assert (found.number("new_input_tokens_a_call"), found.number("output_tokens_a_call")) == (1_400, 180)


def pace_on(day: int, budget_usd: float, rows: list[UsageRow] | None = None) -> Any:
    today = TODAY.replace(day=day)
    return budget_pace([row for row in rows or usual(70, 0) if row.day < today], round(budget_usd * USD), today)


def test_a_budget_that_ends_early_is_said_with_about_the_day() -> None:
    found = pace_on(16, 120)

    assert found is not None
    assert found.saving_nano_usd is None
    assert "2026-11-18" <= found.word("ends_on") <= "2026-11-25"
    assert found.number("chance_percent") >= 80
    assert found == pace_on(16, 120)  # drawn alike each time


@pytest.mark.parametrize(
    ("day", "usd", "rows"),
    [(16, 400, None), (16, 50, None), (25, 140, None), (16, 120, usual(12, 0))],
    ids=["it lasts", "above it already", "fewer than five workdays left", "hardly any days known"],
)
def test_no_pace_is_told_where(day: int, usd: float, rows: list[UsageRow] | None) -> None:
    assert pace_on(day, usd, rows) is None


def test_an_allowance_ends_early_only_by_what_was_stated_and_by_own_days() -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    rows = [replace(row, source="cursor") for row in usual(70, 3)]
    stated = Stated("cursor", Allowance(120 * USD, 90 * USD, TODAY.replace(day=1), TODAY.replace(day=30)), now)

    assert allowance_pace(rows, stated, now) is not None
    assert allowance_pace(usual(70, 3), stated, now) is None  # of another source
    assert allowance_pace(rows, stated._replace(allowance=stated.allowance._replace(spent_nano_usd=USD)), now) is None
    assert allowance_pace(rows, stated, now + timedelta(days=3)) is None


DOLLAR_A_NIGHT = [night(back, work="dependency-bump") for back in range(1, 20)]
MINUTE = 14 * USD // 50


@pytest.mark.parametrize(
    ("run", "minutes_later", "is_found"),
    [
        (a_run(*[MINUTE] * 51), 1, True),
        (a_run(*[MINUTE] * 51), 31, False),  # over, or its events came late
        (a_run(*[MINUTE] * 51), 60 * 24 * 7, False),
        (a_run(*[MINUTE] * 51, progress=30), 1, False),
        (a_run(*[MINUTE] * 51, progress=20), 1, True),
        (a_run(*[MINUTE] * 30), 1, False),
        (a_run(*[9 * USD // 51] * 51), 1, False),
        (a_run(*[MINUTE] * 51, run_kind="person"), 1, False),
        (a_run(*[MINUTE] * 51, run_kind="unknown"), 1, False),
        (a_run(*[MINUTE] * 51, work="dependency-bump-81"), 1, True),  # new: ten dollars an hour
        (a_run(*[USD // 10] * 200, work="other"), 1, False),  # new, and six dollars an hour
    ],
)
def test_a_run_that_costs_and_saves_nothing(run: Any, minutes_later: int, is_found: bool) -> None:
    found = runaway(run, DOLLAR_A_NIGHT, run.last + timedelta(minutes=minutes_later))

    assert (found is not None) is is_found


def test_a_runaway_is_measured_against_its_own_job_also_when_that_is_renamed_daily() -> None:
    dear = [night(back, work=f"bump-{ago(back)}", usd=3) for back in range(1, 20)]
    run = a_run(*[MINUTE] * 51, work=f"bump-{TODAY}")
    told = runaway(a_run(*[MINUTE] * 51), DOLLAR_A_NIGHT, NIGHT + timedelta(minutes=51))

    assert runaway(run, dear, run.last) is None  # 14 dollars are less than six times three
    assert told is not None
    assert told.number("usual_run_nano_usd") == USD
    assert (told.number("minutes"), told.number("minutes_without_result")) == (50, 50)
    assert not any(":" in str(value) for value in told.evidence.values())  # no time of day is kept


def test_a_run_of_telemetry_is_measured_against_what_telemetry_says_of_its_job() -> None:
    """Its provider, which counts, knows neither jobs nor what ran on its own."""
    run = a_run(*[MINUTE] * 51, source="otel", tool="claude-code", work="", lane="list")
    told: dict[str, Any] = {"source": "otel", "tool": "claude-code", "work": "", "billed_nano_usd": None, "runs": None}
    counted = [paid(back, 12, tool="claude-code") for back in range(1, 20)]
    dear, cheap = ([night(back, **told, list_value_nano_usd=usd * USD) for back in range(1, 20)] for usd in (12, 1))
    at = {"now": run.last, "runs": [run]}

    assert running_away(known(counted, reported=[*counted, *dear], **at)) == []
    (found,) = running_away(known(counted, reported=[*counted, *cheap], **at))
    assert (found.number("usual_day_nano_usd"), found.subject) == (USD, "claude-code")
    assert "*A run of Claude Code came to $14.28 at list price in 50 minutes and told of no saved change" in spent(
        found, "03:10"
    )
    assert "Its usual day costs about $1.00." in spent(found, "03:10")


def test_what_others_have_used_is_of_another_team_for_the_same_tool_and_new() -> None:
    found = borrow([paid(3, 1)], LIBRARY, {"Payments"}, set(), TODAY)

    assert found is not None
    assert (found.subject, found.number("worked"), found.number("tried")) == ("flaky", 6, 7)
    assert borrow([paid(3, 1)], LIBRARY, {"Payments"}, {"flaky"}, TODAY) is None
    assert borrow([paid(40, 1)], LIBRARY, (), (), TODAY) is None


def without_price(rows: list[UsageRow]) -> list[UsageRow]:
    return [replace(row, billed_nano_usd=None) for row in rows]


ARTEFACTS = {
    "missing prices": known([*without_price(usual(60, 2)), paid(1, 60)]),
    "prices that came after most days": known([*without_price(usual(60, 12)), *usual(11, 2), paid(1, 60)]),
    "prices of a part only": known([*usual(60, 2, 1.0), *without_price(usual(60, 2)), paid(1, 45)]),
    "one day of data": known([paid(1, 500)]),
    "a spike on the first day": known([paid(3, 500), paid(2, 9), paid(1, 8)]),
    "a year's leave": known([paid(400, 40), paid(2, 41), paid(1, 44)]),
    "the first day after a year's leave": known([*usual(460, 370, 40), paid(1, 44)], budget_nano_usd=200 * USD),
    "a negative correction": known([*usual(60, 2), paid(5, -900), paid(1, 9)]),
    "only a negative correction": known([paid(1, -40)]),
    "a job renamed daily": known([night(back, work=f"triage-{ago(back)}") for back in range(28, 0, -1)]),
    "a week that came late": known([*usual(60, 9), *(paid(back, 9) for back in range(8, 0, -1))]),
    "a week that is still missing": known(usual(60, 9), budget_nano_usd=200 * USD),
    "a source that was connected yesterday": known(
        [*usual(60, 1, 1.0), paid(1, 45, source="cursor", source_id=7)],
        deliveries=[
            Delivered("anthropic", 1, "", ago(105), ago(1), T0), Delivered("cursor", 7, "", ago(1), ago(1), T0),
        ],
    ),
    "a bill that begins where only list prices were known": known(
        [*(replace(row, billed_nano_usd=None, list_value_nano_usd=40 * USD) for row in usual(60, 2)), paid(1, 44)]
    ),
    "two time zones: days cut in two": known(
        [paid(back, 4 if back % 2 else 12) for back in range(60, 0, -1) if ago(back).weekday() < 6]
    ),
    "a seat alone": known([paid(back, 0.63, tier="seat", tool="copilot") for back in range(60, 0, -1)]),
    "nothing": known(),
    "a budget and nothing used": known(budget_nano_usd=USD),
}  # fmt: skip


@pytest.mark.parametrize("of", ARTEFACTS.values(), ids=ARTEFACTS)
def test_nothing_is_found_in_artefacts(of: Known) -> None:
    assert kinds(of) == []


EVERYTHING = known(
    [*usual(60, 2), paid(1, 60), *nights(28, 1, results=(13,)), *(calls(back, 600) for back in range(1, 9))],
    budget_nano_usd=300 * USD,
    runs=[a_run(*[MINUTE] * 51, begins=T0 - timedelta(minutes=51))],
    library=LIBRARY,
)


def test_each_rule_finds_what_is_there() -> None:
    assert set(kinds(EVERYTHING)) >= set(KINDS) - {"pace"}


def less_of(row: UsageRow, percent: int) -> UsageRow:
    """Return the same with less use and cost; what it led to stays, as far as there are runs."""
    kept = {name: getattr(row, name) for name in MEASURES}
    less = {name: value * percent // 100 for name, value in kept.items() if value is not None}
    if row.runs_with_result is not None:
        less["runs_with_result"] = row.runs_with_result
    return replace(row, **less)


@given(st.lists(st.sampled_from(EVERYTHING.rows), max_size=60, unique_by=id), st.integers(0, 99))
def test_nothing_is_found_because_use_is_low_or_falls(rows: list[UsageRow], percent: int) -> None:
    """The last two weeks with less of everything bring out nothing that they did not bring out whole."""
    whole = known(rows, budget_nano_usd=90 * USD)
    less = known([less_of(row, percent) if row.day >= ago(14) else row for row in rows], budget_nano_usd=90 * USD)

    assert set(kinds(less)) <= set(kinds(whole))


def test_what_has_no_data_says_what_would_switch_it_on() -> None:
    nothing = what_would_switch_on(known(), has_alarms=False)
    all_there = what_would_switch_on(EVERYTHING, has_alarms=True)

    assert [each.kind for each in nothing] == ["runaway", "spike", "short_calls", "pace", "borrow"]
    assert all_there == []
    for source, kind, waits in (
        ("push", "schedule", False),
        ("otel", "service", False),
        ("otel", "subagent", True),  # of somebody at the keyboard, for all that is known
        ("otel", "person", True),
        ("anthropic", "schedule", True),
    ):
        told = known(reported=[night(1, source=source, run_kind=kind)])
        assert (("runaway", "runs") in what_would_switch_on(told, has_alarms=True)) is waits, (source, kind)
    silent = what_would_switch_on(known(nights(28, 1, results=())), has_alarms=True)
    assert ("idle_schedule", "results") in silent


def test_every_finding_is_about_a_job_a_model_or_a_source() -> None:
    subjects = {each.subject for each in find_all(EVERYTHING)}

    assert subjects <= {"dependency-bump", "nightly-triage", "claude-opus-4-5", "claude-sonnet-4-5", "budget", "flaky"}
