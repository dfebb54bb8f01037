"""What is said of some days takes nothing back that other days told."""

from datetime import date

import pytest
from msgspec.structs import replace

from bot.domain.outcomes.reverts import Reopening, Revert
from bot.domain.outcomes.revised import Asked, key_of, revised
from bot.domain.outcomes.work import FinishedItem
from tests.domain.outcomes.cast import ago, change, ticket

WEEK = Asked(ago(7), ago(0))


def held(*items: FinishedItem) -> dict[tuple[str, str], FinishedItem]:
    return {key_of(item): item for item in items}


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        (None, None, None),
        (None, ago(1), ago(1)),
        (ago(2), None, None),  # of a day that was asked for, and no longer said
        (ago(2), ago(1), ago(1)),
        (ago(9), None, ago(9)),  # of a day that was not
        (ago(9), ago(1), ago(9)),
    ],
)
def test_a_return_is_forgotten_only_on_days_that_were_asked_for(
    known: date | None, told: date | None, expected: date | None
) -> None:
    before, now = ticket(1, ago(10), came_back_on=known), ticket(1, ago(10))
    reopened = [Reopening("PAY-1", told)] if told else []
    (found,) = revised([], [now], [], reopened, held(before), WEEK)

    assert found.came_back_on == expected


def test_a_return_before_the_item_was_finished_again_hides_no_later_one() -> None:
    before = ticket(1, ago(20), came_back_on=ago(12))
    (found,) = revised([], [ticket(1, ago(6))], [], [Reopening("PAY-1", ago(1))], held(before), WEEK)

    assert found.came_back_on == ago(1)


def test_what_is_only_remembered_is_returned_where_it_changed() -> None:
    before = [change(1, ago(12)), change(2, ago(12)), change(3, ago(12), came_back_on=ago(9))]
    reverts = [Revert("acme/api#9", "acme/api#1", ago(1)), Revert("acme/api#8", "acme/api#3", ago(1))]

    assert revised([], [], reverts, [], held(*before), WEEK) == [replace(before[0], came_back_on=ago(1))]


def test_a_revert_that_was_taken_back_restores_what_is_only_remembered() -> None:
    before = change(1, ago(12), came_back_on=ago(5))
    reverts = [Revert("acme/api#8", "acme/api#1", ago(5)), Revert("acme/api#9", "acme/api#8", ago(1))]

    assert revised([], [], reverts, [], held(before), WEEK) == [replace(before, came_back_on=None)]


@pytest.mark.parametrize(("day", "kept"), [(7, "acme/api#1"), (6, "acme/api#1"), (5, "")])
def test_changes_of_the_first_two_days_count_with_what_they_did(day: int, kept: str) -> None:
    before = change(2, ago(day), ticket="acme/api#1")
    (found,) = revised([], [change(2, ago(day))], [], [], held(before), WEEK)

    assert found.ticket == kept


def test_a_ticket_that_is_named_now_counts_from_now_on() -> None:
    before = change(2, ago(7), ticket="acme/api#1")
    (found,) = revised([], [change(2, ago(7), ticket="PAY-1")], [], [], held(before), WEEK)

    assert found.ticket == "PAY-1"
