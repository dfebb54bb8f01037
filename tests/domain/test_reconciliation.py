"""Whether reports agree with the bill: which days count, which lane, and who is too few."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.period import month_of
from bot.domain.reconciliation import MIN_PEOPLE, ComparedMonth, Reconciled, ReportedSums, Verdict, overall, reconcile

FIRST = date(2026, 10, 1)
amounts = st.integers(0, 10**15)
maybe = st.none() | amounts


def day(
    bill: int | None,
    billed: int | None,
    *,
    list_value: int | None = None,
    accounts: int | None = MIN_PEOPLE,
    settled: bool = True,
    number: int = 0,
) -> ReportedSums:
    return ReportedSums(FIRST + timedelta(days=number), bill, billed, list_value, accounts, settled)


@st.composite
def months(draw: st.DrawFn) -> list[ReportedSums]:
    return [
        day(
            draw(maybe),
            draw(maybe),
            list_value=draw(maybe),
            accounts=draw(st.none() | st.integers(0, 30)),
            settled=draw(st.booleans()),
            number=number,
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], Reconciled("too few")),
        ([day(100, 100)], Reconciled("matches", "billed", Decimal(0))),
        ([day(100, 105)], Reconciled("matches", "billed", Decimal(5))),
        ([day(100, 95)], Reconciled("matches", "billed", Decimal(-5))),
        ([day(1000, 1051)], Reconciled("differs", "billed", Decimal("5.1"))),
        ([day(1000, 949)], Reconciled("differs", "billed", Decimal("-5.1"))),
        ([day(100, 100, accounts=MIN_PEOPLE - 1)], Reconciled("too few")),
        ([day(100, 100, accounts=None)], Reconciled("too few")),
        ([day(100, 100, accounts=3), day(100, 100)], Reconciled("matches", "billed", Decimal(0))),
        ([day(None, 100)], Reconciled("no bill")),
        ([day(0, 100)], Reconciled("no bill")),
        ([day(-5, 100)], Reconciled("no bill")),
        ([day(100, 7, settled=False)], Reconciled("no bill")),
        ([day(100, 100), day(100, 7, settled=False)], Reconciled("matches", "billed", Decimal(0))),
        ([day(100, 100), day(None, 7)], Reconciled("matches", "billed", Decimal(0))),
        ([day(100, None, list_value=50)], Reconciled("differs", "list", Decimal(-50))),
        ([day(100, 80, list_value=999), day(100, None, list_value=50)], Reconciled("differs", "billed", Decimal(-60))),
        ([day(100, None, list_value=100), day(None, 80)], Reconciled("matches", "list", Decimal(0))),
        ([day(100, None)], Reconciled("differs", "list", Decimal(-100))),
    ],
)
def test_a_month_stands_to_its_bill(days: list[ReportedSums], expected: Reconciled) -> None:
    assert reconcile(days) == expected


@given(months(), st.integers(1, 10**6))
def test_the_same_in_other_money_is_the_same(days: list[ReportedSums], times: int) -> None:
    def scaled(value: int | None) -> int | None:
        return None if value is None else value * times

    more = [
        each._replace(bill=scaled(each.bill), billed=scaled(each.billed), list_value=scaled(each.list_value))
        for each in days
    ]
    one, other = reconcile(days), reconcile(more)

    assert one[:2] == other[:2]
    assert (one.gap_per_cent is None) == (other.gap_per_cent is None)
    assert round((one.gap_per_cent or 0) - (other.gap_per_cent or 0), 6) == 0


@given(months(), maybe, maybe, st.booleans())
def test_a_day_without_a_bill_changes_nothing(
    days: list[ReportedSums], billed: int | None, list_value: int | None, settled: bool
) -> None:
    without = day(None, billed, list_value=list_value, accounts=0, settled=settled, number=9)

    assert reconcile([*days, without]) == reconcile(days)


@given(months(), amounts, maybe)
def test_a_day_that_may_still_change_changes_nothing(days: list[ReportedSums], bill: int, billed: int | None) -> None:
    early = day(bill, billed, accounts=0, settled=False, number=9)

    assert reconcile([*days, early]) == reconcile(days)


@given(months())
def test_of_few_people_nothing_is_said(days: list[ReportedSums]) -> None:
    few = [each._replace(accounts=min(each.accounts or 0, MIN_PEOPLE - 1)) for each in days]

    assert reconcile(few) == Reconciled("too few")


@pytest.mark.parametrize(
    ("last_month", "this_month", "today", "expected"),
    [
        ("matches", "matches", 19, "matches"),
        ("differs", "matches", 19, "differs"),
        ("matches", "differs", 10, "differs"),
        ("matches", "differs", 9, "matches"),
        ("no bill", "matches", 19, "matches"),
        ("no bill", "too few", 19, "no bill"),
        ("too few", "no bill", 9, "too few"),
        ("too few", "too few", 19, "too few"),
    ],
)
def test_two_months_say_one_thing(last_month: Verdict, this_month: Verdict, today: int, expected: Verdict) -> None:
    compared = [
        ComparedMonth(month_of(date(2026, 10, 1)), Reconciled(last_month)),
        ComparedMonth(month_of(date(2026, 11, 1)), Reconciled(this_month)),
    ]

    assert overall(compared, date(2026, 11, today)) == expected
    assert overall([], date(2026, 11, today)) == "too few"
