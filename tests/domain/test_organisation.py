"""Groups are a tree: everybody who is counted in one is counted in all that it lies in, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.organisation import OrganisationError, Tree, cycles, sizes

LARKFIELD = {"Larkfield": "", "Engineering": "Larkfield", "Payments": "Engineering", "Web": "Engineering", "Sales": ""}


def test_a_group_lies_in_every_group_above_it() -> None:
    tree = Tree(LARKFIELD)

    assert list(tree.upwards("Payments")) == ["Payments", "Engineering", "Larkfield"]
    assert list(tree.upwards("Nowhere")) == []
    assert tree.within("Engineering") == {"Engineering", "Payments", "Web"}
    assert tree.tops() == ["Larkfield", "Sales"]


@pytest.mark.parametrize(
    "parents",
    [
        pytest.param({"Web": "Engineering"}, id="a parent that is not there"),
        pytest.param({"Web": "Web"}, id="in itself"),
        pytest.param({"A": "B", "B": "C", "C": "A"}, id="in a ring"),
        pytest.param({**LARKFIELD, "Larkfield": "Payments"}, id="in a group that lies in it"),
    ],
)
def test_what_is_no_tree_is_none(parents: dict[str, str]) -> None:
    with pytest.raises(OrganisationError):
        Tree(parents)


def test_each_ring_is_named_once_and_what_hangs_on_it_is_not() -> None:
    parents = {"A": "B", "B": "A", "C": "A", "D": "D", "E": "F", "F": "G", "G": "F"}

    assert cycles(parents) == [["A", "B"], ["D"], ["F", "G"]]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), max_size=8))
def test_groups_are_a_tree_exactly_when_every_way_up_ends(parents: dict[str, str]) -> None:
    parents = {group: parent if parent in parents else "" for group, parent in parents.items()}

    def ends(group: str) -> bool:
        for _ in range(len(parents) + 1):
            group = parents.get(group, "")
        return not group

    assert (cycles(parents) == []) == all(ends(group) for group in parents)


def test_everybody_counts_in_their_home_and_all_above_it() -> None:
    homes = [(1, "Payments"), (2, "Payments"), (3, "Web"), (4, "Engineering"), (5, "a group that is gone")]

    assert sizes(Tree(LARKFIELD), homes) == {
        "Larkfield": 4, "Engineering": 4, "Payments": 2, "Web": 1, "Sales": 0
    }  # fmt: skip
