"""When a message is due: an hour on somebody's own clock, never in their night, spread so that not all go at once."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

QUIET_FROM_HOUR: Final = 21
QUIET_TO_HOUR: Final = 7
NOON_HOUR: Final = 12
SPREAD_SECONDS: Final = 3600


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """Return the time zone that Slack names; UTC for one that is not known, as after it was renamed."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name can be a folder of the zones
        return UTC


def local_hour(day: date, hour: int, tz: str) -> datetime:
    """Return the moment (UTC) at which somebody's clock shows *hour* on *day*.

    An hour that the clock skips in spring is the same hour by the time before; of one that comes twice, the first.
    """
    return datetime.combine(day, time(hour), zone(tz)).astimezone(UTC)


def after_quiet_hours(at: datetime, tz: str) -> datetime:
    """Return *at*, or where that is in somebody's night, the moment at which the night is over."""
    local = at.astimezone(zone(tz))
    if QUIET_TO_HOUR <= local.hour < QUIET_FROM_HOUR:
        return at
    morning = local.date() + timedelta(days=local.hour >= QUIET_FROM_HOUR)
    return local_hour(morning, QUIET_TO_HOUR, tz)


def noon_of(at: datetime, tz: str) -> datetime:
    """Return the noon of somebody's day at the moment *at*; what is due by then is of the same morning."""
    return local_hour(at.astimezone(zone(tz)).date(), NOON_HOUR, tz)


def spread(mark: str, seconds: int = SPREAD_SECONDS) -> timedelta:
    """Return somebody's own place within *seconds*, always the same for the same keyed mark (hexadecimal)."""
    return timedelta(seconds=int(mark[:16], 16) % seconds)
