"""The curve: multiples of groups, what a slope means, and nothing about one person."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.privacy import Rules
from bot.domain.report.curve import Curve, Spent, curve_of
from bot.domain.report.regression import Slope, by_error, in_order

SEED = 12
USD = 10**9
WORK = [9, 10, 11, 12, 13, 14, 15]


def company(people: int = 130, slope: float = 0.3, step: float = 1.04) -> list[Spent]:
    """Return people each of whom spent *step* times what the one before did, and finished work along a slope."""
    middle = people // 2
    return [
        Spent(
            round(100 * USD * step ** (number - middle)), round(WORK[number % 7] * step ** ((number - middle) * slope))
        )
        for number in range(people)
    ]


def shown(people: Sequence[Spent], rules: Rules | None = None) -> Curve:
    curve = curve_of(people, rules or Rules(), SEED)
    assert curve is not None
    return curve


def sloping(about: float, low: float, high: float) -> Callable[[Sequence[int], Sequence[int], int], Slope]:
    return lambda _spent, _finished, _seed: Slope(about, low, high)


def quick(spent: Sequence[int], finished: Sequence[int], _seed: int) -> Slope | None:
    return by_error(*in_order(spent, finished))


def with_top(people: Sequence[Spent], times: float) -> list[Spent]:
    """Return the same people of whom the last one, who spends most, spends so many times as much."""
    return [*people[:-1], people[-1]._replace(cost_nano_usd=round(people[-1].cost_nano_usd * times))]


@pytest.mark.parametrize(
    ("people", "groups"),
    [(company(64), 0), (company(65), 5), (company(129), 5), (company(130), 10), (company(131), 10)],
)
def test_as_many_groups_as_have_twelve_people_besides_a_reader(people: list[Spent], groups: int) -> None:
    curve = curve_of(people, Rules(), SEED)

    assert (len(curve.bins) if curve else 0) == groups


def test_a_stricter_policy_holds_for_the_groups_too() -> None:
    assert len(shown(company(200), Rules(min_people=20)).bins) == 5
    assert curve_of(company(104), Rules(min_people=20), SEED) is None


def test_who_cost_nothing_is_no_part_of_it() -> None:
    idle = [Spent(0, 50)] * 80

    assert curve_of(company(64) + idle, Rules(), SEED) is None
    assert shown(company() + idle) == shown(company())


@pytest.mark.parametrize(
    "people",
    [
        [],
        [Spent(57 * USD, work % 20) for work in range(130)],
        [one._replace(stayed=0) for one in company()],
        [one._replace(stayed=one.stayed // 6) for one in company()],
        [one._replace(stayed=0) for one in company()[:-1]] + [Spent(10**15, 400)],
        company(step=1.0005),
    ],
    ids=["nobody", "all alike", "nothing finished", "little finished", "one finished everything", "a wide range"],
)
def test_what_cannot_be_told_is_not_shown(people: list[Spent]) -> None:
    assert curve_of(people, Rules(), SEED) is None


def test_multiples_are_of_the_middle_group() -> None:
    people = [
        Spent(dollars * USD, work)
        for dollars, work in ((1, 3), (20, 6), (40, 12), (90, 15), (2_000, 70))
        for _ in range(13)
    ]

    assert shown(people).bins == ((0.5, 0.5), (0.5, 0.5), (1.0, 1.0), (2.0, 1.5), (10.0, 6.0))


def test_the_middle_of_ten_groups_is_the_two_in_the_middle() -> None:
    people = [Spent(dollars * USD, 10 + dollars // 10) for dollars in range(10, 110, 10) for _ in range(13)]

    bins = shown(people).bins
    assert [spend for spend, _ in bins] == [0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.5, 1.5, 1.5, 2.0]


def test_people_who_cost_the_same_are_told_apart_by_nothing() -> None:
    """Half of the company has a seat and nothing more; sorted by work they would make a slope of their own."""
    seats = [Spent(57 * USD, work) for work in range(65)]
    others = [Spent((100 + number) * USD, 40) for number in range(65)]

    work = [finished for _, finished in shown(seats + others).bins]
    assert work[:5] == [work[0]] * 5


def test_a_curve_says_the_slope_no_finer_than_its_range() -> None:
    for people, slope, said in (
        (130, (0.293, 0.204, 0.381), (0.3, 0.2, 0.4, 23, 15, 32, 1.6)),
        (130, (0.293, 0.290, 0.296), (0.3, 0.2, 0.3, 23, 15, 23, 1.6)),
        (300, (0.293, 0.204, 0.381), (0.3, 0.2, 0.4, 23, 15, 32, 1.6)),
        (300, (0.28, 0.26, 0.33), (0.3, 0.25, 0.35, 23, 19, 27, 1.6)),
        (3_000, (0.284, 0.272, 0.296), (0.28, 0.27, 0.3, 21, 21, 23, 1.6)),
        (3_000, (0.293, 0.104, 0.481), (0.3, 0.1, 0.5, 23, 7, 41, 1.6)),
        (130, (-0.12, -0.31, 0.08), (-0.1, -0.4, 0.1, -7, -24, 7, 2.1)),
    ):
        curve = curve_of(company(people, step=1.01), Rules(), SEED, sloping(*slope))
        assert curve is not None
        assert msgspec.structs.astuple(curve)[1:8] == said


@pytest.mark.parametrize(
    ("low", "high", "in_line"), [(0.2, 0.4, True), (0.31, 0.5, True), (0.4, 0.6, False), (0, 0.1, False)]
)
def test_the_published_figure_is_compared_with_the_range_that_is_said(low: float, high: float, in_line: bool) -> None:
    curve = curve_of(company(), Rules(), SEED, sloping((low + high) / 2, low, high))

    assert curve is not None
    assert curve.in_line_with_reference is in_line


def test_a_slope_that_is_there_is_found() -> None:
    for slope in (0.0, 0.8):
        curve = shown(company(260, slope, step=1.02))
        assert curve.low <= slope <= curve.high
        assert curve.elasticity == pytest.approx(slope, abs=0.1)


def test_beyond_the_cap_no_amount_changes_anything() -> None:
    """One person with half of the spend, or nearly all of it, is not to be seen."""
    people = company()

    assert shown(with_top(people, 10**4)) == shown(with_top(people, 3)) == shown(with_top(people, 129))


def test_the_slope_is_not_taken_over_what_single_people_spent() -> None:
    seen: list[int] = []

    def noted(spent: Sequence[int], _finished: Sequence[int], _seed: int) -> Slope:
        seen.extend(spent)
        return Slope(0.3, 0.2, 0.4)

    curve_of(company(), Rules(), SEED, noted)
    assert len(seen) == 130
    assert all(seen.count(each) == 13 for each in seen)


def test_a_curve_is_kept_as_it_was() -> None:
    curve = shown(company())

    assert msgspec.json.decode(msgspec.json.encode(curve), type=Curve) == curve
    assert shown(company()[::-1]) == curve


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([2, 3, 10, 1_000]), st.sampled_from([65, 130]), st.sampled_from([0.0, 0.3, 0.9]))
def test_more_usage_of_everybody_for_the_same_work_changes_nothing(times: int, people: int, slope: float) -> None:
    before = company(people, slope)
    after = [one._replace(cost_nano_usd=one.cost_nano_usd * times) for one in before]

    curve = curve_of(after, Rules(), SEED, quick)
    assert curve is not None
    assert curve == curve_of(before, Rules(), SEED, quick)


@settings(max_examples=12, deadline=None)
@given(st.floats(1, 50), st.sampled_from([65, 130]), st.sampled_from([0.0, 0.3, 0.6]))
def test_more_usage_on_top_for_the_same_work_lifts_no_finished_work(times: float, people: int, slope: float) -> None:
    before, after = (curve_of(with_top(company(people, slope), each), Rules(), SEED, quick) for each in (1, times))

    assert before is not None
    assert after is not None
    assert [work for _, work in after.bins] == [work for _, work in before.bins]
    assert after.bins[:-1] == before.bins[:-1]
    assert after.bins[-1][0] >= before.bins[-1][0]


def test_spend_that_finishes_nothing_more_makes_no_slope_steeper() -> None:
    slopes: list[float] = []

    def noted(spent: Sequence[int], finished: Sequence[int], seed: int) -> Slope | None:
        found = quick(spent, finished, seed)
        slopes.append(found.about if found else float("nan"))
        return found

    idle = [*company()[:-13], *(one._replace(stayed=0) for one in company()[-13:])]
    for times in (1, 1.5, 2, 4):
        curve_of(with_top(idle, times), Rules(), SEED, noted)
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[0] > slopes[-1]
