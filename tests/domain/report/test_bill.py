"""The company's bill: no source by itself that few stand behind, no figure from a bill that is not whole."""

from datetime import date, timedelta
from typing import Any, Final

import pytest

from bot.domain.blocks_of_weeks import Block
from bot.domain.privacy import Rules
from bot.domain.report.bill import (
    SourceBill,
    block_bill,
    cost_per_change,
    growth,
    shown_bill,
    unowned_percent,
)
from bot.domain.report.budget import known_to, run_out
from bot.domain.report.work import BlockWork

USD: Final = 10**9
BLOCK: Final = Block(36)
FIRST, LAST = BLOCK.first, BLOCK.last
WHOLE: Final = (FIRST, LAST)
DAY: Final = timedelta(days=1)
WORK: Final = BlockWork(40, 4, (9,) * 12)


def source(kind: str = "anthropic", usd: int | None = 100, accounts: int = 40, **known: Any) -> SourceBill:
    """Return a source that is asked and has told of everything, with a bill."""
    usual: dict[str, Any] = {
        "bill_nano_usd": None if usd is None else usd * USD,
        "bill_days": WHOLE,
        "told": WHOLE,
        "began": FIRST,
        "is_asked": True,
        "answered_on": LAST + 10 * DAY,
    }
    return SourceBill(kind, accounts=accounts, **usual | known)


def lines(*sources: SourceBill) -> list[tuple[str, int]] | None:
    shown = shown_bill(block_bill(sources, FIRST, LAST))
    return None if shown is None else [(each.source, each.nano_usd // USD) for each in shown.by_source]


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ({"anthropic": 40, "cursor": 12}, [("anthropic", 100), ("cursor", 30)]),
        ({"anthropic": 40, "cursor": 11}, [("", 130)]),  # what is left would be the few's alone
        ({"anthropic": 40, "cursor": 15, "openai": 3}, [("anthropic", 100), ("", 40)]),
        ({"anthropic": 15, "cursor": 40, "openai": 3}, [("cursor", 30), ("", 110)]),
        ({"anthropic": 11, "cursor": 11, "openai": 11}, None),
        ({"anthropic": 11}, None),
    ],
)
def test_twelve_people_stand_behind_each_line(accounts: dict[str, int], expected: list[tuple[str, int]] | None) -> None:
    billed = {"anthropic": 100, "cursor": 30, "openai": 10}
    assert lines(*(source(kind, billed[kind], people) for kind, people in accounts.items())) == expected


def test_a_source_that_billed_nothing_takes_no_other_along() -> None:
    assert lines(source(), source("cursor", 0, accounts=2)) == [("anthropic", 100)]


@pytest.mark.parametrize(
    ("known", "is_late"),
    [
        ({}, False),
        ({"told": (FIRST + 7 * DAY, LAST - 7 * DAY)}, False),
        ({"told": (FIRST + 8 * DAY, LAST)}, True),
        ({"told": (FIRST, LAST - 8 * DAY)}, True),
        ({"told": None, "bill_days": None, "bill_nano_usd": None, "began": FIRST + 8 * DAY}, True),
        ({"answered_on": LAST}, True),
        ({"answered_on": None}, True),
        ({"bill_days": (FIRST, LAST - 10 * DAY), "used": WHOLE}, True),
        ({"bill_days": (FIRST + 10 * DAY, LAST), "used": WHOLE}, True),
        ({"bill_days": (FIRST, LAST - 10 * DAY), "used": (FIRST, LAST - 9 * DAY)}, False),  # nothing was used then
        ({"rows_nano_usd": 105 * USD, "used": WHOLE}, False),
        ({"rows_nano_usd": 106 * USD, "used": WHOLE}, True),
        ({"is_asked": False, "answered_on": None, "told": None}, False),
        ({"is_asked": False, "answered_on": None, "told": None, "began": FIRST + 8 * DAY}, True),
    ],
)
def test_a_bill_is_late_where_it_may_not_be_whole(known: dict[str, Any], is_late: bool) -> None:
    bill = block_bill([source(**known)], FIRST, LAST)
    per_change = cost_per_change(bill, WORK, 40, Rules())

    assert bill.late == (("anthropic",) if is_late else ())
    assert (per_change is None) == is_late


def test_a_source_that_nobody_used_is_not_late() -> None:
    unused = [source("litellm", None, told=None, bill_days=None, began=began) for began in (None, FIRST)]
    assert block_bill([source(), *unused], FIRST, LAST).late == ()


def test_seats_and_what_goes_beyond_them_are_both_billed_and_prices_are_no_bill() -> None:
    seats = source("copilot", 5, rows_nano_usd=60 * USD, used=WHOLE)
    priced = source("openai", None, bill_days=None, used=WHOLE)
    bill = block_bill([seats, priced], FIRST, LAST)

    assert (bill.by_kind, bill.without, bill.late) == ({"copilot": 65 * USD}, ("openai",), ())


@pytest.mark.parametrize(("people", "stayed", "shown"), [(18, 5, True), (17, 5, False), (18, 4, False)])
def test_cost_per_change_is_of_eighteen_people_and_five_changes(people: int, stayed: int, shown: bool) -> None:
    bill = block_bill([source()], FIRST, LAST)
    found = cost_per_change(bill, BlockWork(stayed + 3, 3, (stayed,)), people, Rules())

    assert (found is not None) == shown
    if found is not None:
        assert found.low_nano_usd < 100 * USD / stayed < found.high_nano_usd


def test_cost_per_change_is_not_shown_where_the_bill_is_not() -> None:
    """Who knows how much stayed would have the bill."""
    assert cost_per_change(block_bill([source(accounts=11)], FIRST, LAST), WORK, 40, Rules()) is None


def grown(usd: int, finished: int, *, before: SourceBill | None = None) -> tuple[int, int] | None:
    now, then = (block_bill([each], FIRST, LAST) for each in (source(usd=usd), before or source()))
    found = growth(now, then, BlockWork(finished, 0, ()), WORK)
    return None if found is None else (found.billed_percent, found.finished_percent)


def test_growth_is_in_steps_and_only_between_whole_blocks_of_the_same_sources() -> None:
    assert grown(138, 41) == (40, 0)
    assert grown(61, 30) == (-40, -25)
    assert grown(138, 19) is None
    assert grown(138, 41, before=source(told=(FIRST + 8 * DAY, LAST))) is None
    assert grown(138, 41, before=source("cursor")) is None
    assert grown(138, 41, before=source(usd=0)) is None


def test_what_has_no_owner_is_known_only_where_every_source_says() -> None:
    said = source(rows_nano_usd=100 * USD, used=WHOLE, unowned_nano_usd=4 * USD)
    silent = source("cursor")

    assert unowned_percent(block_bill([said], FIRST, LAST)) == 4
    assert unowned_percent(block_bill([said, silent], FIRST, LAST)) is None
    assert unowned_percent(block_bill([said._replace(rows_nano_usd=None)], FIRST, LAST)) is None


MONTH: Final = date(2026, 11, 1)


def in_month(until: date, usd: int) -> SourceBill:
    days = (MONTH, until)
    return source(usd=usd, bill_days=days, told=days, began=FIRST, answered_on=until + DAY)


@pytest.mark.parametrize(
    ("days", "usd", "budget", "on"),
    [
        (10, 100, 290, date(2026, 11, 29)),
        (10, 100, 300, date(2026, 11, 30)),
        (10, 100, 301, None),
        (10, 100, 50, date(2026, 11, 5)),  # it is spent already
        (7, 70, 95, date(2026, 11, 10)),
    ],
)
def test_a_budget_runs_out_on_the_day_at_whose_end_it_is_spent(
    days: int, usd: int, budget: int, on: date | None
) -> None:
    until = MONTH + (days - 1) * DAY
    found = run_out([in_month(until, usd)], budget * USD, MONTH, until)

    assert found is not None
    assert found.on == on


def test_of_few_days_or_a_source_that_is_behind_nobody_can_say_when() -> None:
    until = MONTH + 5 * DAY
    assert run_out([in_month(until, 60)], 70 * USD, MONTH, until) is None
    until = MONTH + 9 * DAY
    behind = in_month(MONTH, 10)
    assert run_out([in_month(until, 60), behind], 70 * USD, MONTH, until) is None
    assert known_to([in_month(until, 60), behind], until + DAY) == MONTH
    assert known_to([in_month(until, 60), SourceBill("cursor", is_asked=True)], until + DAY) is None
    assert known_to([in_month(until, 60)], until) == until - DAY  # today is not over
