"""What was finished, said above the cost: every number worked out by hand."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from bot.domain.outcomes.cost_per_change import CostPerChange
from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.not_tied import NotTied
from bot.domain.outcomes.person import PersonOutcomes, person_outcomes
from bot.domain.outcomes.rounding import Likely
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Delivered
from bot.domain.period import parse_period
from bot.domain.quantity import UNKNOWN, Quantity
from bot.domain.usage import UsageRow
from bot.playground.block_rules import problems
from bot.views.outcomes import (
    OwnWork,
    cost_per_change_lines,
    finished_blocks,
    missing_work_lines,
    not_tied_lines,
    work_freshness,
)
from tests.cast import TODAY, row
from tests.domain.outcomes.cast import LONG_AGO, USD, ago, change, own, ticket

FOUR_WEEKS: Final = parse_period("4w", TODAY)
assert FOUR_WEEKS is not None
YESTERDAY: Final = ago(1)


def outcomes(items: list[FinishedItem], usage: list[UsageRow] | None = None, *links: StatedLink) -> PersonOutcomes:
    assert FOUR_WEEKS is not None
    mine = [own(item, f"Title of {item.reference}") for item in items]
    return person_outcomes(mine, usage or [], links, FOUR_WEEKS, TODAY, LONG_AGO)


def said(items: list[FinishedItem], usage: list[UsageRow] | None = None) -> str:
    assert FOUR_WEEKS is not None
    blocks = finished_blocks(OwnWork(outcomes(items, usage)), FOUR_WEEKS)
    assert problems(blocks, "message") == []
    return str(blocks[0]["text"]["text"]) if blocks else ""


def test_the_finished_work_of_four_weeks_worked_out_by_hand() -> None:
    """Of 7 changes 3 are older than 14 days and stayed, 1 was reverted, 3 are younger; 5 carry a trailer."""
    items = [
        *(change(number, ago(20), ai_evidence="shown") for number in (1, 2, 3)),
        change(4, ago(18), came_back_on=ago(10), ai_evidence="shown"),
        change(5, ago(14), ai_evidence="shown"),  # its fourteenth day is today
        change(6, ago(3)),
        change(7, ago(1)),
        change(8, ago(30)),  # before the four weeks
        *(ticket(number, ago(2)) for number in (1, 2, 3)),
    ]

    assert said(items) == (
        "*7 changes finished*, 5 show AI help\n"
        "3 have stayed for 14 days · 1 came back · 3 are too new to say\n"
        "*3 tickets closed*"
    )


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        ([change(1, ago(1))], "*1 change finished*\n1 is too new to say"),
        ([change(1, ago(20))], "*1 change finished*\n1 has stayed for 14 days · none came back"),
        ([change(1, ago(20), came_back_on=ago(9))], "*1 change finished*\n1 came back"),
        ([ticket(1, ago(20)), ticket(2, ago(1))], "*2 tickets closed*\n"
         "1 has stayed for 14 days · none came back · 1 is too new to say"),
        ([change(1, ago(1), ai_evidence="shown")], "*1 change finished*, 1 shows AI help\n1 is too new to say"),
        ([change(1, ago(1)), ticket(1, ago(20), came_back_on=ago(9))],
         "*1 change finished*\n1 is too new to say\n*1 ticket closed* · 1 came back"),
        ([change(1, ago(1), kind="case"), change(2, ago(1), kind="piece"), change(3, ago(1), kind="piece")],
         "*1 support case closed*\n1 is too new to say\n*2 pieces of work finished*"),
        ([change(1, ago(1)), change(2, ago(1), accepted=False)],
         "*1 change finished*\n1 is too new to say\nNot counted: 1 that nobody else accepted"),
        ([change(2, ago(1), accepted=False)], "*1 merged, not counted:* nobody else accepted it"),
        ([change(1, ago(2), ticket="PAY-1"), change(2, ago(1), ticket="PAY-1")],
         "*1 change finished*\n1 is too new to say"),
    ],
)  # fmt: skip
def test_each_state_has_its_words(items: list[FinishedItem], text: str) -> None:
    assert said(items) == text


def test_what_may_have_had_help_is_said_apart_from_what_shows_it() -> None:
    used = [row(day=ago(4), work="acme/api", billed_nano_usd=USD)]
    maybe, shown = change(1, ago(2)), change(2, ago(20), ai_evidence="shown")

    assert said([maybe], used).startswith("*1 change finished*, 1 may have had AI help\n")
    assert said([maybe, shown], used).startswith("*2 changes finished*, 1 shows AI help, 1 may have had some\n")


def test_kinds_are_never_added() -> None:
    text = said([change(1, ago(1)), change(2, ago(1)), *(ticket(number, ago(1)) for number in range(1, 6))])

    assert "2 changes" in text
    assert "5 tickets" in text
    assert "7" not in text


def test_the_list_is_a_button_beside_the_numbers() -> None:
    assert FOUR_WEEKS is not None
    found = finished_blocks(OwnWork(outcomes([change(1, ago(1))])), FOUR_WEEKS)[0]["accessory"]

    assert (found["text"]["text"], found["action_id"], found["value"]) == ("See the list", "mytokens-finished:4w", "4w")


def per_change(**known: Any) -> CostPerChange:
    usual: dict[str, Any] = {
        "lane": "billed",
        "cost": Quantity(431 * USD, True),
        "kind": "change",
        "stayed": 19,
        "first": date(2026, 8, 10),
        "last": date(2026, 11, 1),
        "each": Likely(15 * USD, 23 * USD, 36 * USD),
    }
    return CostPerChange(**usual | known)


ARITHMETIC = "divided by all 19 changes that stayed, with or without AI; 10 Aug to 1 Nov."


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({}, "*AI cost per finished change: about $23, likely $15-36.* All your AI cost ($431 billed, seats included) "
             + ARITHMETIC),
        ({"lane": "list"}, "*AI cost per finished change: about $23, likely $15-36.* "
                           "All your AI cost ($431 at list price, seats included) " + ARITHMETIC),
        ({"cost": Quantity(431 * USD, False)},
         "*AI cost per finished change: at least about $23, likely $15-36.* "
         "All your AI cost (at least $431 billed, seats included) " + ARITHMETIC),
        ({"kind": "ticket", "each": Likely(USD * 9 // 10, 14 * USD // 10, 2 * USD)},
         "*AI cost per closed ticket: about $1.40, likely $0.90-2.* All your AI cost ($431 billed, seats included) "
         "divided by all 19 tickets that stayed, with or without AI; 10 Aug to 1 Nov."),
        ({"stayed": 2, "each": None}, "Too few for a cost per change: 2 so far, from 5."),
        ({"stayed": 0, "each": None}, "Too few for a cost per change: none so far, from 5."),
        ({"kind": "ticket", "stayed": 4, "each": None}, "Too few for a cost per ticket: 4 so far, from 5."),
        ({"cost": UNKNOWN, "each": None}, "No cost per change: what the AI cost from 10 Aug to 1 Nov is unknown."),
    ],
)  # fmt: skip
def test_the_cost_per_change_names_its_lane_its_days_and_its_arithmetic(known: dict[str, Any], text: str) -> None:
    assert cost_per_change_lines(per_change(**known), seats=True) == [text]


def test_without_seats_none_are_mentioned() -> None:
    assert "($431 billed) divided" in cost_per_change_lines(per_change(), seats=False)[0]


def test_without_a_settled_week_there_is_no_cost_per_change() -> None:
    assert cost_per_change_lines(None, seats=False) == [
        "Too new for a cost per change: no week that I know is 14 days over."
    ]


def test_the_cost_per_change_of_real_items_agrees_with_a_division_by_hand() -> None:
    """$400 in the settled weeks over 8 changes: $50 each; 8 is 3.98 to 14.4 (Garwood), so $28 to $100."""
    found = outcomes([change(number, ago(30 + 5 * number)) for number in range(1, 9)],
                     [row(day=ago(40), billed_nano_usd=400 * USD)])  # fmt: skip
    text = cost_per_change_lines(found.cost_per_change, seats=False)[0]

    assert text.startswith("*AI cost per finished change: about $50, likely $28-100.* All your AI cost ($400 billed)")


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (None, []),
        (NotTied("billed", 0, 0), []),
        (NotTied("billed", 60 * USD, 120 * USD), ["$60-120 of what was billed is not tied to finished work yet."]),
        (NotTied("list", 60 * USD, 120 * USD), ["$60-120 at list price is not tied to finished work yet."]),
        (NotTied("billed", 60 * USD, 60 * USD), ["$60 of what was billed is not tied to finished work yet."]),
        (NotTied("billed", 0, 1200 * USD), ["Up to $1,200 of what was billed is not tied to finished work yet."]),
    ],
)
def test_what_is_not_tied_is_a_range_in_its_lane(found: NotTied | None, lines: list[str]) -> None:
    assert not_tied_lines(found) == lines


def brought(kind: str, last_day: date = TODAY, **known: Any) -> Delivered:
    usual: dict[str, Any] = {"received_at": datetime(2026, 11, 19, 8, tzinfo=UTC)}
    return Delivered(kind, 7, "company", ago(100), last_day, **usual | known)


FAILING = brought("github", ago(3), failing_since=datetime(2026, 11, 17, tzinfo=UTC))
NONE = outcomes([])
ONE = outcomes([change(1, ago(1))])


@pytest.mark.parametrize(
    ("work", "lines"),
    [
        (OwnWork(NONE), ["I can't see finished work for you yet: no ticket system or repository is connected."]),
        (OwnWork(NONE, ["github"]),
         ["I can't see finished work for you yet: GitHub knows no account of yours. "
          "To have one linked, ask <@U0SAM>."]),
        (OwnWork(NONE, ["github", "jira"]),
         ["I can't see finished work for you yet: GitHub and Jira know no account of yours. "
          "To have one linked, ask <@U0SAM>."]),
        (OwnWork(NONE, ["github"], asked=True), []),
        (OwnWork(NONE, ["github"], ["github"]),
         ["*Waiting for GitHub*, so finished work may be missing."]),
        (OwnWork(NONE, ["github"], [], [brought("github")]), ["No finished work is recorded for these days (GitHub)."]),
        (OwnWork(ONE, ["github"], [], [brought("github")]), []),
        (OwnWork(ONE, ["github"], [], [FAILING]),
         ["*GitHub: nothing new since Mon 16 Nov*, so finished work may be missing."]),
        (OwnWork(ONE, ["github"], [], [brought("github", ago(1), failing_since=FAILING.failing_since)]),
         ["*GitHub: nothing new since Wed 18 Nov*."]),
        (OwnWork(ONE, ["github", "jira"], ["jira"], [brought("github")]),
         ["*Waiting for Jira*, so finished work may be missing."]),
    ],
)  # fmt: skip
def test_what_is_missing_to_see_finished_work_is_said(work: OwnWork, lines: list[str]) -> None:
    assert missing_work_lines(work, ["U0SAM"], YESTERDAY) == lines


@pytest.mark.parametrize(
    ("tz", "work", "text"),
    [
        ("Europe/Berlin", [brought("github")], ["GitHub to this morning"]),
        ("Asia/Tokyo", [brought("github"), brought("jira")], ["GitHub and Jira to this afternoon"]),
        ("America/New_York", [brought("github", ago(1)), brought("jira", ago(2))],
         ["GitHub to this morning", "Jira to Tue 17 Nov"]),
        ("UTC", [brought("github", ago(1), received_at=datetime(2026, 11, 18, 23, tzinfo=UTC))],
         ["GitHub to yesterday"]),
        ("Europe/Berlin", [FAILING], ["GitHub to Mon 16 Nov"]),
        ("Nowhere/Real", [brought("github")], ["GitHub to this morning"]),
        ("Europe/Berlin", [], []),
    ],
)  # fmt: skip
def test_freshness_is_said_as_people_say_it(tz: str, work: list[Delivered], text: list[str]) -> None:
    assert work_freshness(OwnWork(NONE, delivered=work, tz=tz), TODAY) == text
