"""Small changes to the same files within a day are one piece of work."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.same_work import MergedChange, joined
from bot.domain.outcomes.states import counted_once
from tests.cast import T0, TODAY
from tests.domain.outcomes.cast import change


def merged(number: int, hours: float, files: str, **known: Any) -> MergedChange:
    """Return a change by one author, merged *hours* after the first; each letter of *files* is a file."""
    at = T0 + timedelta(hours=hours)
    item = change(number, at.date(), **{"author": b"ada"} | known)
    return MergedChange(item, at, frozenset(map(ord, files)))


def together(*changes: MergedChange) -> list[set[int]]:
    """Return which changes count once, by their numbers."""
    groups: dict[tuple[str, str], set[int]] = {}
    for item in joined(changes):
        number = int(item.reference.partition("#")[2])
        groups.setdefault((item.place, item.ticket or item.reference), set()).add(number)
    return list(groups.values())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([merged(1, 0, "ab"), merged(2, 1, "bc")], [{1, 2}], id="a file in common"),
        pytest.param([merged(1, 0, "ab"), merged(2, 1, "cd")], [{1}, {2}], id="no file in common"),
        pytest.param([merged(1, 0, "a"), merged(2, 24, "a")], [{1, 2}], id="within a day"),
        pytest.param([merged(1, 0, "a"), merged(2, 24.01, "a")], [{1}, {2}], id="more than a day"),
        pytest.param([merged(2, 0, "a"), merged(1, 1, "a")], [{1, 2}], id="the earliest, not the lowest number"),
        pytest.param([merged(1, 0, "a"), merged(2, 1, "ab"), merged(3, 2, "b")], [{1, 2, 3}], id="one after the other"),
        pytest.param([merged(1, 0, "a"), merged(2, 1, "b"), merged(3, 2, "ab")], [{1, 2, 3}], id="one joins two"),
        pytest.param(
            [merged(1, 0, "a"), merged(2, 1, "bc"), merged(3, 2, "ab"), merged(4, 3, "c")],
            [{1, 2, 3, 4}],
            id="all of it",
        ),
        pytest.param(
            [merged(1, 0, "a"), merged(2, 20, "a"), merged(3, 40, "a")],
            [{1, 2}, {3}],
            id="a day from the first of them",
        ),
        pytest.param([merged(1, 0, "a"), merged(2, 1, "a", author=b"bob")], [{1}, {2}], id="two authors"),
        pytest.param([merged(1, 0, "a", author=b""), merged(2, 1, "a", author=b"")], [{1}, {2}], id="authors unknown"),
        pytest.param([merged(1, 0, "a"), merged(2, 1, "a", place="acme/web")], [{1}, {2}], id="two repositories"),
        pytest.param([merged(1, 0, "a"), merged(2, 1, "a", ticket="PAY-1")], [{1}, {2}], id="one has a ticket"),
        pytest.param([merged(1, 0, ""), merged(2, 1, "")], [{1}, {2}], id="files unknown"),
    ],
)
def test_what_counts_once(changes: list[MergedChange], expected: list[set[int]]) -> None:
    assert together(*changes) == expected


def test_the_first_of_them_is_the_ticket_of_the_others() -> None:
    assert [item.ticket for item in joined([merged(7, 0, "a"), merged(3, 1, "a")])] == ["", "acme/api#7"]


several = st.lists(
    st.builds(
        merged,
        number=st.integers(1, 30),
        hours=st.integers(0, 60),
        files=st.text("abc", max_size=2),
        author=st.sampled_from([b"ada", b"bob", b""]),
        ticket=st.sampled_from(["", "", "PAY-1"]),
    ),
    max_size=10,
    unique_by=lambda each: each.item.reference,
)


@given(several, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(changes: list[MergedChange], random: Random) -> None:
    shuffled = changes + random.sample(changes, len(changes) // 2)
    random.shuffle(shuffled)

    assert joined(shuffled) == joined(changes)


@given(several)
def test_no_change_is_lost_and_only_tickets_are_set(changes: list[MergedChange]) -> None:
    found = {item.reference: item for item in joined(changes)}

    assert len(found) == len(changes)
    for each in changes:
        after = found[each.item.reference]
        if each.item.ticket or not each.item.author:
            assert after == each.item
        elif after.ticket:
            first = next(other for other in changes if other.item.reference == after.ticket)
            assert (first.item.author, first.item.place) == (each.item.author, each.item.place)
            assert timedelta(0) <= each.merged_at - first.merged_at <= timedelta(hours=24)
            assert found[after.ticket].ticket == ""


@given(several, st.integers(0, 60), st.text("abc", min_size=1, max_size=3))
def test_splitting_a_change_by_files_never_counts_as_more(changes: list[MergedChange], hour: int, files: str) -> None:
    """Each part touches a file of the part before, within the hour."""
    whole = merged(90, hour, files)
    parts = [merged(90 + number, hour + number / 60, files[: number + 1]) for number in range(len(files))]

    def works(*more: MergedChange) -> int:
        return len(counted_once(joined([*changes, *more]), TODAY))

    assert works(*parts) <= works(whole) + 1
