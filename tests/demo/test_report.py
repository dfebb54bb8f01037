"""The report of a company whose seed is known finds what was put in; a company that is too small reads "Not shown"."""

import re
from collections.abc import Iterator

import pytest

from bot.demo.company.work_others import ELASTICITY
from bot.demo.seats import ANA, VERA
from bot.domain.blocks_of_weeks import Block
from bot.domain.people import SlackId
from bot.domain.report.content import CompanyReport
from bot.views.report_page import report_page, report_text
from handlers.report import in_home, show_report
from handlers.visit import Visit
from storage.company_report import last_report
from storage.engine import Database
from tests.cast import ORG
from tests.demo.demonstrated import Demo, demonstrated
from tests.demo.player import Player
from tests.e2e.harness import texts
from tests.jobs.report_company import READER, Company, used, weekly_changes

pytestmark = pytest.mark.xdist_group("the demo's report")
PAYING_OFF = "Is it paying off? The four-week report"
HEADINGS = (
    "Finished work, and what it came to",
    "The bill",
    "Of those who chose to be counted",
    "Spend and finished work",
)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo as it begins; it takes some seconds."""
    with demonstrated() as made:
        yield made


def released(demo: Demo) -> CompanyReport:
    with demo.world.services.database.reading() as session:
        found = last_report(session)
    assert found is not None
    return found


def asked(demo: Demo, user: str) -> str:
    """Return what somebody reads who asks for a leaderboard, and then whether it is paying off."""
    no = demo.stage.answer(user, demo.stage.slack.mark(), demo.stage.slack.command(user, "/teamdigest", "leaderboard"))
    assert "There is no ranking here" in texts(no)
    return texts(demo.press(user, no, PAYING_OFF))


def test_the_curve_is_the_one_that_the_company_was_built_with(demo: Demo) -> None:
    report = released(demo)
    assert report.curve is not None
    curve, doubled = report.curve.curve, round(100 * (2**ELASTICITY - 1))
    said = re.search(r"Twice the spend went with about (\d+) % more .*likely (\d+)-(\d+) %", report_text(report))
    assert said is not None
    about, least, most = map(int, said.groups())

    assert (report.block, report.curve.first, report.curve.last) == (36, *Block(36).twelve_weeks)
    assert curve.low <= ELASTICITY <= curve.high
    assert curve.high - curve.low <= 0.3
    assert curve.elasticity == round(ELASTICITY, 1)
    assert least <= about == doubled <= most
    assert [spend for spend, _ in curve.bins] == sorted(spend for spend, _ in curve.bins)
    assert curve.bins[-1][0] / curve.bins[0][0] >= 2 * curve.bins[-1][1] / curve.bins[0][1]  # spend grows far faster


def test_vera_reads_all_of_it_and_ana_what_is_about_people(demo: Demo) -> None:
    veras, anas = asked(demo, VERA), asked(demo, ANA)

    assert [each for each in HEADINGS if each not in veras] == []
    assert [each for each in HEADINGS if each in anas] == list(HEADINGS[2:])
    assert "Who started it:" in anas
    assert "of AI per change that stayed" in veras
    assert "$20,000" in veras
    assert "$20,000" not in anas
    assert Player(demo).messages(VERA)[-1].splitlines()[1] == "Is it paying off? 5 Oct to 1 Nov 2026"


def test_the_page_is_what_the_command_line_writes(demo: Demo) -> None:
    assert [each.name for each in demo.story.pages] == ["report"]
    assert _without_ids(demo.story.page("report") or "") == _without_ids(report_page(released(demo)))
    assert demo.story.page("other") is None


def _without_ids(page: str) -> str:
    return re.sub(r"chart-[0-9a-f-]{36}", "chart", page)  # drawn anew each time


@pytest.mark.parametrize(("people", "has_a_curve"), [(40, False), (64, False), (65, True)])
def test_a_company_that_is_too_small_reads_that_it_is_not_shown(
    people: int, has_a_curve: bool, sqlite_database: Database
) -> None:
    """The same people, only more of them."""
    company = Company(sqlite_database, people)
    for number in range(people):
        company.used([number], used(20 * (number + 1), work="acme/api"))
    company.billed(200)
    company.finished(weekly_changes())
    company.finished_by_each(lambda number: 4 + number % 40 // 4)
    company.everything_told()
    report = company.make()
    assert report is not None
    visits = [
        Visit(SlackId(ORG, user), ORG, "paying-off", "", "", user, command="teamdigest") for user in (READER, "U0001")
    ]
    answers = [show_report(visit, None, company.services).as_text() for visit in visits]
    homes = [str(in_home(visit, company.services)) for visit in visits]

    assert report.counted.at_keyboard is not None
    assert (report.curve is not None) is has_a_curve
    for said in (*answers, *homes, report_text(report), report_page(report)):
        assert ("Twice the spend" in said) is has_a_curve
        assert bool(re.search(r"How finished work went with spend:.{0,20} Not shown\.", said)) is not has_a_curve
