"""What one person finished, worked out by hand, and what no amount of AI use changes in it."""

from datetime import date
from random import Random
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.outcomes.cost_per_change import CostPerChange
from bot.domain.outcomes.links import OwnMarks, StatedLink
from bot.domain.outcomes.not_tied import NotTied
from bot.domain.outcomes.person import KindCounts, LinkedCost, ListedItem, PersonOutcomes, person_outcomes
from bot.domain.outcomes.rounding import Likely
from bot.domain.outcomes.work import FinishedItem, OwnItem
from bot.domain.period import parse_period
from bot.domain.quantity import UNKNOWN, Quantity
from bot.domain.usage import UsageRow
from tests.cast import TODAY, row
from tests.domain.outcomes.cast import LONG_AGO, USD, ago, change, items, own, ticket

FOUR_WEEKS: Final = parse_period("", TODAY)  # 22 October to 18 November
assert FOUR_WEEKS is not None


def billed(amount: int, day: date, work: str = "", **known: Any) -> UsageRow:
    return row(day=day, work=work, billed_nano_usd=amount * USD, **known)


def outcomes(
    finished: list[FinishedItem], usage: list[UsageRow], *links: StatedLink, marks: OwnMarks | None = None
) -> PersonOutcomes:
    mine = [own(item, f"Title of {item.reference}") for item in finished]
    assert FOUR_WEEKS is not None
    return person_outcomes(mine, usage, links, FOUR_WEEKS, TODAY, LONG_AGO, marks or OwnMarks())


STAYED = change(8, date(2026, 10, 28), ai_evidence="shown")  # 14 days were over on 11 November
CAME_BACK = change(9, date(2026, 10, 30), came_back_on=date(2026, 11, 5))
PART_ONE = change(10, date(2026, 11, 3), ticket="PAY-7")
PART_TWO = change(11, date(2026, 11, 12), ticket="PAY-7")
CLOSED = ticket(7, date(2026, 11, 12))
ALONE = change(12, date(2026, 11, 10), accepted=False)
NOT_MINE = change(13, date(2026, 11, 17))
EARLIER = [  # one a week, all stayed
    change(1, date(2026, 8, 12)),
    change(2, date(2026, 8, 19)),
    change(3, date(2026, 8, 26)),
    change(4, date(2026, 9, 2)),
    change(5, date(2026, 9, 9)),
    change(6, date(2026, 9, 16)),
    change(7, date(2026, 9, 23)),
]
ITEMS = [*EARLIER, STAYED, CAME_BACK, PART_ONE, PART_TWO, CLOSED, ALONE, NOT_MINE]
LINK = StatedLink("acme/api#10", billed(5, date(2026, 11, 2), "acme/api"))
USAGE = [
    billed(300, date(2026, 8, 20)),
    billed(19, date(2026, 10, 1), tier="seat"),
    row(day=date(2026, 10, 20), list_value_nano_usd=70 * USD),  # covered by a seat: in no billed sum
    billed(50, date(2026, 10, 25), "acme/web"),
    billed(31, date(2026, 10, 29), "acme/api"),
    billed(12, date(2026, 11, 2), "acme/api"),  # 5 of them are the link's
    billed(20, date(2026, 11, 9), "acme/api"),
    billed(7, date(2026, 11, 15)),
    billed(100, date(2026, 11, 16), "nightly-triage", run_kind="schedule"),  # marked as shared
]


def test_a_whole_summary_worked_out_by_hand() -> None:
    found = outcomes(ITEMS, USAGE, LINK, marks=OwnMarks(frozenset({"acme/api#13"}), frozenset({"nightly-triage"})))

    # Changes of the four weeks: 8, 9, and 10 with 11, which are one ticket and finished on 12 November.
    # Number 8 shows help by its trailer, the ticket because a run named number 10; number 9 may have had
    # some: 30 October is a day after the use of 29 October. PAY-7 itself saw no use in the place PAY.
    assert found.counts == (
        KindCounts("change", finished=3, stayed=1, came_back=1, too_new=1, shows_help=2, may_have_had_help=1),
        KindCounts("ticket", finished=1, stayed=0, came_back=0, too_new=1, shows_help=0, may_have_had_help=0),
    )

    # The latest first. Number 11 by itself may have had help: use on 9 November, three days before.
    five = LinkedCost("billed", Quantity(5 * USD, True))
    assert [(line.item.reference, *line[1:]) for line in found.listed] == [
        ("PAY-7", "PAY-7", "too_new", "none", None),
        ("acme/api#11", "PAY-7", "too_new", "maybe", None),
        ("acme/api#10", "PAY-7", "too_new", "shown", five),
        ("acme/api#9", "acme/api#9", "came_back", "maybe", None),
        ("acme/api#8", "acme/api#8", "stayed", "shown", None),
    ]
    assert [item.reference for item in found.merged_by_author] == ["acme/api#12"]

    # Settled weeks are 10 August to 1 November. Cost: 300 + 19 + 50 + 31 = 400. Stayed: numbers 1 to 8.
    # By week 1 1 1 1 1 1 1 0 0 0 0 1: a mean of 2/3 and a variance of 8/33, less than chance makes, so
    # nothing widens the range. Of 8 it is 3.981 to 14.435 (half of chi-square 7.962 at 16 degrees and
    # 28.869 at 18): 400 / 14.435 = 27.71, 400 / 8 = 50, 400 / 3.981 = 100.48. Two digits, since
    # the range is 1.46 times as wide as the amount.
    assert found.cost_per_change == CostPerChange(
        lane="billed",
        cost=Quantity(400 * USD, True),
        kind="change",
        stayed=8,
        first=date(2026, 8, 10),
        last=date(2026, 11, 1),
        each=Likely(28 * USD, 50 * USD, 100 * USD),
    )

    # The four weeks cost 50 + 31 + 12 + 20 + 7 = 120, and 113 of it name what they were for. In acme/api
    # 29 October, 2 and 9 November are at most three days before 9, 10 and 11: 31 + 12 + 20 = 63 may be
    # tied, the 5 of the link surely are. 113 - 63 = 50; 113 - 5 = 108, in two digits 110.
    assert found.not_tied == NotTied("billed", 50 * USD, 110 * USD)


def line(found: PersonOutcomes, reference: str) -> ListedItem:
    return next(each for each in found.listed if each.item.reference == reference)


def test_what_is_not_mine_is_nowhere() -> None:
    found = outcomes([NOT_MINE, ALONE], [], marks=OwnMarks(not_mine=frozenset({"acme/api#12", "acme/api#13"})))

    assert (found.counts, found.listed, found.merged_by_author) == ((), (), ())


def test_a_shared_job_is_in_no_cost_of_ones_own_but_its_help_shows() -> None:
    link = StatedLink("acme/api#8", billed(9, date(2026, 10, 28), "nightly-triage", run_kind="schedule"))
    usage = [link.used, billed(60, date(2026, 10, 29), "acme/api")]
    plain = replace(STAYED, ai_evidence="none")
    found = outcomes([plain], usage, link, marks=OwnMarks(shared_jobs=frozenset({"nightly-triage"})))

    assert (line(found, "acme/api#8").help, line(found, "acme/api#8").cost) == ("shown", None)
    assert found.cost_per_change is not None
    assert found.cost_per_change.cost == Quantity(60 * USD, True)
    assert found.not_tied == NotTied("billed", 60 * USD, 60 * USD)


def test_the_cost_of_an_item_is_unknown_where_its_runs_have_no_price() -> None:
    found = outcomes([STAYED], [], StatedLink("acme/api#8", row()))

    assert line(found, "acme/api#8").cost == LinkedCost("list", UNKNOWN)


def test_the_cost_of_an_item_is_that_of_all_runs_that_named_it_in_one_lane() -> None:
    used = [billed(2, ago(40)), billed(3, ago(20)), row(list_value_nano_usd=50 * USD)]
    found = outcomes([STAYED], [], *(StatedLink("acme/api#8", each) for each in used))

    assert line(found, "acme/api#8").cost == LinkedCost("billed", Quantity(5 * USD, True))


def test_a_ticket_whose_last_change_is_of_today_is_not_of_a_period_to_yesterday() -> None:
    assert outcomes([PART_ONE, replace(PART_TWO, finished_on=TODAY)], []).counts == ()


amounts = st.integers(0, 10**12)
usages = st.lists(
    st.builds(
        row,
        day=st.integers(0, 100).map(ago),
        work=st.sampled_from(["", "acme/api", "PAY"]),
        billed_nano_usd=amounts,
        run_kind=st.sampled_from(["person", "schedule"]),
    ),
    max_size=8,
)
links_of = st.lists(
    st.builds(
        StatedLink,
        st.sampled_from(["acme/api#1", "PAY-1"]),
        usages.flatmap(lambda rows: st.sampled_from(rows or [row()])),
    ),
    max_size=4,
)


def states(found: PersonOutcomes) -> list[tuple[Any, ...]]:
    return [counts[:5] for counts in found.counts]


@given(items, usages, usages, links_of)
def test_using_more_ai_changes_nothing_that_was_finished(
    finished: list[FinishedItem], usage: list[UsageRow], more: list[UsageRow], links: list[StatedLink]
) -> None:
    before, after = outcomes(finished, usage), outcomes(finished, usage + more, *links)

    assert states(before) == states(after)
    assert before.merged_by_author == after.merged_by_author
    assert [each[:3] for each in before.listed] == [each[:3] for each in after.listed]


@given(items, usages, links_of, st.randoms(use_true_random=False))
def test_order_and_repetition_of_items_change_nothing(
    finished: list[FinishedItem], usage: list[UsageRow], links: list[StatedLink], random: Random
) -> None:
    shuffled = finished + random.sample(finished, len(finished) // 2)
    random.shuffle(shuffled)

    assert outcomes(shuffled, usage[::-1], *links[::-1]) == outcomes(finished, usage, *links)


@given(items, usages, links_of, st.integers(2, 5))
def test_splitting_a_ticket_changes_no_sum(
    finished: list[FinishedItem], usage: list[UsageRow], links: list[StatedLink], parts: int
) -> None:
    whole = change(99, ago(5), ticket="PAY-9")
    split = [replace(whole, reference=f"acme/api#{100 + part}") for part in range(parts)]
    before, after = outcomes([*finished, whole], usage, *links), outcomes([*finished, *split], usage, *links)

    assert before.counts == after.counts
    assert before.cost_per_change == after.cost_per_change
    assert before.not_tied == after.not_tied


@given(items, usages, links_of)
def test_the_list_agrees_with_the_sums(
    finished: list[FinishedItem], usage: list[UsageRow], links: list[StatedLink]
) -> None:
    found = outcomes(finished, usage, *links)

    for counts in found.counts:
        lines = {each.counts_as: each for each in found.listed if each.item.kind == counts.kind}
        became = [each.state for each in lines.values()]
        assert counts.finished == len(lines) == counts.stayed + counts.came_back + counts.too_new
        assert (counts.stayed, counts.came_back) == (became.count("stayed"), became.count("came_back"))
        assert counts.shows_help + counts.may_have_had_help <= counts.finished
    assert all(isinstance(each.item, OwnItem) for each in found.listed)
