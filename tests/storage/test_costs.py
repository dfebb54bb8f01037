"""What a block cost: the database adds up what counting once believes, and what providers billed."""

from datetime import date, timedelta
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete

from bot.domain.counting import count_once
from bot.domain.outcomes.states import counted_once
from bot.domain.quantity import UNKNOWN, Quantity
from bot.domain.usage import UsageRow
from storage import costs, finished, links, pulls, usage
from storage.engine import Database
from storage.ids import account_id, source_id
from storage.tables import Change, UsageDay
from tests.cast import ADA, BOB, T0, row, switched_on
from tests.domain.outcomes.cast import change

FIRST: Final = date(2026, 10, 5)
LAST: Final = date(2026, 11, 1)
OVERLAPS: Final = {"claude-code": ("anthropic", "otel", "push"), "codex": ("openai",)}
KINDS: Final = ("anthropic", "otel", "ccusage", "push")
rows = st.lists(
    st.builds(
        lambda day, kind, tool, work, billed: row(
            day=FIRST + timedelta(days=day), source=kind, tool=tool, work=work, billed_nano_usd=billed
        ),
        st.integers(-2, 1),
        st.sampled_from(KINDS),
        st.sampled_from(["claude-code", "claude-code", "elsewhere"]),
        st.sampled_from(["", "acme/api"]),
        st.none() | st.integers(0, 10**15),
    ),
    max_size=14,
    unique_by=lambda r: (r.day, r.source, r.tool, r.work),
)


def store(database: Database, person_id: int, told: list[UsageRow], name: str) -> None:
    """Let each source tell of the person under an account of its own."""

    def fill(session: Session) -> None:
        for kind in KINDS:
            account = account_id(session, kind, name)
            links.link(session, account, person_id, FIRST - timedelta(days=1), how="tests", by="tests")
            source = source_id(session, kind, "company")
            mine = [r for r in told if r.source == kind]
            days = {r.day for r in mine}
            own = [UsageRow(**{n: getattr(r, n) for n in r.__struct_fields__} | {"source_id": source}) for r in mine]
            usage.replace_days(session, account, source, days, own, T0)

    database.writing(fill)


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=rows, theirs=rows)
def test_the_sums_are_those_of_counting_once(database: Database, mine: list[UsageRow], theirs: list[UsageRow]) -> None:
    database.writing(lambda session: session.exec(delete(UsageDay)))
    told = {switched_on(database, ADA).person_id: mine, switched_on(database, BOB).person_id: theirs}
    for person, its in told.items():
        store(database, person, its, str(person))
    expected = {}
    for person in told:
        with database.reading() as session:
            found = count_once(usage.usage_of(session, person, FIRST, LAST), OVERLAPS).counted
        known = [r.billed_nano_usd for r in found if r.billed_nano_usd is not None]
        if known:
            expected[person] = sum(known)

    with database.reading() as session:
        assert dict(costs.billed_costs(session, sorted(told), FIRST, LAST, OVERLAPS)) == expected
        assert dict(costs.billed_costs(session, [], FIRST, LAST, OVERLAPS)) == {}


def test_the_company_pays_what_providers_report_and_seats(database: Database) -> None:
    def fill(session: Session) -> None:
        for kind, billed in (("anthropic", 70), ("copilot", 5), ("cursor", 30), ("litellm", None)):
            source = source_id(session, kind, "company")
            for day in (FIRST, LAST, LAST + timedelta(days=1)):
                told = row(day=day, source=kind, source_id=source, model="m", billed_nano_usd=billed)
                usage.add_source_days(session, [told])
        pulls.note_bills(session, source_id(session, "anthropic", "company"), {FIRST: 60, LAST: 61})
        pulls.note_bills(session, source_id(session, "copilot", "company"), {FIRST: 3})

    database.writing(fill)
    with database.reading() as session:
        bill = costs.company_bill(session, FIRST, LAST)

    assert dict(bill.by_source) == {"anthropic": 121, "copilot": 13, "cursor": 60}
    assert (bill.billed, bill.without) == (Quantity(194, True), ("litellm",))


def test_a_bill_that_begins_late_is_not_complete(sqlite_database: Database) -> None:
    def fill(session: Session) -> None:
        source = source_id(session, "anthropic", "company")
        pulls.note_bills(session, source, {FIRST + timedelta(days=back): 10 for back in (8, 9)})

    sqlite_database.writing(fill)
    with sqlite_database.reading() as session:
        assert costs.company_bill(session, FIRST, LAST).billed == Quantity(20, False)


def test_without_any_source_the_bill_is_unknown(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        assert costs.company_bill(session, FIRST, LAST) == costs.CompanyBill(UNKNOWN)


work = st.lists(
    st.builds(
        change,
        number=st.integers(1, 12),
        finished_on=st.integers(-6, 34).map(lambda day: FIRST + timedelta(days=day)),
        accepted=st.sampled_from([True, True, False]),
        came_back_on=st.none() | st.integers(-6, 60).map(lambda day: FIRST + timedelta(days=day)),
        ticket=st.sampled_from(["", "", "PAY-1", "PAY-2"]),
    ),
    max_size=12,
    unique_by=lambda item: item.reference,
)


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=work)
def test_what_stayed_in_the_company_is_counted_as_everywhere_else(database: Database, items: list) -> None:  # type: ignore[type-arg]
    items = [*items, change(99, FIRST, came_back_on=FIRST)]  # the days are known whole

    def store_all(session: Session) -> None:
        session.exec(delete(Change))
        finished.put_items(session, source_id(session, "github", "company"), items)

    database.writing(store_all)
    today = LAST + timedelta(days=90)
    works = counted_once(items, today)
    expected = sum(work.state == "stayed" and FIRST <= work.finished_on <= LAST for work in works)

    with database.reading() as session:
        assert costs.changes_that_stayed(session, FIRST, LAST) == expected
