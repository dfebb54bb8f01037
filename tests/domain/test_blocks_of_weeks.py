"""Blocks of four weeks, and the digest that carries the figures of each."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.blocks_of_weeks import Block, block_of, carried_by, last_settled_block, parse_block
from bot.domain.iso_week import IsoWeek, week_of

days = st.dates(date(2024, 3, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("monday", "first", "last"),
    [
        (date(2026, 11, 9), date(2026, 10, 5), date(2026, 11, 1)),  # the example of the messages
        (date(2026, 12, 7), date(2026, 11, 2), date(2026, 11, 29)),
        (date(2027, 1, 4), date(2026, 11, 30), date(2026, 12, 27)),  # a year of 53 weeks changes nothing
        (date(2024, 2, 5), date(2024, 1, 1), date(2024, 1, 28)),  # the first block of all
    ],
)
def test_the_second_week_after_a_block_carries_it(monday: date, first: date, last: date) -> None:
    block = carried_by(IsoWeek(monday))

    assert block is not None
    assert (block.first, block.last) == (first, last)
    assert [carried_by(IsoWeek(monday).before(back)) for back in (1, 2, 3)] == [None] * 3
    assert carried_by(IsoWeek(monday).before(4)) == Block(block.number - 1)


@given(days)
def test_every_day_lies_in_one_block_of_four_whole_weeks(day: date) -> None:
    block = block_of(day)

    assert block.contains(day)
    assert block.first.weekday() == 0
    assert block.last - block.first == timedelta(days=27)
    assert Block(block.number + 1).first == block.last + timedelta(days=1)
    assert parse_block(block.word) == block


@given(days)
def test_a_block_is_settled_once_its_last_day_has_14_whole_days_behind_it(today: date) -> None:
    settled = last_settled_block(today)

    assert today > settled.last + timedelta(days=14)
    assert today <= Block(settled.number + 1).last + timedelta(days=14)


@given(days)
def test_a_digest_that_carries_a_block_is_of_a_week_that_is_over_when_the_block_is_settled(day: date) -> None:
    """Of four weeks in a row one carries, and on the day after its Sunday the block is the last settled one."""
    weeks = [week_of(day + timedelta(weeks=number)) for number in range(4)]
    carrying = [(week, block) for week in weeks if (block := carried_by(week))]

    ((week, block),) = carrying
    assert last_settled_block(week.sunday + timedelta(days=1)) == block
    assert last_settled_block(week.sunday) != block


@pytest.mark.parametrize(
    "word", ["", "block-", "block-x", "block-36 ", "36", "block--1", "block-\N{ARABIC-INDIC DIGIT THREE}"]
)
def test_other_words_name_no_block(word: str) -> None:
    assert parse_block(word) is None


@given(days)
def test_twelve_weeks_are_three_blocks_and_share_no_day_with_the_next(day: date) -> None:
    block = block_of(day)
    first, last = block.twelve_weeks

    assert last - first == timedelta(days=83)
    assert block.ends_twelve_weeks == (last == block.last)
    assert [Block(block.number + more).ends_twelve_weeks for more in range(3)].count(True) == 1
    assert Block(block.number + 3).twelve_weeks[0] == last + timedelta(days=1)
