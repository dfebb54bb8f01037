"""What passes the door: figures of groups large enough, which no one person moves far."""

from collections.abc import Sequence
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy import (
    Figure,
    Member,
    Parents,
    Rules,
    band,
    consent_holds,
    decide,
    overlapping,
)
from bot.domain.released import nearest_group
from bot.policy import Sharing

USD = 1_000_000_000
ONE: Parents = {"Engineering": None}
TREE: Parents = {"Larkfield": None, "Engineering": "Larkfield", "Payments": "Engineering", "Platform": "Engineering"}

amounts = st.integers(1, 10**16)
groups_of_amounts = st.lists(amounts, min_size=13, max_size=30)


def people(costs: Sequence[int | None], group: str = "Engineering", uncounted: int = 8, first: int = 0) -> list[Member]:
    """Return counted people with these costs and some who are not counted."""
    counted = [Member(first + number, group, True, cost) for number, cost in enumerate(costs)]
    return counted + [Member(first + 1000 + number, group, False, None) for number in range(uncounted)]


def figure(costs: Sequence[int | None], uncounted: int = 8, rules: Rules | None = None) -> Figure | None:
    """Return the figure of one group with these counted costs."""
    return decide(people(costs, uncounted=uncounted), ONE, rules or Rules())["Engineering"]


def test_the_floors_are_those_of_the_policy() -> None:
    assert Rules(**Sharing().model_dump()) == Rules()


@pytest.mark.parametrize(
    "looser",
    [
        {"min_people": 11},
        {"min_roster": 17},
        {"cap": 3.1},
        {"cap": 0.0},
        {"cap": float("nan")},
        {"band": 1.4},
        {"band": float("inf")},
        {"band": float("nan")},
    ],
)
def test_nothing_looser_than_the_floors_can_be_asked_for(looser: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="looser"):
        Rules(**looser)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counted", "uncounted", "rules", "shown"),
    [
        (13, 5, Rules(), True),  # one of the 13 reads it: 12 others
        (12, 6, Rules(), False),
        (13, 4, Rules(), False),  # 17 on the roster
        (18, 0, Rules(), True),
        (20, 0, Rules(min_people=19), True),
        (19, 9, Rules(min_people=19), False),
        (13, 12, Rules(min_roster=26), False),
        (0, 40, Rules(), False),
    ],
)
def test_a_figure_needs_its_people_besides_each_reader_and_its_roster(
    counted: int, uncounted: int, rules: Rules, shown: bool
) -> None:
    assert (figure([50 * USD] * counted, uncounted, rules) is not None) == shown


@pytest.mark.parametrize("nothing", [None, 0, -5 * USD])
def test_who_is_known_to_have_spent_nothing_hides_nobody(nothing: int | None) -> None:
    assert figure([50 * USD] * 12 + [nothing] * 30) is None
    assert figure([50 * USD] * 13 + [nothing] * 30) == figure([50 * USD] * 13)


def test_a_very_large_amount_counts_three_times_the_median() -> None:
    usual = [100 * USD] * 13
    assert figure([*usual, 300 * USD]) == figure([*usual, 10**18]) == band(1_600 * USD, 1.5)


@pytest.mark.parametrize("dollars", [0.001, 1, 7_481.827, 7_481.828, 11_222.7, 10**9])
def test_a_band_is_two_neighbours_of_a_grid_that_no_amount_moves(dollars: float) -> None:
    found = band(round(dollars * USD), 1.5)
    assert found.low_nano_usd <= dollars * USD < found.high_nano_usd
    assert band(found.low_nano_usd, 1.5) == band(found.high_nano_usd - 1, 1.5) == found
    assert band(found.high_nano_usd, 1.5).low_nano_usd == found.high_nano_usd
    assert found.high_nano_usd / found.low_nano_usd == pytest.approx(1.5, rel=1e-5)


def test_the_ends_of_a_band_are_powers_of_its_ratio_in_dollars() -> None:
    assert band(8_000 * USD, 1.5) == Figure(7_481_827_642_680, 11_222_741_464_019)
    assert band(USD, 2.0) == Figure(USD, 2 * USD)


@pytest.mark.parametrize("ratio", [1.5, 1.7, 2.0, 3.3, 10.0])
def test_an_amount_at_an_end_belongs_to_the_band_above(ratio: float) -> None:
    lowest = band(10 * USD, ratio).low_nano_usd
    for _ in range(8):
        found = band(lowest, ratio)
        assert found.low_nano_usd == lowest
        assert band(lowest - 1, ratio).high_nano_usd == lowest
        lowest = found.high_nano_usd


@given(st.integers(1, 10**18), st.floats(1.5, 1e12))
def test_every_amount_lies_in_its_band_and_every_end_can_be_stored(amount: int, ratio: float) -> None:
    found = band(amount, ratio)
    assert 0 < found.low_nano_usd <= amount < found.high_nano_usd < 2**63


@given(groups_of_amounts, amounts, amounts)
def test_one_cost_moves_the_figure_no_further_than_the_cap_of_the_others_lets_it(
    others: list[int], one: int, other: int
) -> None:
    # With one person anywhere the median stays between the two middles that the others alone allow.
    ordered = sorted(others)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    if len(ordered) % 2:
        low, high = ordered[len(ordered) // 2 - 1], ordered[len(ordered) // 2 + 1]
    least = sum(min(amount, int(3 * low)) for amount in others)
    most = sum(min(amount, 3 * high) for amount in others) + 3 * high
    for cost in (one, other, 1, 10**18):
        found = figure([*others, cost])
        assert found is not None
        assert band(max(least, 1), 1.5).low_nano_usd <= found.low_nano_usd <= band(most, 1.5).low_nano_usd


@given(groups_of_amounts, amounts, amounts)
def test_whoever_costs_more_never_makes_the_figure_smaller(others: list[int], one: int, other: int) -> None:
    less, more = figure([*others, min(one, other)]), figure([*others, max(one, other)])
    assert less
    assert more
    assert less.low_nano_usd <= more.low_nano_usd


@given(groups_of_amounts)
def test_the_figure_is_the_band_of_the_capped_sum(costs: list[int]) -> None:
    most = int(3 * median(costs))
    assert figure(costs) == band(sum(min(cost, most) for cost in costs), 1.5)


@given(st.data())
def test_nothing_depends_on_the_order_of_people_or_groups(data: st.DataObject) -> None:
    members = data.draw(
        st.lists(st.builds(Member, st.just(0), st.sampled_from(list(TREE)), st.booleans(), amounts), max_size=60)
    )
    members = [member._replace(person_id=number) for number, member in enumerate(members)]
    shuffled = data.draw(st.permutations(members))
    groups = dict(data.draw(st.permutations(list(TREE.items()))))
    assert decide(iter(shuffled), groups, Rules()) == decide(members, TREE, Rules())


@given(st.lists(amounts, max_size=25), st.integers(0, 20), st.integers(12, 25), st.integers(18, 40))
def test_a_stricter_floor_only_ever_hides(costs: list[int], uncounted: int, min_people: int, min_roster: int) -> None:
    strict = figure(costs, uncounted, Rules(min_people=min_people, min_roster=min_roster))
    assert strict in (None, figure(costs, uncounted))
    if strict is not None:
        assert len(costs) > min_people
        assert len(costs) + uncounted >= min_roster


@given(st.lists(amounts, min_size=13, max_size=25), amounts)
def test_who_is_not_counted_changes_nothing_but_the_roster(costs: list[int], cost: int) -> None:
    uncounted = Member(5000, "Engineering", False, cost)
    with_them = decide([*people(costs), uncounted], ONE, Rules())
    assert with_them == decide(people(costs), ONE, Rules())


def test_a_group_has_everybody_below_it() -> None:
    members = people([10 * USD] * 9, "Payments") + people([10 * USD] * 13, "Platform", first=100)
    decided = decide(members, TREE, Rules())
    assert decided == {
        "Payments": None,
        "Platform": band(130 * USD, 1.5),
        "Engineering": band(220 * USD, 1.5),
        "Larkfield": band(220 * USD, 1.5),
    }
    assert nearest_group(["Payments", "Engineering", "Larkfield"], decided) == "Engineering"
    assert nearest_group(["Platform", "Engineering", "Larkfield"], decided) == "Platform"


def test_where_no_larger_group_is_shown_nothing_is() -> None:
    decided = decide(people([10 * USD] * 9, "Payments"), TREE, Rules())
    assert nearest_group(["Payments", "Engineering", "Larkfield"], decided) == ""
    assert nearest_group(["unheard of"], decided) == ""


def test_whose_home_is_no_group_counts_nowhere() -> None:
    assert decide(people([10 * USD] * 30, "closed last year"), ONE, Rules()) == {"Engineering": None}


@pytest.mark.parametrize(
    ("members", "parents"),
    [
        ([Member(1, "Engineering", True, 1), Member(1, "Engineering", True, 1)], ONE),
        ([], {"a": "b", "b": "a"}),
        ([], {"a": "a"}),
        ([], {"a": "nowhere"}),
    ],
)
def test_nothing_is_decided_about_people_with_two_homes_or_groups_that_are_no_tree(
    members: list[Member], parents: Parents
) -> None:
    with pytest.raises(ValueError, match=r"home|cycle|no group"):
        decide(members, parents, Rules())


def test_groups_that_overlap_are_named_and_people_are_not() -> None:
    parents = {"a": "b", "b": "c", "c": "a", "own": "own", "lost": "nowhere", "fine": None}
    homes = [("ana@example.com", "fine"), ("ana@example.com", "lost"), ("bo@example.com", "fine")]
    lines = overlapping(parents, homes)
    assert [line.partition(":")[0] for line in lines if "above itself" not in line] == ["lost", "fine, lost"]
    assert any("above itself" in line for line in lines)
    assert not any("@" in line for line in lines)
    assert overlapping(TREE, [("ana@example.com", "Payments"), ("ana@example.com", "Payments")]) == []


@pytest.mark.parametrize(
    ("given_under", "now", "holds"),
    [
        (Rules(), Rules(), True),
        (Rules(), Rules(min_people=20, min_roster=30, cap=2.0, band=2.0), True),
        (Rules(min_people=13), Rules(), False),
        (Rules(min_roster=19), Rules(), False),
        (Rules(cap=2.0), Rules(), False),
        (Rules(band=2.0), Rules(), False),
        (Rules(min_people=13), Rules(min_people=14, cap=2.9), True),
        (Rules(cap=2.0), Rules(min_people=50, cap=2.5), False),
    ],
)
def test_a_yes_covers_what_it_was_given_under_and_anything_stricter(
    given_under: Rules, now: Rules, holds: bool
) -> None:
    assert consent_holds(given_under, now) == holds
