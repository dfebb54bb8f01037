"""What the organisation's report says, in Slack, as text and as a page: the same words, nothing about a person."""

import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import SealedMark
from bot.domain.released import COMPANY_CELL
from bot.domain.report.content import (
    Amounts,
    Bill,
    BilledBy,
    CameBack,
    CompanyReport,
    Counted,
    CurveOfWeeks,
    Growth,
    NotCovered,
    RunOut,
    Share,
    UnusedSeats,
    report_in,
)
from bot.domain.report.counted import CURVE_CELL, PART_CELLS
from bot.domain.report.curve import Curve
from bot.domain.team_digest import LibraryLine
from bot.views import no_ranking, report
from bot.views.blocks import Message, Twin, texts_of
from bot.views.home import home
from bot.views.report_page import report_page, report_text
from bot.views.report_words import chapters_for_everybody
from bot.views.who import cell_words
from tests.promises.test_outcomes_before_volume import NEVER

USD = 10**9
CURVE = Curve(
    bins=tuple(
        zip((0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.5, 3.0, 5.0, 10.0), (0.5, 0.5, *[1.0] * 5, 1.5, 1.5, 2.0), strict=True)
    ),
    elasticity=0.29,
    low=0.2,
    high=0.38,
    doubling_percent=20,
    doubling_low_percent=15,
    doubling_high_percent=30,
    doubling_cost_multiple=1.6,
    in_line_with_reference=True,
    seed=7,
)
REPORT = CompanyReport(
    block=35,
    company="Larkfield",
    finished=412,
    per_change=Amounts(15 * USD, 22 * USD),
    per_change_before=Amounts(16 * USD, 23 * USD),
    bill=Bill(
        15_400 * USD,
        (BilledBy("anthropic", 9_810 * USD), BilledBy("cursor", 3_120 * USD), BilledBy("", 2_470 * USD)),
        without=("kiro",),
        late=("cursor",),
    ),
    counted=Counted(
        Amounts(5_200 * USD, 7_800 * USD),
        Amounts(2_300 * USD, 3_450 * USD),
        Amounts(700 * USD, 1_050 * USD),
        Amounts(1_540 * USD, 2_310 * USD),
        Amounts(300 * USD, 450 * USD),
    ),
    growth=Growth(15, 5),
    came_back=CameBack(4, 12),
    unused_seats=UnusedSeats("copilot", 380 * USD),
    run_out=RunOut(20_000 * USD, date(2026, 11, 1), date(2026, 11, 25)),
    spread=(LibraryLine("1", "Sort flaky tests in ten minutes", "Platform", 7, 6, 3),),
    worth_rolling_out=(LibraryLine("2", "First draft of release notes", "Payments", 3, 3, 2),),
    curve=CurveOfWeeks(date(2026, 8, 10), date(2026, 11, 1), CURVE),
    not_covered=NotCovered(("Support",), 4, Share(40, 60)),
    policy_mark="3c1e-04ab",
    log_mark=SealedMark(date(2026, 11, 15), "7f3a-91c2"),
)
EMPTY = CompanyReport(block=35, company="Larkfield", finished=None)
EVERY = [
    report.reader_message(REPORT),
    report.reader_message(EMPTY),
    report.channel_message(REPORT),
    report.run_out_message(RunOut(20_000 * USD, date(2026, 11, 1), date(2026, 11, 25))),
    report.budget_noted(later=True),
    report.budget_noted(later=False),
    report.for_readers_only(),
    no_ranking.paying_off(None, REPORT),
    no_ranking.paying_off(None, EMPTY),
]


def said(message: Message) -> str:
    return "\n".join([message.text, *texts_of(message.blocks(rich=True)), *texts_of(message.blocks(rich=False))])


def test_a_reader_reads_all_of_it() -> None:
    text = report.reader_message(REPORT).as_text()

    for line in (
        "• *$15-22 of AI per change that stayed,* all of Larkfield; the four weeks before $16-23.",
        "• *412 changes finished.* Came back within 14 days: likely 4-12 in 100.",
        "• *Billed: $15,400.* Anthropic $9,810 · Cursor $3,120 · other $2,470 (a source by itself from 12 billed users "
        "on).",
        "• *The sum is too low:* Cursor did not tell of every day.",
        "• *Not in it, since there is no bill:* Kiro.",
        "• *Billed 15 % more than in the four weeks before, with 5 % more finished changes.* What was it for?",
        "• *$380 went for seats of GitHub Copilot that nobody used* in these four weeks.",
        "• *The month's budget of $20,000 is spent on Wed 25 Nov,* at the pace so far.",
        "• *Who started it:* at the keyboard $5,200-7,800 · ran on its own $2,300-3,450 · unknown $700-1,050.",
        "• *Up to $1,540-2,310 is not tied to finished work yet;* some of it is learning.",
        "• *$300-450 ran on its own and saved nothing.* Which of these jobs does somebody still need?",
        "• *Twice the spend went with about 20 % more finished work, likely 15-30 %.* 10 Aug to 1 Nov, of those "
        "counted. People who spend more also do other work, so this is no proof of what causes what.",
        "• *Published for comparison, from one large study: about ten times the tokens for about twice the output.*",
        "• *Sort flaky tests in ten minutes:* now used in 3 teams; 6 of 7 who tried it said it worked.",
        "• *Worth bringing to more teams:* First draft of release notes (Payments).",
        "• *No finished work is known of Support:* no system that would tell it is connected.",
        "• *4 % of the bill has no owner* that its provider names.",
    ):
        assert line in text.splitlines(), text
    assert text.splitlines()[0] == f"Is it paying off? {_weeks(REPORT)}"


def _weeks(made: CompanyReport) -> str:
    first, last = made.weeks.first, made.weeks.last
    return f"{first.day} {first:%b} to {last.day} {last:%b} {last.year}"


def test_what_is_not_shown_says_so_and_never_nothing_or_zero() -> None:
    text = report.reader_message(EMPTY).as_text()

    assert text.count("Not shown.") + text.count("not shown.") == 5, text
    assert "How much was finished is unknown." in text
    assert "$0" not in text
    assert not [part for part in report.reader_message(EMPTY).parts if isinstance(part, Twin)]


def test_a_channel_reads_nothing_about_peoples_use_and_no_cost() -> None:
    text = said(report.channel_message(REPORT))

    assert "412 changes finished." in text
    assert "Sort flaky tests in ten minutes" in text
    assert "No finished work is known of Support" in text
    for figure in ("$", "15,400", "9,810", "15 % more", "380", "20,000", "40-60", "4 % of the bill", "is unknown"):
        assert figure not in text, figure
    for chapter in chapters_for_everybody(REPORT):
        assert chapter.heading not in text
        assert not [line.first for line in chapter.lines if line.first in text]


def test_everybody_reads_what_is_about_people_and_no_bill() -> None:
    text = said(no_ranking.paying_off(None, REPORT))

    assert "at the keyboard $5,200-7,800" in text
    assert "Twice the spend" in text
    assert "15,400" not in text
    assert "9,810" not in text
    assert "$15-22" not in text


@pytest.mark.parametrize(
    ("billed", "finished", "asks"),
    [
        (15, 5, "Billed 15 % more than in the four weeks before, with 5 % more finished changes."),
        (15, -5, "Billed 15 % more than in the four weeks before, with 5 % fewer finished changes."),
        (15, 0, "Billed 15 % more than in the four weeks before, with as many finished changes."),
        (5, 15, ""),
        (5, 5, ""),
        (-10, -20, ""),
    ],
)
def test_growth_is_a_question_and_less_is_never_said(billed: int, finished: int, asks: str) -> None:
    text = report.reader_message(replace(REPORT, growth=Growth(billed, finished))).as_text()

    assert ("than in the four weeks before" in text) is bool(asks)
    assert asks in text


def test_a_curve_that_may_go_either_way_says_so() -> None:
    either = replace(CURVE, low=-0.1, high=0.3, doubling_low_percent=-5, doubling_high_percent=25, doubling_percent=10)
    text = report.reader_message(replace(REPORT, curve=replace(REPORT.curve, curve=either))).as_text()  # type: ignore[type-var]

    assert "Twice the spend went with between 5 % less and 25 % more finished work." in text


@pytest.mark.parametrize("message", EVERY)
def test_no_message_praises_ranks_or_has_a_figure_in_its_notification(message: Message) -> None:
    assert not re.search(r"\d", message.text)
    assert not NEVER.search(said(message)), NEVER.search(said(message))
    assert len(message.blocks(rich=True)) <= 10


def test_names_from_outside_are_text_and_nothing_else() -> None:
    wild = '<!channel> *bold* <script>alert(1)</script> & "quotes"'
    made = replace(
        REPORT,
        company=wild,
        not_covered=NotCovered((wild,)),
        spread=(LibraryLine("1", wild, wild, 7, 6, 3),),
        worth_rolling_out=(LibraryLine("2", wild, wild, 3, 3, 2),),
    )

    assert "<!channel>" not in said(report.reader_message(made))
    assert "*bold*" not in said(report.reader_message(made))
    assert "<script" not in report_page(made)


class _Read(HTMLParser):
    """What a page loads from elsewhere, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "link", "img", "iframe", "object"}:
            self.loads.append(tag)
        self.loads += [f"{name}={value}" for name, value in attrs if name in {"src", "href", "xlink:href"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def test_the_page_stands_alone_and_says_what_the_text_says() -> None:
    page = report_page(REPORT)
    read = _Read()
    read.feed(page)

    assert read.loads == []
    assert not re.search(r"url\(|@import", page)
    words = " ".join(" ".join(read.words).split())
    for line in report_text(REPORT).splitlines():
        assert " ".join(line.split()) in words, line


def test_the_charts_are_drawn_from_the_report() -> None:
    drawings = re.findall(r"<svg.*?</svg>", report_page(REPORT), re.DOTALL)
    texts = ["".join(ElementTree.fromstring(drawing).itertext()) for drawing in drawings]  # noqa: S314  our own

    assert len(texts) == 2
    assert all(name in texts[0] for name in ("Anthropic", "Cursor", "other"))
    assert "Published" in texts[1]
    assert "This company" in texts[1]
    assert "<svg" not in report_page(EMPTY)


def test_what_was_kept_is_read_back_the_same() -> None:
    assert report_in(REPORT.stored()) == REPORT
    assert REPORT.weeks == Block(35)


@pytest.mark.parametrize("cell", [*PART_CELLS.values(), CURVE_CELL, COMPANY_CELL])
def test_every_figure_of_the_company_has_words_in_the_log(cell: str) -> None:
    words = {cell_words(each, "Larkfield") for each in (*PART_CELLS.values(), CURVE_CELL, COMPANY_CELL)}

    assert len(words) == 7
    assert cell_words(cell, "Larkfield").startswith("All of the company, ")


def test_home_has_two_charts_at_most_and_text_in_the_place_of_a_third() -> None:
    chart = next(part for part in report.reader_message(REPORT).parts if isinstance(part, Twin))
    shown = home(Message("Home", [chart]), [[chart], [chart]])

    kinds = [block["type"] for block in shown.blocks(rich=True)]
    assert kinds.count("data_visualization") == 2
    assert kinds.count("rich_text") == len(chart.plain)
