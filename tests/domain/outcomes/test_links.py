"""What ties AI use to finished work."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.links import Help, StatedLink, by_reference, help_of, is_own, stated_links, work_days
from bot.domain.outcomes.work import FinishedItem
from bot.domain.usage import UsageRow
from tests.cast import row
from tests.domain.outcomes.cast import ago, change, ticket

amounts = st.none() | st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(change(1, ago(5)), "none", id="nothing known"),
        pytest.param(change(2, ago(5)), "shown", id="a run named it"),
        pytest.param(change(1, ago(5), ai_evidence="shown"), "shown", id="a trailer"),
        pytest.param(change(1, ago(7), place="acme/web"), "maybe", id="used on the day"),
        pytest.param(change(1, ago(4), place="acme/web"), "maybe", id="used three days before"),
        pytest.param(change(1, ago(3), place="acme/web"), "none", id="used four days before"),
        pytest.param(change(1, ago(8), place="acme/web"), "none", id="used the day after"),
        pytest.param(change(1, ago(6), place="acme/web", ai_evidence="shown"), "shown", id="both"),
        pytest.param(ticket(1, ago(7)), "none", id="a seat is no use"),
    ],
)
def test_help(item: FinishedItem, expected: Help) -> None:
    used = work_days([row(day=ago(7), work="acme/web"), row(day=ago(7), work="PAY", tier="seat"), row(day=ago(7))])

    assert help_of(item, {"acme/api#2": [row()]}, used) == expected


@pytest.mark.parametrize(
    ("used", "own"),
    [
        (row(run_kind="schedule", work="nightly-triage"), False),
        (row(run_kind="heartbeat", tool="meshclaw"), False),  # its line has the tool's name
        (row(run_kind="schedule", work="another", tool="meshclaw"), True),
        (row(run_kind="person", work="nightly-triage"), True),
        (row(run_kind="unknown", work="nightly-triage"), True),
        (row(tool="meshclaw"), True),
    ],
)
def test_only_a_job_that_ran_on_its_own_is_shared(used: UsageRow, own: bool) -> None:
    assert is_own(used, {"nightly-triage", "meshclaw"}) is own


@given(amounts, amounts, st.lists(st.sampled_from("abcdefg"), min_size=1))
def test_what_a_run_came_to_is_divided_and_nothing_is_lost(
    billed: int | None, value: int | None, references: list[str]
) -> None:
    links = stated_links(row(billed_nano_usd=billed, list_value_nano_usd=value), references)

    assert [link.reference for link in links] == sorted(set(references))
    for whole, parts in (
        (billed, [link.used.billed_nano_usd for link in links]),
        (value, [link.used.list_value_nano_usd for link in links]),
    ):
        known = [part for part in parts if part is not None]
        assert sum(known) == whole if whole is not None else known == []
        assert not known or max(known) - min(known) <= 1


def test_a_run_that_names_nothing_has_no_link() -> None:
    assert stated_links(row(billed_nano_usd=5), []) == []


def test_links_by_reference() -> None:
    first, second = row(day=date(2026, 11, 1)), row(day=date(2026, 11, 2))

    assert by_reference([StatedLink("a", first), StatedLink("b", first), StatedLink("a", second)]) == {
        "a": [first, second],
        "b": [first],
    }
