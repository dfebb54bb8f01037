"""Counted once, whatever reported it and in whatever order it arrives."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counting import Counted, Overlaps, count_once
from bot.domain.usage import UsageRow
from tests.cast import TODAY, row

OVERLAPS: Final[Overlaps] = {"claude-code": ["anthropic", "otel", "ccusage"], "codex": ["openai", "ccusage"]}
DAY: Final = timedelta(days=1)

usage = st.lists(
    st.builds(
        row,
        day=st.sampled_from([TODAY, TODAY - DAY]),
        tool=st.sampled_from(["claude-code", "codex", "meshclaw"]),
        source=st.sampled_from(["anthropic", "otel", "ccusage", "openai", "push", "a new one"]),
        source_id=st.integers(1, 3),
        requests=st.integers(0, 5),
    ),
    max_size=12,
)
orders = st.sampled_from([{}, OVERLAPS, {"claude-code": []}, {"meshclaw": ["push"]}])


def counted(*rows: UsageRow) -> list[UsageRow]:
    return count_once(rows, OVERLAPS).counted


def in_order(rows: Sequence[UsageRow]) -> list[str]:
    return sorted(map(repr, rows))


def test_the_source_that_is_believed_most_counts() -> None:
    best, second, third = (row(source=source) for source in ("anthropic", "otel", "ccusage"))

    assert count_once([third, best, second], OVERLAPS) == Counted([best], [third, second])
    assert counted(third, second) == [second]
    assert counted(third) == [third]


def test_each_day_believes_whom_it_has() -> None:
    rows = [row(source="anthropic", day=TODAY), row(source="ccusage", day=TODAY - DAY)]

    assert counted(*rows) == rows


def test_each_tool_believes_whom_it_has() -> None:
    rows = [row(source="anthropic", tool="claude-code"), row(source="ccusage", tool="codex")]

    assert counted(*rows) == rows


def test_two_machines_of_the_same_kind_both_count() -> None:
    rows = [row(source="ccusage", source_id=1), row(source="ccusage", source_id=2)]

    assert counted(*rows) == rows


def test_a_tool_in_no_group_counts_whole() -> None:
    rows = [row(tool="meshclaw", source="push"), row(tool="meshclaw", source="litellm")]

    assert counted(*rows) == rows


def test_a_source_that_the_group_does_not_list_is_believed_last() -> None:
    listed, unlisted = row(source="ccusage"), row(source="a new one")

    assert counted(unlisted, listed) == [listed]
    assert counted(unlisted) == [unlisted]


def test_of_two_that_are_not_listed_the_name_decides() -> None:
    rows = [row(source="b"), row(source="a")]

    assert counted(*rows) == counted(*reversed(rows)) == [row(source="a")]


def test_without_groups_everything_counts() -> None:
    rows = [row(source="anthropic"), row(source="ccusage")]

    assert count_once(rows, {}) == Counted(rows, [])


def test_rows_can_be_given_one_after_the_other() -> None:
    rows = [row(source="anthropic"), row(source="ccusage")]

    assert count_once(iter(rows), OVERLAPS) == count_once(rows, OVERLAPS)


@given(usage, orders, st.randoms())
def test_the_order_of_the_rows_decides_nothing(rows: list[UsageRow], overlaps: Overlaps, random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = count_once(rows, overlaps), count_once(shuffled, overlaps)

    assert in_order(first.counted) == in_order(second.counted)
    assert in_order(first.also_reported) == in_order(second.also_reported)


@given(usage, orders)
def test_counting_what_was_counted_changes_nothing(rows: list[UsageRow], overlaps: Overlaps) -> None:
    once = count_once(rows, overlaps).counted

    assert count_once(once, overlaps) == Counted(once, [])


@given(usage, orders)
def test_no_row_is_lost_or_made(rows: list[UsageRow], overlaps: Overlaps) -> None:
    found = count_once(rows, overlaps)

    assert in_order([*found.counted, *found.also_reported]) == in_order(rows)


@given(usage)
def test_sources_are_never_mixed_within_a_day_of_a_group(rows: list[UsageRow]) -> None:
    kinds: dict[tuple[str, date], set[str]] = {}
    for each in counted(*rows):
        kinds.setdefault((each.tool, each.day), set()).add(each.source)

    assert all(len(seen) == 1 for (tool, _), seen in kinds.items() if tool in OVERLAPS)


@given(usage, orders)
def test_every_day_of_a_tool_that_has_rows_has_rows_that_count(rows: list[UsageRow], overlaps: Overlaps) -> None:
    found = count_once(rows, overlaps)

    assert {(each.tool, each.day) for each in found.counted} == {(each.tool, each.day) for each in rows}
    counted_kinds = {(each.tool, each.day, each.source) for each in found.counted}
    assert not counted_kinds & {(each.tool, each.day, each.source) for each in found.also_reported}
