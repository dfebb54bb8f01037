"""Blocks of four weeks: the periods of figures about cost, and which week's digest carries the figure of which."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.weeks import STAYING_DAYS

WEEKS_IN_BLOCK: Final = 4
_BLOCKS_IN_THREE: Final = 3
_FIRST_MONDAY: Final = date(2024, 1, 1)
_DAYS: Final = 7 * WEEKS_IN_BLOCK
_WORD: Final = re.compile(r"block-(\d{1,4})", re.ASCII)


class Block(NamedTuple):
    """Four whole weeks, counted from the Monday 1 January 2024."""

    number: int

    @property
    def first(self) -> date:
        """Return its first day, a Monday."""
        return _FIRST_MONDAY + timedelta(days=_DAYS * self.number)

    @property
    def last(self) -> date:
        """Return its last day, a Sunday."""
        return self.first + timedelta(days=_DAYS - 1)

    @property
    def word(self) -> str:
        """Return the word that names it in the ledger; `parse_block` understands it."""
        return f"block-{self.number}"

    @property
    def settled_on(self) -> date:
        """Return the first day on which all of its work has stayed for 14 days or come back."""
        return self.last + timedelta(days=STAYING_DAYS + 1)

    @property
    def carrying_week(self) -> IsoWeek:
        """Return the week whose digest carries its figures: the last one that is over when it is settled."""
        return IsoWeek(self.settled_on).before()

    @property
    def ends_twelve_weeks(self) -> bool:
        """Return whether it is the last of three blocks, the twelve weeks of figures about the whole company."""
        return self.number % _BLOCKS_IN_THREE == 0

    @property
    def twelve_weeks(self) -> tuple[date, date]:
        """Return the first and the last day of the last twelve such weeks that end with it or before it.

        No two of these share a day: figures of overlapping weeks could be subtracted.
        """
        last = Block(self.number - self.number % _BLOCKS_IN_THREE)
        return Block(last.number - _BLOCKS_IN_THREE + 1).first, last.last

    def contains(self, day: date) -> bool:
        """Return whether *day* lies in it."""
        return self.first <= day <= self.last


def block_of(day: date) -> Block:
    """Return the block that *day* lies in."""
    return Block((day - _FIRST_MONDAY).days // _DAYS)


def carried_by(week: IsoWeek) -> Block | None:
    """Return the block whose figures the digest of *week* carries; three of four carry none."""
    block = Block(block_of(week.monday).number - 1)
    return block if block.carrying_week == week else None


def last_settled_block(today: date) -> Block:
    """Return the latest block whose work has all stayed for 14 days or come back."""
    return Block(block_of(today - timedelta(days=STAYING_DAYS)).number - 1)


def parse_block(word: str) -> Block | None:
    """Return the block that *word* names; None when it names none."""
    match = _WORD.fullmatch(word)
    return None if match is None else Block(int(match[1]))
