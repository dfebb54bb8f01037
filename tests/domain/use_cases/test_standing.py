"""What people are shown of an entry, when it is asked about again, what is offered, and what its author hears."""

from datetime import date, timedelta

import pytest

from bot.domain.iso_week import IsoWeek
from bot.domain.use_cases.borrowing import Offer, Reader, worth_borrowing
from bot.domain.use_cases.evidence import Answer, Claims, Evidence, Level, Result, evidence_of
from bot.domain.use_cases.news import EntryNews, Said, Thanks, news_of
from bot.domain.use_cases.rank import Candidate
from bot.domain.use_cases.staleness import (
    asks_still_right,
    generation_changed_on,
    generation_of,
    is_to_be_archived,
    still_right_on,
)
from bot.views.use_case_words import evidence_line
from tests.domain.use_cases.made import TODAY, ago, entry, said

WEEK = IsoWeek(date(2026, 11, 9))
RUI = 7


def answered(yes: int, no: int = 0, teams: str = "ABC") -> list[Answer]:
    results: list[Result] = ["yes" if n < yes else "no" for n in range(yes + no)]
    return [said(n, each, team=teams[n % len(teams)]) for n, each in enumerate(results, start=1)]


@pytest.mark.parametrize(
    ("claims", "answers", "line"),
    [
        (Claims(tried=False), [], "Idea"),
        (Claims(), [], "Worked for its author"),
        (Claims(linked=1), [], "Linked to 1 finished change"),
        (Claims(linked=2), answered(1), "Linked to 2 finished changes. Others are trying it."),
        (Claims(), answered(2), "Worked for its author. Others are trying it."),
        (Claims(), answered(0, 5), "Worked for its author. Others are trying it."),
        (Claims(), answered(3, 0, "A"), "*3 of 3 who tried it said it worked*, in 1 team"),
        (
            Claims(linked=4),
            answered(6, 1),
            "*6 of 7 who tried it said it worked*, in 3 teams · linked to 4 finished changes",
        ),
        (Claims(measured=True), answered(3), "*3 of 3 who tried it said it worked*, in 3 teams · measured"),
        (Claims(measured=True), answered(2), "Worked for its author. Others are trying it."),
    ],
)
def test_counts_are_shown_from_three_people_for_whom_it_worked(
    claims: Claims, answers: list[Answer], line: str
) -> None:
    assert evidence_line(evidence_of(claims, answers, RUI)) == line


def test_where_no_team_is_known_none_is_named() -> None:
    answers = [each._replace(team="") for each in answered(4)]

    assert evidence_of(Claims(), answers) == Evidence(Level.WORKED_FOR_AUTHOR, 0, 4, 4, 0, tried_at_all=True)
    assert evidence_line(evidence_of(Claims(), answers)) == "*4 of 4 who tried it said it worked*"


def test_everybody_who_tried_is_told_of_though_three_a_team_count() -> None:
    shown = evidence_of(Claims(), [*answered(9, 3, "A"), said(50, "yes", person_id=RUI)], RUI)

    assert (shown.worked_for, shown.tried_by, shown.teams) == (9, 12, 1)


def test_the_latest_answer_of_a_person_is_theirs_and_nameless_ones_are_of_one_each() -> None:
    twice = [said(1, "no", 9, person_id=5), said(2, "yes", 3, person_id=5)]
    nameless = [Answer(n, None, "A", "yes", ago(400)) for n in (10, 11)]

    assert evidence_of(Claims(), [*twice, *nameless])[2:4] == (3, 3)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-sonnet-4-5", ("claude-sonnet", 4)),
        ("claude-sonnet-4-5-20250929", ("claude-sonnet", 4)),
        ("anthropic/claude-opus-4.7", ("claude-opus", 4)),
        ("claude-3-5-sonnet-20241022", ("claude-sonnet", 3)),
        ("gpt-5.1-codex", ("gpt-codex", 5)),
        ("gpt-4o-mini", None),
        ("o3", None),
        ("gemini-2.5-pro", ("gemini-pro", 2)),
        ("auto", None),
        ("", None),
    ],
)
def test_a_models_name_tells_its_generation(model: str, expected: tuple[str, int] | None) -> None:
    assert generation_of(model) == expected


def test_a_generation_changes_with_the_first_later_one_of_its_family() -> None:
    seen = {
        "claude-sonnet-4-5": ago(200),
        "claude-sonnet-4-9": ago(90),
        "claude-sonnet-5": ago(9),
        "claude-opus-5": ago(50),
        "claude-sonnet-6": ago(2),
    }

    assert generation_changed_on("claude-sonnet-4-5", seen) == ago(9)
    assert generation_changed_on("claude-opus-5", seen) is None
    assert generation_changed_on("auto", seen) is None


@pytest.mark.parametrize(
    ("published", "asked", "answers", "changed", "asks"),
    [
        (60, None, [], None, False),
        (181, None, [], None, False),
        (182, None, [], None, True),
        (400, 20, [], None, False),
        (400, None, [said(1, "no", 30)], None, False),
        (400, 300, [said(1, "yes", 190)], None, True),
        (60, None, [], 5, True),
        (60, 3, [], 5, False),
        (60, 30, [], 5, True),
        (60, None, [said(1, "yes", 2)], 5, False),
        (60, None, [said(1, "no", 2)], 5, True),
    ],
)
def test_its_author_is_asked_once_after_a_change_or_26_quiet_weeks(
    published: int, asked: int | None, answers: list[Answer], changed: int | None, asks: bool
) -> None:
    found = entry(days_ago=published, asked_on=None if asked is None else ago(asked))

    assert asks_still_right(found, answers, None if changed is None else ago(changed), TODAY) is asks
    nobodys = entry(days_ago=published, person_id=None)
    assert not asks_still_right(nobodys, answers, ago(1), TODAY)
    assert not asks_still_right(entry(days_ago=published, state="draft"), answers, ago(1), TODAY)


@pytest.mark.parametrize(
    ("changes", "answers", "archives"),
    [
        ({"days_ago": 300, "asked_on": ago(28)}, [], True),
        ({"days_ago": 300, "asked_on": ago(27)}, [], False),
        ({"days_ago": 300, "asked_on": ago(40), "checked_on": ago(30)}, [], False),
        ({"days_ago": 300, "asked_on": ago(40)}, [said(1, "yes", 3)], False),
        ({"days_ago": 300, "asked_on": ago(40)}, [said(1, "no", 3)], True),
        ({"days_ago": 210, "person_id": None, "checked_on": None}, [], True),
        ({"days_ago": 209, "person_id": None, "checked_on": None}, [], False),
        ({"days_ago": 60}, answered(1, 8), True),
        ({"days_ago": 60}, answered(1, 5), False),
        ({"days_ago": 60}, answered(5, 4), False),
        ({"days_ago": 900, "state": "archived"}, [], False),
    ],
)
def test_what_nobody_stands_for_is_archived(changes: dict[str, object], answers: list[Answer], archives: bool) -> None:
    assert is_to_be_archived(entry(**changes), answers, TODAY) is archives  # type: ignore[arg-type]


def test_still_right_is_the_last_day_on_which_anybody_stood_for_it() -> None:
    found = entry(days_ago=60, checked_on=ago(17))

    assert still_right_on(found, [said(1, "no", 1)]) == ago(17)
    assert still_right_on(found, [said(1, "yes", 4)]) == ago(4)


def offer(id_: int, tool: str = "Cursor", team: str = "Platform", worked: int = 3, author: int = RUI) -> Offer:
    return Offer(Candidate(id_, ago(90), answered(worked), Claims(), author), tool, team)


def test_borrowed_is_what_works_for_others_elsewhere_with_the_same_tool() -> None:
    offers = [
        offer(1),
        offer(2, worked=6),
        offer(3, worked=2),
        offer(4, tool="Copilot"),
        offer(5, team="Payments"),
        offer(6, author=5),
        offer(7),
        offer(8, team=""),
    ]
    ana = Reader("Payments", {"Cursor"}, {7}, person_id=5)

    assert worth_borrowing(offers, ana, TODAY, most=9) == [2, 8, 1]
    assert worth_borrowing(offers, ana, TODAY) == [2]
    assert worth_borrowing(offers, Reader("Payments"), TODAY, most=9) == [2, 8, 7, 6, 4, 1]
    assert worth_borrowing([offer(3, worked=2)], Reader(), TODAY) == []


def told(id_: int, result: Result, day: date, thanks: str = "", reason: str = "", **more: bool) -> Said:
    return Said(
        1, said(id_, result, (TODAY - day).days), thanks, more.get("named", False), reason, more.get("sent", False)
    )


def test_an_author_hears_how_many_tried_and_what_was_sent() -> None:
    week = {
        1: [
            told(1, "yes", WEEK.monday, "Saved my morning", named=True),
            told(2, "yes", WEEK.sunday, "Thanks"),
            told(3, "yes", WEEK.sunday),
            told(4, "yes", WEEK.monday - timedelta(days=1), "Not this week"),
            told(5, "no", WEEK.sunday + timedelta(days=1), reason="Nor this", sent=True),
        ],
        2: [told(6, "yes", WEEK.monday - timedelta(days=9))],
    }

    assert news_of(WEEK, week, RUI) == [
        EntryNews(1, 3, 3, 3, (Thanks("Saved my morning", 1001), Thanks("Thanks", None)))
    ]


def test_no_result_and_no_reason_before_there_are_three_answers() -> None:
    early = [
        told(1, "no", WEEK.monday - timedelta(days=3), reason="No logs", sent=True),
        told(2, "no", WEEK.monday, reason="Kept to myself"),
    ]
    (before,) = news_of(WEEK, {1: early}, RUI)
    assert (before.people, before.worked, before.reasons) == (1, None, ())

    third = told(3, "no", WEEK.sunday, reason="Too slow", sent=True)
    (after,) = news_of(WEEK, {1: [*early, third]}, RUI)
    assert (after.people, after.worked, after.reasons) == (2, 0, ("No logs", "Too slow"))

    (later,) = news_of(WEEK.before(-1), {1: [*early, third, told(4, "yes", WEEK.sunday + timedelta(days=1))]}, RUI)
    assert later.reasons == (), "each reason comes once"


def test_the_authors_own_answer_is_no_news() -> None:
    own = Said(1, Answer(1, RUI, "Platform", "yes", WEEK.monday, by_author=True))

    assert news_of(WEEK, {1: [own]}, RUI) == []
