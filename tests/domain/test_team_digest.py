"""A team's week: counts by kind, what became of earlier work, and what few authors do not tell."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import SealedMark
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.flow import Part
from bot.domain.outcomes.place import place_outcomes
from bot.domain.outcomes.work import FinishedItem
from bot.domain.released import GroupFigure, Issue, for_reader, fourth_week, issue_in
from bot.domain.team_digest import (
    BlockWork,
    LibraryLine,
    SilentPlace,
    TeamDigest,
    block_work,
    fewer_than_one_in,
    in_lowest_terms,
    silent_places,
    team_digest,
)
from tests.domain.outcomes.cast import LONG_AGO, change, items, ticket
from tests.team_company import weekly_work

WEEK = IsoWeek(date(2026, 11, 9))
TODAY = date(2026, 11, 17)
PLACES = ("acme/api", "PAY")


def digest(found: list[FinishedItem], **more: Any) -> TeamDigest:
    outcomes = place_outcomes(found, WEEK.monday, TODAY, LONG_AGO)
    return team_digest("Payments", PLACES, WEEK, outcomes, **more)


def test_kinds_are_counted_apart_and_earlier_work_is_that_of_two_weeks_before() -> None:
    made = digest(weekly_work(last=date(2026, 11, 16)))
    changes, tickets = made.kinds

    assert (changes.kind, changes.finished, tickets.kind, tickets.finished) == ("change", 10, "ticket", 2)
    assert (changes.earlier_stayed, changes.earlier_came_back, changes.usual_stayed) == (9, 1, (9, 9))
    assert [monday for monday, _ in changes.stayed_by_week] == [
        date(2026, 8, 10) + timedelta(weeks=number) for number in range(12)
    ]
    assert {stayed for _, stayed in changes.stayed_by_week} == {9}


@pytest.mark.parametrize("authors", [b"a", b"ab", b"aaab"])
def test_few_authors_leave_the_number_that_was_finished_alone(authors: bytes) -> None:
    made = digest([change(number, WEEK.monday, author=authors[number % len(authors) :][:1]) for number in range(8)])
    (changes,) = made.kinds

    assert changes.finished == 8
    assert (changes.earlier_stayed, changes.earlier_came_back, changes.usual_stayed) == (None, None, None)
    assert changes.stayed_by_week == ()
    assert made.flow is None


@given(items)
def test_nothing_about_ai_or_authors_is_in_it(found: list[FinishedItem]) -> None:
    plain = [FinishedItem(**{n: getattr(i, n) for n in i.__struct_fields__} | {"ai_evidence": "none"}) for i in found]

    assert digest(found) == digest(plain)
    assert "author" not in str(digest(found))


@given(items, st.integers(1, 8))
def test_splitting_a_ticket_finishes_no_more(found: list[FinishedItem], pieces: int) -> None:
    whole = change(500, WEEK.monday, ticket="PAY-77")
    split = [change(500 + number, WEEK.monday, ticket="PAY-77") for number in range(pieces)]

    assert [(k.kind, k.finished) for k in digest([*found, whole]).kinds] == [
        (k.kind, k.finished) for k in digest([*found, *split]).kinds
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, False),
        ({"shared": [LibraryLine("1", "Release notes")]}, True),
        ({"worth_borrowing": [LibraryLine("2", "Flaky tests")]}, True),
    ],
)
def test_a_week_is_worth_saying_once_something_is_finished_shared_or_new(more: dict[str, Any], expected: bool) -> None:
    earlier = [change(1, WEEK.before(2).monday)]

    assert digest(earlier, **more).worth_saying is expected
    assert digest([*earlier, ticket(1, WEEK.sunday)], **more).worth_saying


def test_a_place_is_silent_after_twelve_weeks_without_anything() -> None:
    since = WEEK.before(11).monday
    last = {"in": since, "out": since - timedelta(days=1)}

    assert silent_places(["in", "out", "never"], last, WEEK) == [
        SilentPlace("out", since - timedelta(days=1)),
        SilentPlace("never", None),
    ]


def test_the_work_of_a_block_is_that_of_its_four_weeks_once_settled() -> None:
    found = place_outcomes(weekly_work(), WEEK.monday, TODAY, LONG_AGO)

    assert block_work(found, Block(36)) == BlockWork(40, 4, 5, found.flow and found.flow.first_review_minutes.median)  # type: ignore[union-attr]
    assert block_work(found, Block(37)) is None


@pytest.mark.parametrize(
    ("weeks", "earlier", "chart", "has_usual", "is_cut"),
    [(-1, None, 0, False, True), (1, None, 0, False, True), (2, 9, 1, False, True), (10, 9, 9, True, True),
     (13, 9, 12, True, True), (14, 9, 12, True, False)],
)  # fmt: skip
def test_weeks_that_were_told_of_with_other_places_are_left_out(
    weeks: int, earlier: int | None, chart: int, has_usual: bool, is_cut: bool
) -> None:
    """Else what two digests say of the same week tells by subtraction of the place between them."""
    since = WEEK.before(weeks).monday
    found = place_outcomes(weekly_work(), WEEK.monday, TODAY, LONG_AGO, since)
    made = team_digest("Payments", PLACES, WEEK, found)
    changes = made.kinds[0]

    assert (changes.finished, changes.earlier_stayed, len(changes.stayed_by_week)) == (10, earlier, chart)
    assert (changes.usual_stayed is not None, made.places_since) == (has_usual, since if is_cut else None)
    assert all(monday >= since for monday, _ in changes.stayed_by_week)
    whole = made.flow.without_review.whole if made.flow and made.flow.without_review else 0
    assert whole == 10 * min(max(weeks + 1, 0), 12)
    assert (block_work(found, Block(36)) is not None) == (since <= Block(36).first)


def test_authors_of_before_the_places_changed_stand_behind_nothing_after_it() -> None:
    alone = [change(9000 + n, WEEK.before(back).monday, author=b"a") for n, back in enumerate((0, 2, 3, 4))]
    before = [each for each in weekly_work() if each.finished_on < WEEK.before(4).monday]
    found = place_outcomes([*before, *alone], WEEK.monday, TODAY, LONG_AGO, WEEK.before(4).monday)
    changes = team_digest("Payments", PLACES, WEEK, found).kinds[0]

    assert (changes.finished, changes.earlier_stayed, changes.stayed_by_week) == (1, None, ())


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 1, 20), (1, 20, 10), (1, 21, 20), (3, 41, 10), (1, 2, None), (2, 2, None)]
)
def test_a_part_is_fewer_than_one_in_so_many(part: int, whole: int, expected: int | None) -> None:
    assert fewer_than_one_in(part, whole) == expected


@pytest.mark.parametrize(("given_", "told"), [((12, 132), (1, 11)), ((13, 132), (13, 132)), ((0, 9), (0, 1))])
def test_a_share_is_said_in_the_smallest_numbers(given_: tuple[int, int], told: tuple[int, int]) -> None:
    assert in_lowest_terms(Part(*given_)) == told


COST = GroupFigure("Engineering", 7_480, 11_200)


@pytest.mark.parametrize(
    ("groups", "is_lead", "sees"),
    [(["Payments", "Engineering", "Larkfield"], False, True), (["Sales", "Larkfield"], False, False), ([], True, True)],
)
def test_a_groups_figure_is_for_the_group_and_the_teams_lead(groups: list[str], is_lead: bool, sees: bool) -> None:
    fourth = fourth_week(Block(36), None, None, None, None)
    issue = Issue(1, digest(weekly_work()), fourth)
    with_cost = Issue(1, issue.digest, type(fourth)(fourth.first, fourth.last, COST, None, None, None, None))

    assert (for_reader(with_cost, groups, is_lead=is_lead).fourth is not None) is sees
    assert for_reader(issue, groups, is_lead=is_lead) == issue
    assert for_reader(with_cost, groups, is_lead=is_lead).digest == issue.digest


@given(items)
def test_what_is_stored_is_what_is_read(found: list[FinishedItem]) -> None:
    work, mark = BlockWork(3, None, None, 7), SealedMark(TODAY, "7f3a-91c2")
    issue = Issue(7, digest(found), fourth_week(Block(36), None, None, work, mark))

    assert issue_in(issue.stored()) == issue
