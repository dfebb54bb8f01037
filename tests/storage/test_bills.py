"""Bills beside reports, day by day and over everybody; limits of one's own accounts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from bot.domain.allowance import Allowance, Stated
from bot.domain.period import month_of
from bot.domain.reconciliation import ComparedMonth, Reconciled
from storage import bills, pulls
from storage.allowances import allowances_of
from storage.engine import Database
from storage.ids import account_id, source_id
from storage.links import link
from storage.tables import AccountLink
from storage.usage import add_source_days
from tests.cast import ADA, BOB, T0, TODAY, row, switched_on

DAY = timedelta(days=1)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def report(
    session: Session, day: date, *amounts: int | None, bill: int | None = None, accounts: int = 12, kind: str = "cursor"
) -> None:
    """Let a source report rows of one day, a model each, and its provider bill it."""
    source = source_id(session, kind, "company")
    rows = [
        row(day=day, source=kind, source_id=source, model=f"m{number}", billed_nano_usd=amount, list_value_nano_usd=7)
        for number, amount in enumerate(amounts)
    ]
    add_source_days(session, rows)
    pulls.note_accounts(session, source, day, accounts)
    if bill is not None:
        pulls.note_bills(session, source, {day: bill})
    pulls.note_success(session, source, T0)


def compared(database: Database, *, revised_days: int = 3, today: date = TODAY) -> list[ComparedMonth]:
    with database.reading() as session:
        return bills.compared_months(session, "cursor", "company", today, revised_days=revised_days)


def test_of_a_source_that_never_answered_nothing_is_compared(database: Database) -> None:
    assert compared(database) == []
    database.writing(lambda session: source_id(session, "cursor", "company"))
    assert compared(database) == []


def test_a_bill_of_something_else_than_the_rows_is_not_compared(database: Database) -> None:
    database.writing(lambda session: report(session, NOVEMBER, 80, bill=100))
    with database.reading() as session:
        found = [
            bills.compared_months(session, "cursor", "company", TODAY, revised_days=3, comparable=comparable)
            for comparable in (True, False)
        ]

    assert (len(found[0]), found[1]) == (2, [])


def test_each_month_has_its_own_days_of_its_own_source(database: Database) -> None:
    def fill(session: Session) -> None:
        report(session, OCTOBER - DAY, 10, bill=99)
        report(session, OCTOBER, 50, 50, bill=100)
        report(session, NOVEMBER - DAY, 100, bill=100)
        report(session, NOVEMBER, 80, None, bill=100)
        report(session, NOVEMBER, 100, bill=1, kind="anthropic")

    database.writing(fill)

    assert compared(database) == [
        ComparedMonth(month_of(OCTOBER), Reconciled("matches", "billed", Decimal(0))),
        ComparedMonth(month_of(NOVEMBER), Reconciled("differs", "billed", Decimal(-20))),
    ]


def test_sums_beyond_a_small_number_are_exact(database: Database) -> None:
    much = 4 * 10**18
    database.writing(lambda session: report(session, OCTOBER, much, much, bill=8 * 10**18))

    assert compared(database)[0].reconciled == Reconciled("matches", "billed", Decimal(0))


def test_the_list_value_is_compared_where_nothing_is_billed_by_row(database: Database) -> None:
    database.writing(lambda session: report(session, OCTOBER, None, None, bill=14))

    assert compared(database)[0].reconciled == Reconciled("matches", "list", Decimal(0))


@pytest.mark.parametrize(("revised_days", "verdict"), [(2, "differs"), (3, "no bill")])
def test_days_that_are_still_revised_do_not_count(database: Database, revised_days: int, verdict: str) -> None:
    database.writing(lambda session: report(session, TODAY - 2 * DAY, 10, bill=100))

    assert compared(database, revised_days=revised_days)[1].reconciled.verdict == verdict


def test_a_day_with_a_bill_and_no_report_does_not_count(database: Database) -> None:
    def fill(session: Session) -> None:
        report(session, OCTOBER, 100, bill=100)
        pulls.note_bills(session, source_id(session, "cursor", "company"), {OCTOBER + DAY: 900})

    database.writing(fill)

    assert compared(database)[0].reconciled.verdict == "matches"


def test_the_most_people_of_any_day_decide_whether_anything_is_said(database: Database) -> None:
    def fill(session: Session) -> None:
        report(session, OCTOBER, 100, bill=100, accounts=11)
        report(session, NOVEMBER, 100, bill=100, accounts=2)
        report(session, NOVEMBER + DAY, 100, accounts=12)

    database.writing(fill)

    assert [each.reconciled.verdict for each in compared(database)] == ["too few", "matches"]


def test_the_last_reported_day_has_somebody_in_it(database: Database) -> None:
    def fill(session: Session) -> int:
        report(session, TODAY - DAY, 1)
        report(session, TODAY, accounts=0)
        return source_id(session, "cursor", "company")

    instance = database.writing(fill)

    with database.reading() as session:
        assert bills.last_reported_day(session, instance) == TODAY - DAY
        assert bills.last_reported_day(session, instance + 1) is None
        assert bills.instance_of(session, "cursor", "company") == instance
        assert bills.instance_of(session, "cursor", "another") is None


LIMIT = Allowance(240, 100, TODAY - 10 * DAY, TODAY + 10 * DAY)


def allowance(database: Database, from_day: date, to_day: date | None = None) -> list[Stated]:
    """Return what Ada reads of a limit on an account that was hers for these days."""
    ada, bob = switched_on(database), switched_on(database, BOB)

    def fill(session: Session) -> None:
        account = account_id(session, "cursor", str(ADA.email))
        link(session, account, ada.person_id, from_day, how="", by="")
        if to_day is not None:
            close(session, account, to_day)
            link(session, account, bob.person_id, from_day, how="", by="")
        pulls.put_allowances(session, source_id(session, "cursor", "company"), {account: LIMIT}, T0)

    database.writing(fill)
    with database.reading() as session:
        return allowances_of(session, ada.person_id)


def close(session: Session, account: int, to_day: date) -> None:
    session.flush()
    for each in session.exec(select(AccountLink).where(AccountLink.account_id == account)):
        each.to_day = to_day
        session.add(each)
    session.flush()


@pytest.mark.parametrize(
    ("from_day", "to_day", "hers"),
    [
        (TODAY - 90 * DAY, None, True),
        (LIMIT.first, None, True),
        (LIMIT.first + DAY, None, False),  # somebody else's spending may be in it
        (TODAY - 90 * DAY, TODAY, True),
        (TODAY - 90 * DAY, TODAY - DAY, False),
    ],
)
def test_a_limit_is_ones_own_while_the_account_was(
    database: Database, from_day: date, to_day: date | None, hers: bool
) -> None:
    assert allowance(database, from_day, to_day) == ([Stated("cursor", LIMIT, T0)] if hers else [])
