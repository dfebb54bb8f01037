"""What is not tied to finished work yet: a range of dollars, or nothing where too little is known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.not_tied import NotTied, not_tied
from bot.domain.outcomes.work import FinishedItem
from bot.domain.period import Period
from bot.domain.usage import UsageRow
from tests.cast import row
from tests.domain.outcomes.cast import USD, ago, change

FOUR_WEEKS = Period("4w", ago(28), ago(1))


def spent(amount: int, work: str = "acme/web", days_ago: int = 10, **known: Any) -> UsageRow:
    return row(day=ago(days_ago), work=work, billed_nano_usd=amount * USD, **known)


def link(amount: int, number: int, work: str = "acme/web", days_ago: int = 10) -> StatedLink:
    return StatedLink(f"acme/api#{number}", spent(amount, work, days_ago))


def answer(rows: list[UsageRow], *links: StatedLink, period: Period = FOUR_WEEKS) -> tuple[int, int] | None:
    """Return the range in dollars with one change finished in acme/api ten days ago."""
    found = not_tied([change(1, ago(10))], rows, links, period)
    return None if found is None else (found.low // USD, found.high // USD)


@pytest.mark.parametrize(
    ("rows", "links", "expected"),
    [
        pytest.param([spent(60)], [], (60, 60), id="nothing ties it"),
        pytest.param([spent(60)], [link(20, 1)], (40, 40), id="a run named the change"),
        pytest.param([spent(60)], [link(20, 9)], (60, 60), id="a run named what is not finished"),
        pytest.param([spent(60, "acme/api")], [], (0, 60), id="in the same place just before"),
        pytest.param([spent(60, "acme/api", 13)], [], (0, 60), id="three days before"),
        pytest.param([spent(60, "acme/api", 14)], [], (60, 60), id="four days before"),
        pytest.param([spent(60, "acme/api", 9)], [], (60, 60), id="the day after"),
        pytest.param([spent(60, "acme/api")], [link(20, 1, "acme/api")], (0, 40), id="both, counted once"),
        pytest.param([spent(60), spent(30, "acme/api")], [link(20, 1)], (40, 70), id="some of each"),
        pytest.param([spent(50), spent(9, "")], [link(9, 1, "")], (50, 50), id="a link without a job's name"),
        pytest.param([spent(60)], [link(90, 1)], (0, 0), id="never more than was spent"),
        pytest.param([spent(60)], [link(20, 1, "elsewhere")], (60, 60), id="a link to cost that is not there"),
        pytest.param([spent(60), spent(70, days_ago=0)], [], (60, 60), id="after the period"),
    ],
)
def test_what_is_not_tied(rows: list[UsageRow], links: list[StatedLink], expected: tuple[int, int]) -> None:
    assert answer(rows, *links) == expected


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], False),
        ([row(day=ago(10), work="acme/web")], False),
        ([spent(49)], False),
        ([spent(50)], True),
        ([spent(60), spent(40, "")], True),
        ([spent(60), spent(41, "")], False),
        ([spent(60), spent(41, "", tier="seat")], False),
    ],
)
def test_it_is_said_only_where_enough_of_the_cost_names_what_it_was_for(rows: list[UsageRow], said: bool) -> None:
    assert (answer(rows) is not None) is said


@pytest.mark.parametrize(("weeks", "said"), [(12, False), (4, False), (2, False), (1, True)])
def test_how_much_is_enough_goes_with_the_length_of_the_period(weeks: int, said: bool) -> None:
    period = Period("days", ago(7 * weeks), ago(1))

    assert (answer([spent(13, days_ago=3)], period=period) is not None) is said


def test_it_is_in_one_lane() -> None:
    listed = row(day=ago(10), work="acme/api", list_value_nano_usd=70 * USD)

    assert not_tied([change(1, ago(10))], [listed], [], FOUR_WEEKS) == NotTied("list", 0, 70 * USD)
    assert not_tied([change(1, ago(10))], [listed, spent(60)], [], FOUR_WEEKS) == NotTied("billed", 60 * USD, 60 * USD)


@pytest.mark.parametrize(("amount", "shown"), [(64, 64), (164, 160), (165, 170), (1649, 1600)])
def test_it_has_two_digits(amount: int, shown: int) -> None:
    assert answer([spent(amount)]) == (shown, shown)


works = st.sampled_from(["", "acme/api", "acme/web", "nightly"])
uses = st.lists(st.builds(spent, st.integers(0, 200), works, st.integers(0, 40)), max_size=10)
finished = st.lists(st.builds(change, st.integers(1, 4), st.integers(0, 40).map(ago)), max_size=5)
linked = st.lists(st.builds(link, st.integers(0, 80), st.integers(1, 6), works, st.integers(0, 40)), max_size=5)


@given(finished, uses, linked, uses, st.integers(1, 6))
def test_more_use_never_makes_it_less(
    items: list[FinishedItem], rows: list[UsageRow], links: list[StatedLink], more: list[UsageRow], number: int
) -> None:
    """Runs that name finished work are use too, and no way to make it look better."""
    named = [StatedLink(f"acme/api#{number}", each) for each in more]
    before = not_tied(items, rows, links, FOUR_WEEKS)
    for more_links in ([], named):
        after = not_tied(items, [*rows, *more], [*links, *more_links], FOUR_WEEKS)
        if before is not None and after is not None:
            assert before.low <= after.low
            assert before.high <= after.high


@given(finished, uses, linked)
def test_it_is_a_range_of_what_was_spent(
    items: list[FinishedItem], rows: list[UsageRow], links: list[StatedLink]
) -> None:
    found = not_tied(items, rows, links, FOUR_WEEKS)

    if found is not None:
        spent_nano = sum(each.billed_nano_usd or 0 for each in rows if FOUR_WEEKS.contains(each.day))
        assert 0 <= found.low <= found.high <= spent_nano * 11 // 10
