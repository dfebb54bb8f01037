"""Time that passed while people work: Monday to Friday, nine to five."""

from datetime import date, datetime, tzinfo
from typing import Final

_OPENS_SECONDS: Final = 9 * 3600
_DAY_SECONDS: Final = 8 * 3600
_WORKING_DAYS: Final = 5
_A_MONDAY: Final = date(1, 1, 1).toordinal()


def working_minutes(start: datetime, end: datetime, tz: tzinfo) -> int:
    """Return the whole working minutes from *start* to *end* (both aware) by the clocks of *tz*.

    0 when *end* is not after *start*. Holidays are not known. Raises ValueError for a time without a zone.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a time without a zone")
    if end <= start:
        return 0
    return (_seconds_until(end.astimezone(tz)) - _seconds_until(start.astimezone(tz))) // 60


def _seconds_until(moment: datetime) -> int:
    """Return the working seconds of all days before *moment* and of its own day so far, by the clock."""
    weeks, weekday = divmod(moment.toordinal() - _A_MONDAY, 7)
    days = weeks * _WORKING_DAYS + min(weekday, _WORKING_DAYS)
    if weekday >= _WORKING_DAYS:
        return days * _DAY_SECONDS
    since_midnight = moment.hour * 3600 + moment.minute * 60 + moment.second
    return days * _DAY_SECONDS + min(max(since_midnight - _OPENS_SECONDS, 0), _DAY_SECONDS)
