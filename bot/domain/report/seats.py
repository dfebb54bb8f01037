"""What the company pays for seats that nobody used."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.blocks_of_weeks import Block
from bot.domain.money import seat_share_nano_usd
from bot.domain.report.content import UnusedSeats

# Of fewer seats, used or unused, single people would be told of.
_MIN_SEATS: Final = 10
_DAY: Final = timedelta(days=1)


class SeatCount(NamedTuple):
    """How many seats there were on *day*, and how many nobody used in the 28 days that end with it."""

    source: str
    day: date
    seats: int
    unused: int


def unused_seats(count: SeatCount | None, monthly_nano_usd: int | None, block: Block) -> UnusedSeats | None:
    """Return what the unused seats of *block* cost in it, as one sum.

    None unless ten or more were unused, and ten or more used, on its last day, of which the count has to be.
    """
    if count is None or monthly_nano_usd is None or count.day != block.last:
        return None
    if min(count.unused, count.seats - count.unused) < _MIN_SEATS:
        return None
    days = (block.first + number * _DAY for number in range((block.last - block.first).days + 1))
    each_nano_usd = sum(seat_share_nano_usd(monthly_nano_usd, day) for day in days)
    return UnusedSeats(count.source, count.unused * each_nano_usd) if each_nano_usd else None
