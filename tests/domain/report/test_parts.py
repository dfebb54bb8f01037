"""What came of spending and of seats, what stays, who is not told of: parts of the report."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.blocks_of_weeks import Block
from bot.domain.organisation import Tree
from bot.domain.privacy import Rules, band
from bot.domain.report.content import Amounts, CameBack, Counted, Share
from bot.domain.report.counted import Employee, Spending, counted_figures, counted_in, counted_share, parts_of
from bot.domain.report.coverage import TeamPlaces, silent_groups
from bot.domain.report.library import spread_in, worth_rolling_out
from bot.domain.report.seats import SeatCount, unused_seats
from bot.domain.report.work import Authors, BlockWork, DayWork, WorkSource, came_back, work_of
from bot.domain.use_cases.borrowing import Offer
from bot.domain.use_cases.evidence import Answer, Claims
from bot.domain.use_cases.lending import Known
from bot.domain.use_cases.rank import Candidate
from tests.domain.use_cases.made import entry

USD: Final = 10**9
BLOCK: Final = Block(36)
DAY: Final = timedelta(days=1)


def roster(people: int, spending: Spending, counted: int | None = None) -> list[Employee]:
    """Return so many people, of whom the first *counted* are."""
    many = people if counted is None else counted
    return [Employee(number, spending if number < many else None) for number in range(people)]


@pytest.mark.parametrize(("people", "counted", "shown"), [(40, 26, True), (39, 39, False), (40, 25, False)])
def test_the_parts_are_of_forty_people_of_whom_twenty_six_are_counted(people: int, counted: int, shown: bool) -> None:
    everybody = roster(people, Spending(at_keyboard=10 * USD), counted)
    figures = counted_figures(everybody, Rules())

    assert figures["at_keyboard"] == (band(counted * 10 * USD, 1.5) if shown else None)
    assert {name for name, figure in figures.items() if figure} <= {"at_keyboard"}
    assert len(list(parts_of(everybody, figures))) == (counted if shown else 0)


def test_a_stricter_policy_holds_for_the_parts_too() -> None:
    everybody = roster(60, Spending(at_keyboard=USD), 30)
    assert counted_figures(everybody, Rules(min_people=30))["at_keyboard"] is None
    assert counted_figures(everybody, Rules(min_roster=61))["at_keyboard"] is None
    assert counted_figures(everybody, Rules())["at_keyboard"] is not None


def test_nobody_counts_twice() -> None:
    twice = [*roster(45, Spending(at_keyboard=USD)), Employee(3, None)]
    with pytest.raises(ValueError, match="more than one home"):
        counted_figures(twice, Rules())


@given(st.lists(st.integers(0, 10**12), min_size=45, max_size=45), st.integers(1, 1000))
def test_more_from_one_person_than_three_times_the_middle_changes_nothing(amounts: list[int], times: int) -> None:
    amounts[0] = 3 * sorted(amounts)[len(amounts) // 2] * 2 + 1
    both = []
    for first in (amounts[0], amounts[0] * times):
        everybody = [Employee(n, Spending(on_its_own=each)) for n, each in enumerate([first, *amounts[1:]])]
        both.append(counted_figures(everybody, Rules()))
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("spending", "expected"),
    [
        (Spending(at_keyboard=100 * USD, named=100 * USD), 100 * USD),
        (Spending(at_keyboard=100 * USD, named=100 * USD, tied=30 * USD), 70 * USD),
        (Spending(at_keyboard=100 * USD, named=59 * USD), None),
        (Spending(at_keyboard=49 * USD, named=49 * USD), None),
    ],
)
def test_not_tied_is_what_names_something_and_no_run_tied(spending: Spending, expected: int | None) -> None:
    assert spending.not_tied == expected


def test_the_share_that_is_counted_comes_from_what_is_shown_alone() -> None:
    shown = Counted(at_keyboard=Amounts(20, 30), on_its_own=Amounts(10, 15), not_tied=Amounts(90, 99))
    assert counted_share(shown, 100) == Share(30, 45)
    assert counted_share(shown, 40) == Share(75, 100)
    assert counted_share(Counted(not_tied=Amounts(90, 99)), 100) is None
    assert counted_share(shown, 0) is None
    assert counted_in({"unknown": None}) == Counted()


@pytest.mark.parametrize(
    ("seats", "unused", "shown"), [(20, 10, True), (20, 9, False), (19, 10, False), (100, 100, False), (50, 30, True)]
)
def test_unused_seats_are_told_of_where_ten_are_unused_and_ten_used(seats: int, unused: int, shown: bool) -> None:
    found = unused_seats(SeatCount("copilot", BLOCK.last, seats, unused), 31 * USD, BLOCK)
    # 27 days of October and the first of November
    assert (found and found.nano_usd) == (unused * (27 * USD + 31 * USD // 30) if shown else None)


def test_unused_seats_of_another_day_or_without_a_price_are_not_told_of() -> None:
    count = SeatCount("copilot", BLOCK.last, 40, 20)
    assert unused_seats(count, None, BLOCK) is None
    assert unused_seats(None, USD, BLOCK) is None
    assert unused_seats(count._replace(day=BLOCK.last - DAY), USD, BLOCK) is None


def days_of(weeks: int, finished: int = 10) -> list[DayWork]:
    return [DayWork(BLOCK.last - timedelta(weeks=back, days=6), finished, 1) for back in range(weeks)]


SETTLED: Final = WorkSource("github", BLOCK.first - timedelta(weeks=20), BLOCK.settled_on)


def test_the_work_of_a_block_is_that_of_its_days_with_what_stayed_by_week() -> None:
    assert work_of(days_of(14), BLOCK, [SETTLED]) == BlockWork(40, 4, (9,) * 12)
    began = BLOCK.first + 3 * DAY
    found = work_of(days_of(14), BLOCK, [SETTLED._replace(began=began)])
    assert found is not None
    assert found.weekly == (9, 9, 9)  # the week in which it began is known in part


@pytest.mark.parametrize(
    "sources",
    [
        [],
        [SETTLED, SETTLED._replace(began=BLOCK.first + 8 * DAY)],
        [SETTLED._replace(answered_on=BLOCK.settled_on - DAY)],
    ],
)
def test_work_that_is_not_known_whole_is_unknown(sources: list[WorkSource]) -> None:
    assert work_of(days_of(14), BLOCK, sources) is None


MANY: Final = Authors(3, 10, 0, 30)


@pytest.mark.parametrize(
    ("work", "authors", "expected"),
    [
        (BlockWork(40, 4, ()), MANY, CameBack(4, 21)),
        (BlockWork(20, 0, ()), MANY, CameBack(0, 12)),
        (BlockWork(19, 4, ()), MANY, None),
        (BlockWork(40, 4, ()), Authors(2, 10, 0, 20), None),
        (BlockWork(40, 4, ()), Authors(3, 21, 0, 30), None),
        (BlockWork(40, 4, ()), Authors(3, 15, 6, 30), None),
        (None, MANY, None),
    ],
)
def test_came_back_is_of_twenty_changes_by_three_authors(
    work: BlockWork | None, authors: Authors, expected: CameBack | None
) -> None:
    assert came_back(work, authors) == expected


TREE: Final = Tree({"Larkfield": "", "Engineering": "Larkfield", "Payments": "Engineering", "Support": "Larkfield"})
SIZES: Final = {"Larkfield": 100, "Engineering": 80, "Payments": 10, "Support": 14}


@pytest.mark.parametrize(
    ("teams", "expected"),
    [
        ([("Payments", True), ("Support", False)], ("Support",)),
        ([("Payments", False), ("Support", False)], ("Larkfield",)),
        ([("Payments", False), ("Support", True)], ("Engineering",)),
        ([("Engineering", True), ("Payments", False)], ()),  # what Engineering does is told of, and it lies in that
        ([("Payments", True)], ()),  # nobody knows where Support works
        ([("elsewhere", False)], ()),
        ([], ()),
    ],
)
def test_a_group_is_silent_where_its_places_are_known_and_not_told_of(
    teams: list[tuple[str, bool]], expected: tuple[str, ...]
) -> None:
    assert silent_groups(TREE, [TeamPlaces(*team) for team in teams], SIZES) == expected


def known(id_: int, teams: int, day: date) -> Known:
    """Return an entry that worked for two people in each of so many teams."""
    answers = [Answer(n, 100 * id_ + n, f"team {n // 2}", "yes", day) for n in range(2 * teams)]
    candidate = Candidate(id_, date(2026, 1, 1), answers, Claims(), None)
    return Known(entry(id_, person_id=None), Offer(candidate, "", ""))


def test_what_spread_worked_in_the_block_and_what_few_teams_use_is_worth_more_of_them() -> None:
    inside, outside = BLOCK.first, BLOCK.first - DAY
    library = [known(1, 3, inside), known(2, 2, outside), known(3, 1, inside), known(4, 2, inside)]

    assert [line.entry for line in spread_in(BLOCK, library)] == ["1", "4"]
    assert [line.entry for line in worth_rolling_out(library, 6)] == ["2", "4"]
    assert worth_rolling_out(library, 4) == ()
