"""The organisation's report: made once a block, for good; where something is missing it says less, nothing wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from msgspec.structs import replace as with_values
from sqlmodel import Session, select

from bot.connectors.pull import PullSource, ReportedDay, ReportedRow, SeatsOfDay
from bot.domain.report.content import Amounts, BilledBy, CompanyReport, Counted
from bot.domain.report.counted import CURVE_CELL, PART_CELLS
from bot.domain.report.seats import SeatCount
from bot.jobs import release, report, report_mail, report_reading
from bot.jobs.kind import ToPerson
from bot.jobs.kinds import KINDS
from bot.jobs.taking import Asking, take_day
from bot.policy import People, Report
from bot.views.blocks import texts_of
from storage import choices, pulls, usage
from storage.access_log import entries_of
from storage.company_report import last_report, quieten_budget, report_of
from storage.engine import Database
from storage.ids import source_id
from storage.people import by_person_id
from storage.released import figures_of, figures_with
from storage.report_bills import seats_on, told_by_sources
from storage.tables import CompanyReport as Row
from storage.tables import FigurePart, OrgHome, Outbox
from tests.jobs.report_company import (
    BLOCK,
    DUE,
    READER,
    USD,
    Company,
    person_id,
    used,
    usual_rows,
    weekly_changes,
)
from tests.threads import at_once

NOTHING_COUNTED: Final = Counted()


@pytest.fixture
def company(sqlite_database: Database) -> Company:
    return Company(sqlite_database)


def made(company: Company) -> CompanyReport:
    found = company.make()
    assert found is not None
    return found


def between(amounts: Amounts | None, usd: float) -> bool:
    return amounts is not None and amounts.low_nano_usd <= usd * USD < amounts.high_nano_usd


def test_a_report_says_what_is_known_of_a_company_in_which_nothing_is_odd(database: Database) -> None:
    company = Company(database)
    company.usual()
    said = made(company)

    assert (said.block, said.company, said.finished) == (BLOCK.number, "Larkfield", 40)
    assert said.bill is not None
    assert (said.bill.whole_nano_usd, said.bill.late) == (28 * 200 * USD, ())
    assert between(said.per_change, 28 * 200 / 36)
    assert between(said.per_change_before, 28 * 200 / 36)
    assert said.growth is not None
    assert (said.growth.billed_percent, said.growth.finished_percent) == (0, 0)
    assert said.came_back is not None
    assert said.came_back.low < 10 < said.came_back.high
    assert between(said.counted.at_keyboard, 45 * 60)
    assert between(said.counted.on_its_own, 45 * 30)
    assert between(said.counted.without_result, 45 * 20)
    assert between(said.counted.not_tied, 45 * 90)
    assert said.counted.unknown is None
    with database.reading() as session:
        cells = {each.cell: each for each in figures_of(session, BLOCK)}
        mine = {each.cell for each in figures_with(session, person_id(0))}
        logged = [row.entry.cell for row in entries_of(session, ["figure"]) if row.entry]
    shown = set(PART_CELLS.values()) - {"company unknown"}
    assert shown <= cells.keys()
    assert shown <= mine
    assert shown <= set(logged)
    assert "company unknown" not in cells
    assert said.counted.at_keyboard == Amounts(*(cells["company keyboard"].amounts or ()))
    assert '"report_readers": 1' in cells["company keyboard"].readers


def test_replicas_that_run_at_once_make_it_once(database: Database) -> None:
    company = Company(database)
    company.usual()
    done = at_once(3, lambda _: report.run(company.services))

    assert all(each["reports"] in {0, 1} for each in done)
    with database.reading() as session:
        assert len(session.exec(select(Row)).all()) == 1
        logged = [row.entry.cell for row in entries_of(session, ["figure"]) if row.entry]
        planned = [(row.kind, row.person_id) for row in session.exec(select(Outbox))]
    assert sorted(each for each in logged if each in PART_CELLS.values()) == sorted(
        set(PART_CELLS.values()) - {"company unknown"}
    )
    assert planned == [("report", person_id(0))]


def _small(company: Company) -> None:
    """Fewer than twelve people had anything billed."""
    company.used(range(11), *usual_rows())
    company.billed(200, accounts=11)
    company.finished(weekly_changes())


def _no_outcomes(company: Company) -> None:
    company.used(range(45), *usual_rows())
    company.billed(200)


def _one_author(company: Company) -> None:
    company.used(range(45), *usual_rows())
    company.billed(200)
    company.finished(weekly_changes(authors=1))


def _few_changes(company: Company) -> None:
    company.used(range(45), *usual_rows())
    company.billed(200)
    company.finished(weekly_changes(a_week=1))


def _joined(company: Company) -> None:
    company.usual()
    company.billed(50, "cursor", first=date(2026, 10, 20))


def _late(company: Company) -> None:
    company.usual()
    company.billed(50, "cursor", last=date(2026, 10, 20))


def _has_not_answered(company: Company) -> None:
    company.usual()
    company.billed(50, "cursor", answered=datetime(2026, 10, 30, tzinfo=DUE.tzinfo))


def _never_told(company: Company) -> None:
    """It is connected and has not told of anything yet."""
    company.usual()
    source = PullSource()
    source.kind, source.name = "cursor", "company"
    company.services = replace(company.services, sources=(source,))
    company.database.writing(lambda session: source_id(session, "anthropic", "company"))


def _lower_than_the_feed(company: Company) -> None:
    company.usual()
    company.billed(1, "cursor")
    company.database.writing(lambda session: _rows_of_cursor(session, 100))


def _rows_of_cursor(session: Session, usd: int) -> None:
    cursor = source_id(session, "cursor", "company")
    usage.add_source_days(session, [used(usd, source="cursor", source_id=cursor)])


def _invoice_ends_early(company: Company) -> None:
    """The feed goes on, the invoice does not."""
    _late(company)
    company.database.writing(_told_to_the_end)


def _told_to_the_end(session: Session) -> None:
    cursor = source_id(session, "cursor", "company")
    for number in range(31):
        day = date(2026, 10, 19) + timedelta(days=number)
        pulls.note_accounts(session, cursor, day, 45)
        usage.add_source_days(session, [used(0, day=day, source="cursor", source_id=cursor)])


@pytest.mark.parametrize(
    ("fill", "late", "silent"),
    [
        (_small, None, ("bill", "per_change", "per_change_before", "growth", "counted")),
        (_no_outcomes, (), ("finished", "per_change", "per_change_before", "growth", "came_back")),
        (_one_author, (), ("came_back",)),
        (_few_changes, (), ("came_back", "growth", "per_change")),
        (_joined, ("cursor",), ("per_change", "per_change_before", "growth")),
        (_late, ("cursor",), ("per_change", "growth")),
        (_has_not_answered, ("cursor",), ("per_change", "growth")),
        (_never_told, ("cursor",), ("per_change", "per_change_before", "growth")),
        (_lower_than_the_feed, ("cursor",), ("per_change", "growth")),
        (_invoice_ends_early, ("cursor",), ("per_change", "growth")),
    ],
)
def test_it_says_less_where_something_is_missing(
    company: Company, fill: Callable[[Company], None], late: tuple[str, ...] | None, silent: tuple[str, ...]
) -> None:
    fill(company)
    said = made(company)

    assert (said.bill and said.bill.late) == late
    assert {name: getattr(said, name) for name in silent} == {
        name: NOTHING_COUNTED if name == "counted" else None for name in silent
    }
    if late:
        assert said.not_covered.counted is None
    shown = {"per_change", "growth", "came_back", "finished"} - set(silent)
    assert all(getattr(said, name) is not None for name in shown)


def test_a_company_of_fewer_than_forty_has_no_parts(sqlite_database: Database) -> None:
    company = Company(sqlite_database, people=39)
    company.usual()
    said = made(company)

    assert said.counted == NOTHING_COUNTED
    assert said.bill is not None
    assert not said.says_anything_to_everybody


def test_somebody_with_half_the_spend_does_not_move_a_figure(company: Company) -> None:
    company.usual()
    company.used([0], used(180, work="acme/api"), *usual_rows()[1:])  # three times the middle
    prepared = report_reading.prepare(company.services, BLOCK)
    company.used([0], used(2700, work="acme/api"), *usual_rows()[1:])
    more = report_reading.prepare(company.services, BLOCK)

    assert prepared.spending != more.spending
    assert _figures(company, prepared) == _figures(company, more)


def _figures(company: Company, prepared: report_reading.Prepared) -> object:
    """Return the counted figures that would be released of *prepared*, releasing nothing."""

    class StopError(Exception):
        pass

    found: list[object] = []

    def try_it(session: Session) -> None:
        report._release(session, company.services, prepared)
        said = report_of(session, BLOCK)
        found.append(said and said.counted)
        raise StopError

    with pytest.raises(StopError):
        company.database.writing(try_it)
    return found


@pytest.mark.parametrize("how", ["no", "moved"])
def test_what_was_made_stays_whatever_people_and_the_organisation_do(company: Company, how: str) -> None:
    company.usual()
    before = made(company)

    def change(session: Session) -> None:
        for number in range(20):
            if how == "no":
                choices.choose(session, person_id(number), "counted", "no", DUE)
            else:
                home = session.get(OrgHome, person_id(number))
                assert home is not None
                home.group_name = "Support"

    company.database.writing(change)
    company.at = DUE + timedelta(days=1)
    company.used(range(45), *(with_values(each, billed_nano_usd=9 * USD) for each in usual_rows()))

    assert report.run(company.services)["reports"] == 0
    assert made(company) == before


def test_a_no_just_before_it_is_made_counts(company: Company) -> None:
    company.usual()
    release.run(company.services)
    prepared = report_reading.prepare(company.services, BLOCK)

    def change_mind(session: Session) -> None:
        for number in range(33):
            choices.choose(session, person_id(number), "counted", "no", DUE)

    company.database.writing(change_mind)
    company.database.writing(lambda session: report._release(session, company.services, prepared))
    with company.database.reading() as session:
        said = last_report(session)
        parts = [part.person_id for part in session.exec(select(FigurePart)) if part.cell in PART_CELLS.values()]

    assert said is not None
    assert said.counted == NOTHING_COUNTED
    assert parts == []


def test_nothing_is_kept_where_the_plan_fails(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.usual()

    def fail(*_args: object) -> None:
        raise ValueError("no plan")

    monkeypatch.setattr(report_mail, "plan_report", fail)
    with pytest.raises(ValueError, match="no plan"):
        report.run(company.services)
    with company.database.reading() as session:
        assert last_report(session) is None
        assert not {each.cell for each in figures_of(session, BLOCK)} & set(PART_CELLS.values())


def test_it_waits_until_all_that_carry_the_figures_have_gone(company: Company) -> None:
    company.usual()
    company.at = DUE - timedelta(hours=4)
    assert company.make() is None
    company.at = DUE
    assert company.make() is not None


def test_the_curve_is_of_those_of_whom_all_was_told_and_stands_for_twelve_weeks(sqlite_database: Database) -> None:
    company = Company(sqlite_database, people=70)
    company.usual()
    for number in range(70):
        company.used([number], used(10 * 2 ** (number % 7), work="acme/api"))
    company.finished_by_each(lambda number: 4 + number % 7)
    company.everything_told()
    said = made(company)
    company.at = DUE + timedelta(days=28)
    company.billed(200, first=date(2026, 11, 19), last=date(2026, 12, 16), answered=company.at)
    company.finished(weekly_changes(last=date(2026, 12, 7)), answered=company.at)
    later = made(company)

    assert said.curve is not None
    assert (said.curve.first, said.curve.last) == BLOCK.twelve_weeks
    assert (later.block, later.curve) == (BLOCK.number + 1, said.curve)
    with sqlite_database.reading() as session:
        parts = [part for part in session.exec(select(FigurePart)) if part.cell == CURVE_CELL]
    assert {part.period for part in parts} == {BLOCK.word}
    assert len(parts) == 70


def test_who_is_not_told_of_throughout_is_not_in_the_curve(sqlite_database: Database) -> None:
    """Sixty-five are needed; of six of seventy it is not known what they finished."""
    company = Company(sqlite_database, people=70)
    company.usual()
    for number in range(70):
        company.used([number], used(10 * 2 ** (number % 7), work="acme/api"))
    company.finished_by_each(lambda number: 4 + number % 7)
    company.everything_told(but=range(6))

    assert made(company).curve is None


def test_a_source_by_itself_has_twelve_people_behind_it_and_so_has_the_rest(company: Company) -> None:
    company.usual()
    company.billed(50, "cursor", accounts=15)
    company.billed(5, "openai", accounts=3)
    said = made(company)

    assert said.bill is not None
    assert said.bill.by_source == (BilledBy("anthropic", 28 * 200 * USD), BilledBy("", 28 * 55 * USD))


def test_the_word_about_the_budget_comes_once_and_again_after_a_week(company: Company) -> None:
    company.usual()
    company.with_policy(report=Report(budget_usd="5000"))  # type: ignore[arg-type]
    told = [report.run(company.services)["alerts"] for _ in range(2)]
    quiet = DUE + timedelta(days=7)
    company.database.writing(lambda session: quieten_budget(session, "2026-11", quiet, DUE))
    company.at = DUE + timedelta(days=6)
    told.append(report.run(company.services)["alerts"])
    company.at = quiet + timedelta(hours=1)
    company.billed(200, first=DUE.date(), last=quiet.date() - timedelta(days=1), answered=company.at)
    told += [report.run(company.services)["alerts"] for _ in range(2)]

    assert told == [1, 0, 0, 1, 0]
    with company.database.reading() as session:
        found = report_reading.budget_of_month(session, company.services)
        payloads = {row.payload for row in session.exec(select(Outbox)) if row.kind == "budget"}
    assert found is not None
    assert found.on == date(2026, 11, 25)  # 5,000 at 200 a day
    assert payloads == {'{"month": "2026-11"}'}


def test_a_budget_that_lasts_needs_no_word_and_an_unknown_bill_says_nothing(company: Company) -> None:
    company.usual()
    company.with_policy(report=Report(budget_usd="6001"))  # type: ignore[arg-type]
    assert report.run(company.services)["alerts"] == 0
    with company.database.reading() as session:
        lasting = report_reading.budget_of_month(session, company.services)
    company.with_policy(report=Report(budget_usd="10"))  # type: ignore[arg-type]
    company.billed(50, "cursor", last=date(2026, 11, 2))
    with company.database.reading() as session:
        unknown = report_reading.budget_of_month(session, company.services)

    assert lasting is not None
    assert lasting.on is None
    assert unknown is None
    assert report.run(company.services)["alerts"] == 0


def test_only_readers_of_now_get_it_and_a_channel_only_what_is_no_persons(company: Company) -> None:
    company.usual()
    company.with_policy(report=Report(channel="C01GENERAL"), people=People(report_readers=(READER, "UGONE")))
    made(company)
    with company.database.reading() as session:
        planned = {(row.kind, row.person_id, row.channel, row.payload) for row in session.exec(select(Outbox))}
        reader, other = (by_person_id(session, person_id(number)) for number in (0, 1))
    payload = {"block": BLOCK.word}
    to_reader = KINDS["report"]
    assert isinstance(to_reader, ToPerson)
    assert reader is not None
    assert other is not None

    word = f'{{"block": "{BLOCK.word}"}}'
    assert planned == {("report", person_id(0), "", word), ("report-channel", 0, "C01GENERAL", word)}
    sent = to_reader.compose(company.services, reader, payload)
    assert sent is not None
    assert "$5,600" in "\n".join(texts_of(sent.blocks(rich=False)))
    assert to_reader.compose(company.services, other, payload) is None


def test_days_that_the_policy_no_longer_keeps_are_not_told_of(company: Company) -> None:
    company.usual()
    company.with_policy(retention=company.services.policy.retention.model_copy(update={"daily_days": 28}))
    said = made(company)

    assert said.counted == NOTHING_COUNTED
    assert said.bill is not None


def test_taking_a_day_notes_its_seats_and_what_is_nobodys(company: Company) -> None:
    rows = [ReportedRow("p0", used(9)), ReportedRow(None, used(4)), ReportedRow(None, used(2, billed_nano_usd=None))]
    source = PullSource()
    source.kind, source.name = "copilot", "company"
    instance = company.database.writing(lambda session: source_id(session, "copilot", "company"))
    day = ReportedDay(BLOCK.last, [rows], seats=SeatsOfDay(40, 12))
    take_day(Asking(company.services, source, instance), day)
    with company.database.reading() as session:
        (told,) = told_by_sources(session, BLOCK.first, BLOCK.last, (BLOCK.first, BLOCK.last), ())
        seats = seats_on(session, BLOCK.last)

    assert (told.rows_nano_usd, told.unowned_nano_usd, told.accounts) == (13 * USD, 4 * USD, 1)
    assert seats == [SeatCount("copilot", BLOCK.last, 40, 12)]
