"""What the organisation's report is made of: the database adds up what the pure functions say of single rows."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete

from bot.domain.blocks_of_weeks import Block
from bot.domain.counting import count_once
from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.not_tied import not_tied
from bot.domain.outcomes.rounding import round_digits
from bot.domain.outcomes.states import counted_once
from bot.domain.outcomes.work import FinishedItem
from bot.domain.period import Period
from bot.domain.report.bill import SourceBill
from bot.domain.report.content import CompanyReport
from bot.domain.report.counted import Spending
from bot.domain.report.seats import SeatCount
from bot.domain.report.work import Authors, DayWork, WorkSource
from bot.domain.usage import UsageRow
from storage import (
    company_report,
    finished,
    finished_links,
    links,
    pulls,
    report_bills,
    report_usage,
    report_work,
    usage,
)
from storage.engine import Database
from storage.ids import account_id, insert_new, source_id
from storage.tables import AccountLink, Change, FeedScope, Outcome, OutcomeLink, UsageDay
from tests.cast import ADA, BOB, T0, row, switched_on
from tests.domain.outcomes.cast import change

BLOCK: Final = Block(36)
FIRST, LAST = BLOCK.first, BLOCK.last
DAY: Final = timedelta(days=1)
USD: Final = 10**9
OVERLAPS: Final = {"claude-code": ("anthropic", "otel"), "codex": ("openai",)}
KINDS: Final = ("anthropic", "otel")
works = st.sampled_from(["", "acme/api", "nightly"])
rows = st.lists(
    st.builds(
        lambda day, kind, run_kind, work, usd, runs, tier: row(
            day=FIRST + day * DAY, source=kind, tool="claude-code", run_kind=run_kind, work=work, tier=tier,
            billed_nano_usd=None if usd is None else usd * USD, runs=runs and runs[0],
            runs_with_result=runs and runs[1],
        ),
        st.sampled_from([-2, -1, 0, 0, 1, 1, 27, 28]),
        st.sampled_from(KINDS),
        st.sampled_from(["person", "schedule", "heartbeat", "unknown"]),
        works,
        st.none() | st.integers(0, 200),
        st.sampled_from([None, (3, 0), (3, 1), (0, 0)]),
        st.sampled_from(["standard", "standard", "seat"]),
    ),
    max_size=14,
    unique_by=lambda r: (r.day, r.source, r.run_kind, r.work, r.tier),
)  # fmt: skip
stated = st.lists(
    st.tuples(
        st.sampled_from([-1, 0, 0, 1, 1, 27, 28]),
        works,
        st.sampled_from(["acme/api#1", "acme/api#2"]),
        st.integers(1, 200),
    ),
    max_size=5,
    unique_by=lambda one: one[:3],
)


class Held(NamedTuple):
    """The days on which accounts are somebody's."""

    first: date
    last: date | None

    def have(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def store(
    database: Database, person_id: int, held: Held, told: list[UsageRow], linked: list[StatedLink], name: str
) -> None:
    """Let each source tell of the person under an account of its own, and runs name items."""

    def fill(session: Session) -> None:
        for kind in KINDS:
            account = account_id(session, kind, name)
            whose = {"account_id": account, "person_id": person_id, "from_day": held.first, "to_day": held.last}
            insert_new(session, AccountLink, [whose | {"how": "tests", "by": "tests"}])
            source = source_id(session, kind, "company")
            mine = [r for r in told if r.source == kind]
            own = [UsageRow(**{n: getattr(r, n) for n in r.__struct_fields__} | {"source_id": source}) for r in mine]
            usage.replace_days(session, account, source, {r.day for r in mine}, own, T0)
            if kind == "anthropic":
                finished_links.add_links(session, {account: linked})

    database.writing(fill)


def by_hand(told: list[UsageRow]) -> Spending:
    """Return what somebody's rows come to, row by row."""
    counted = count_once([r for r in told if r.day >= FIRST - DAY], OVERLAPS).counted
    block = [r for r in counted if r.day >= FIRST and not r.is_seat]
    started = {"person": 0, "schedule": 0, "heartbeat": 0, "unknown": 0}
    jobs: dict[tuple[date, str], list[UsageRow]] = {}
    for each in block:
        started[each.run_kind] += each.billed_nano_usd or 0
        if each.ran_on_its_own:
            jobs.setdefault((each.day, each.work), []).append(each)
    without = [
        sum(r.billed_nano_usd or 0 for r in job)
        for job in jobs.values()
        if all(r.runs is not None for r in job)
        and sum(r.runs or 0 for r in job) > 0
        and not any(r.runs_with_result for r in job)
    ]
    whole = sum(r.billed_nano_usd or 0 for r in counted)
    own = Spending(started["person"], started["schedule"] + started["heartbeat"], started["unknown"], sum(without))
    return own._replace(twelve_weeks=whole)


def not_tied_by_hand(told: list[UsageRow], linked: list[StatedLink], items: list[FinishedItem]) -> int | None:
    """Return the high end of what the person is shown, seats aside."""
    counted = count_once(told, OVERLAPS).counted
    block = [r for r in counted if r.day >= FIRST and not r.is_seat]
    found = not_tied(items, block, linked, Period("days", FIRST, LAST))
    return found and found.high


@settings(
    max_examples=14,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(
    mine=[],
    theirs=[row(day=LAST, source="anthropic", tool="claude-code", run_kind="schedule", billed_nano_usd=99 * USD)],
    named=[(27, "", "acme/api#2", 99)],
)
@given(mine=rows, theirs=rows, named=stated)
def test_the_sums_are_those_of_single_rows(
    database: Database, mine: list[UsageRow], theirs: list[UsageRow], named: list[tuple[int, str, str, int]]
) -> None:
    items = [change(1, LAST)]
    linked = [
        StatedLink(reference, row(day=FIRST + day * DAY, source="anthropic", tool="claude-code", run_kind="schedule",
                                  work=work, billed_nano_usd=usd * USD))
        for day, work, reference, usd in named
    ]  # fmt: skip

    def empty(session: Session) -> None:
        for table in (UsageDay, OutcomeLink, Change):
            session.exec(delete(table))
        finished.put_items(session, source_id(session, "github", "company"), items)

    database.writing(empty)
    told = {
        switched_on(database, ADA).person_id: (Held(FIRST - 5 * DAY, FIRST + DAY), mine, linked),
        switched_on(database, BOB).person_id: (Held(FIRST, None), theirs, linked),
    }
    for person, (held, its, stated_by) in told.items():
        store(database, person, held, its, stated_by, str(person))
    with database.reading() as session:
        found = dict(report_usage.spent_by_each(session, sorted(told), BLOCK, FIRST - DAY, OVERLAPS))
        assert dict(report_usage.spent_by_each(session, [], BLOCK, FIRST, OVERLAPS)) == {}

    for person, (held, its, stated_by) in told.items():
        own = [r for r in its if held.have(r.day) and r.day <= LAST]
        own_stated = [each for each in stated_by if held.have(each.used.day) and FIRST <= each.used.day <= LAST]
        expected, sums = by_hand(own), found.get(person, Spending())
        assert sums[:4] == expected[:4]
        assert sums.twelve_weeks == expected.twelve_weeks
        rounded = None if sums.not_tied is None else round_digits(sums.not_tied, 2)
        assert rounded == not_tied_by_hand(own, own_stated, items)


changes = st.lists(
    st.builds(
        change,
        number=st.integers(1, 12),
        finished_on=st.integers(-6, 34).map(lambda day: FIRST + day * DAY),
        accepted=st.sampled_from([True, True, False]),
        came_back_on=st.none() | st.integers(-6, 60).map(lambda day: FIRST + day * DAY),
        ticket=st.sampled_from(["", "", "PAY-1", "PAY-2"]),
        author=st.sampled_from([b"", b"a" * 16, b"b" * 16]),
    ),
    max_size=12,
    unique_by=lambda item: item.reference,
)


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(items=[change(1, FIRST - 2 * DAY, came_back_on=FIRST, ticket="PAY-1"), change(2, FIRST, ticket="PAY-1")])
@given(items=changes)
def test_what_was_finished_counts_as_everywhere_else(database: Database, items: list[FinishedItem]) -> None:
    person = switched_on(database, ADA).person_id

    def store_all(session: Session) -> None:
        for table in (Change, Outcome):
            session.exec(delete(table))
        finished.put_items(session, source_id(session, "github", "company"), items)
        account = account_id(session, "github", "ada")
        links.link(session, account, person, date(2026, 1, 1), how="tests", by="tests")
        finished.put_owned(session, [finished.Owned(account, i.place, i.reference, "", "") for i in items])

    database.writing(store_all)
    ended = [work for work in counted_once(items, LAST + 90 * DAY) if FIRST <= work.finished_on <= LAST]
    expected = {day: (0, 0) for day in {work.finished_on for work in ended}}
    for work in ended:
        finished_so_far, back = expected[work.finished_on]
        expected[work.finished_on] = (finished_so_far + 1, back + (work.state == "came_back"))
    own = [i.author for i in items if i.accepted and FIRST <= i.finished_on <= LAST]
    with database.reading() as session:
        assert report_work.work_by_day(session, FIRST, LAST) == [DayWork(d, *expected[d]) for d in sorted(expected)]
        assert report_work.authors_of(session, FIRST, LAST) == Authors(
            len(set(own) - {b""}), max((own.count(a) for a in own if a), default=0), own.count(b""), len(own)
        )
        stayed = sum(work.state == "stayed" for work in ended)
        assert report_work.stayed_of_each(session, [person], FIRST, LAST).get(person, 0) == stayed


def test_who_is_told_of_throughout_has_both_accounts_for_all_of_the_weeks(database: Database) -> None:
    """Each is told of by Anthropic and GitHub, but for what is missing."""
    missing = {
        1: (), 2: ("github",), 3: ("anthropic",), 4: ("linked late",), 5: ("unlinked",), 6: ("delivered late",),
    }  # fmt: skip

    def fill(session: Session) -> None:
        for person, what in missing.items():
            for kind in ("anthropic", "github"):
                if kind in what:
                    continue
                account = account_id(session, kind, f"p{person}")
                since = FIRST + DAY if "linked late" in what and kind == "github" else FIRST
                links.link(session, account, person, since, how="", by="")
                if "unlinked" in what and kind == "github":
                    links.link(session, account, person, since, how="", by="")
                first = FIRST + DAY if "delivered late" in what and kind == "anthropic" else FIRST
                last = LAST - DAY if "unlinked" in what and kind == "anthropic" else LAST
                scope = {"first_day": first, "last_day": last, "received_at": T0}
                ids = {"account_id": account, "source_id": source_id(session, kind, "company")}
                insert_new(session, FeedScope, [scope | ids])

    database.writing(fill)
    with database.reading() as session:
        assert report_work.told_throughout(session, FIRST, LAST, {"github"}) == {1}


def test_what_sources_told_is_read_with_those_that_told_nothing(database: Database) -> None:
    def fill(session: Session) -> None:
        anthropic, cursor, push = (source_id(session, kind, "company") for kind in ("anthropic", "cursor", "push"))
        machine = source_id(session, "ccusage", "laptop", owner=7)
        for number in range(3):
            pulls.note_accounts(session, anthropic, FIRST + number * DAY, 10 + number)
        pulls.note_bills(session, anthropic, {FIRST - DAY: 5, FIRST: 7, FIRST + DAY: 11})
        report_bills.note_unowned(session, anthropic, FIRST, 3)
        report_bills.note_unowned(session, anthropic, FIRST + DAY, 1)
        report_bills.note_unowned(session, anthropic, FIRST + 2 * DAY, 0)
        pulls.note_success(session, anthropic, T0)
        for source, kind, day in (
            (push, "push", LAST),
            (machine, "ccusage", LAST),
            (cursor, "cursor", FIRST - 40 * DAY),
        ):
            usage.add_source_days(session, [row(day=day, source=kind, source_id=source, billed_nano_usd=13)])

    database.writing(fill)
    with database.reading() as session:
        found = report_bills.told_by_sources(session, FIRST, LAST, (FIRST, LAST), {("openai", "company")})

    told = (FIRST, FIRST + 2 * DAY)
    assert found == [
        SourceBill("anthropic", 18, (FIRST, FIRST + DAY), None, None, told, FIRST - DAY, 12, 4, True, T0.date()),
        SourceBill("push", None, None, 13, (LAST, LAST), None, LAST),
        SourceBill("openai", is_asked=True),
    ]


def test_seats_are_those_of_a_day_where_it_is_known_how_many_are_unused(database: Database) -> None:
    def fill(session: Session) -> None:
        one, two = source_id(session, "copilot", "one"), source_id(session, "copilot", "two")
        report_bills.note_seats(session, one, LAST, 1, 1)
        report_bills.note_seats(session, one, LAST, 30, 12)
        report_bills.note_seats(session, two, LAST, 10, 2)
        report_bills.note_seats(session, two, FIRST, 10, None)
        pulls.note_accounts(session, one, LAST, 5)

    database.writing(fill)
    with database.reading() as session:
        assert report_bills.seats_on(session, LAST) == [SeatCount("copilot", LAST, 40, 14)]
        assert report_bills.seats_on(session, FIRST) == []


def test_sources_of_work_are_those_that_told_lately(database: Database) -> None:
    def fill(session: Session) -> None:
        github, gitlab = (source_id(session, kind, "company") for kind in ("github", "gitlab"))
        finished.put_items(session, github, [change(1, FIRST - 30 * DAY), change(2, LAST)])
        finished.put_items(session, gitlab, [change(3, FIRST - 30 * DAY)])
        pulls.note_success(session, github, T0)

    database.writing(fill)
    with database.reading() as session:
        assert report_work.work_sources(session, FIRST) == [WorkSource("github", FIRST - 30 * DAY, T0.date())]


def test_a_report_is_kept_once_until_the_ledger_forgets_it(database: Database) -> None:
    early, late = CompanyReport(35, "Larkfield", 3), CompanyReport(36, "Larkfield", None)
    other = CompanyReport(35, "Larkfield", 4)
    later = T0 + timedelta(weeks=4)

    assert database.writing(lambda session: company_report.put_report(session, early, T0))
    assert not database.writing(lambda session: company_report.put_report(session, other, later))
    assert database.writing(lambda session: company_report.put_report(session, late, later))
    with database.reading() as session:
        assert company_report.report_of(session, Block(35)) == early
        assert company_report.last_report(session) == late
    database.writing(lambda session: company_report.drop_reports_before(session, later))
    with database.reading() as session:
        assert company_report.report_of(session, Block(35)) is None
        assert company_report.last_report(session) == late


def test_a_month_is_quiet_until_the_last_moment_that_somebody_named(database: Database) -> None:
    def ask(until: datetime) -> None:
        database.writing(lambda session: company_report.quieten_budget(session, "2026-11", until, T0))

    def is_quiet(month: str, at: datetime) -> bool:
        with database.reading() as session:
            return company_report.budget_is_quiet(session, month, at)

    assert not is_quiet("2026-11", T0)
    ask(T0 + 7 * DAY)
    ask(T0 + 3 * DAY)
    assert is_quiet("2026-11", T0 + 6 * DAY)
    assert not is_quiet("2026-11", T0 + 7 * DAY)
    assert not is_quiet("2026-12", T0)
