"""When a limit that is one person's own would be used up, on the present path."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

# A path of fewer days is none yet.
_MIN_PATH: Final = timedelta(days=3)
# What a source said longer ago is not the present path.
_FRESH_FOR: Final = timedelta(days=2)
_SECOND: Final = timedelta(seconds=1)


class Allowance(NamedTuple):
    """What one account may spend from *first* to *last* (both included), and what of it is spent, in nano-USD."""

    limit_nano_usd: int
    spent_nano_usd: int
    first: date
    last: date


class Stated(NamedTuple):
    """An allowance of one's own as a source stated it at *seen_at* (aware, UTC)."""

    source: str  # its kind
    allowance: Allowance
    seen_at: datetime


def ends_early_on(stated: Stated, now: datetime) -> date | None:
    """Return the day on which the allowance is used up, if it is one before its cycle's last; never a past one.

    The path is what was spent until the source said so, at the same rate. None where the allowance
    lasts, where less than three days of the cycle had passed, on the cycle's last day, and where the
    source has been silent for two days.
    """
    allowance = stated.allowance
    today, begin = now.date(), datetime.combine(allowance.first, time.min, UTC)
    passed = stated.seen_at - begin
    if today >= allowance.last or passed < _MIN_PATH or now - stated.seen_at > _FRESH_FOR:
        return None
    if allowance.spent_nano_usd <= 0 or allowance.limit_nano_usd <= 0:
        return None
    # The second in which what is spent reaches the limit, rounded up; whole numbers only.
    seconds = -(-allowance.limit_nano_usd * (passed // _SECOND) // allowance.spent_nano_usd)
    if seconds > (allowance.last - allowance.first) // _SECOND:
        return None  # on the last day it has lasted; a far date is not even a date
    return max((begin + timedelta(seconds=seconds - 1)).date(), today)
