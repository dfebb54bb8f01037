"""A person's weekly note: whether they want it, at which hour of their week, and for how long it waits for data."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, get_args

from bot.domain.due import QUIET_FROM_HOUR, QUIET_TO_HOUR, local_hour, zone
from bot.domain.iso_week import IsoWeek, week_of
from bot.domain.people import Delivered
from bot.domain.period import WEEKDAYS

Mode = Literal["button", "figures", "none"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
ON: Final = frozenset({"button", "figures"})

# The names under which choices are kept.
MODE: Final = "digest"
WEEKDAY: Final = "digest_weekday"
HOUR: Final = "digest_hour"
SINCE: Final = "digest_since"
SNOOZED: Final = "digest_snoozed_until"
QUIET: Final = "digest_quiet"
USEFUL: Final = "digest_useful"

LONGEST_WAIT: Final = timedelta(hours=36)
# What is due was due within the last week: whoever wanted it for longer than this wanted it then.
LONG_WANTED: Final = timedelta(weeks=2)
SNOOZE_DAYS: Final = 28
# For so long after switching on, who has not chosen is offered the note again.
OFFERED_DAYS: Final = 14
# Hours that can be chosen: nobody is written to at night.
HOURS: Final = range(QUIET_TO_HOUR, QUIET_FROM_HOUR)
# How many days more than the one that has just ended a source takes to tell of a day.
_LATE_DAYS: Final = {"copilot": 3}


class Usual(NamedTuple):
    """When notes come to who has not chosen: a weekday (0 is Monday) and an hour, both by local clocks."""

    weekday: int
    hour: int


def usual_time(weekday: str, hour: int) -> Usual:
    """Return when notes usually come, the weekday by its name."""
    return Usual(parse_weekday(weekday) or 0, hour)


class Subscription(NamedTuple):
    """What a person chose; *mode* is None where they did not answer. The hour is one of their local day."""

    mode: Mode | None
    weekday: int
    hour: int
    since: datetime | None = None  # wanted without a break from then on
    snoozed_until: date | None = None

    @property
    def is_on(self) -> bool:
        """Return whether notes are wanted at all."""
        return self.mode in ON


def is_zone(name: str) -> bool:
    """Return whether there is (still) a time zone of that name; where there is none, hours are UTC."""
    return zone(name) is not UTC


def next_due(subscription: Subscription, tz: str, now: datetime) -> datetime:
    """Return the first moment (UTC) after *now* at which a note is due; a snooze is slept through."""
    from_day = now.astimezone(zone(tz)).date() - timedelta(days=1)
    if subscription.snoozed_until is not None:
        from_day = max(from_day, subscription.snoozed_until)
    return min(moment for moment in _moments(subscription.weekday, subscription.hour, tz, from_day) if moment > now)


def last_due(subscription: Subscription, tz: str, now: datetime) -> datetime | None:
    """Return the last moment (UTC) up to *now* at which a note was due; None if none was.

    None is due before it was wanted, nor while it is snoozed.
    """
    if not subscription.is_on:
        return None
    due = _last_moment(subscription.weekday, subscription.hour, tz, now)
    if subscription.since is not None and due < subscription.since:
        return None
    return None if rests(subscription, tz, due) else due


def rests(subscription: Subscription, tz: str, at: datetime) -> bool:
    """Return whether the note rests *at* a moment, by the person's calendar."""
    until = subscription.snoozed_until
    return until is not None and at.astimezone(zone(tz)).date() < until


@lru_cache(maxsize=10_000)  # asked for everybody at once, of whom many have the same hour
def _last_moment(weekday: int, hour: int, tz: str, now: datetime) -> datetime:
    from_day = now.astimezone(zone(tz)).date() - timedelta(days=14)
    return max(moment for moment in _moments(weekday, hour, tz, from_day) if moment <= now)


def _moments(weekday: int, hour: int, tz: str, from_day: date) -> list[datetime]:
    """Return when notes are due from a local day on, three weeks long; none before the week that it covers is over."""
    first = from_day + timedelta(days=(weekday - from_day.weekday()) % 7)
    days = [first + timedelta(weeks=weeks) for weeks in range(3)]
    return [max(local_hour(day, hour, tz), _end_of(week_of(day).before())) for day in days]


def _end_of(week: IsoWeek) -> datetime:
    return datetime.combine(week.sunday + timedelta(days=1), time(), UTC)


@lru_cache(maxsize=10_000)
def covered_week(due: datetime, tz: str) -> IsoWeek:
    """Return the week that a note due at *due* is about: the last one that is over by the person's calendar."""
    return week_of(due.astimezone(zone(tz)).date()).before()


def may_wait(due: datetime, now: datetime) -> bool:
    """Return whether a note due at *due* may still wait at *now* for what has not come."""
    return now < due + LONGEST_WAIT


def kinds_due(asked: Iterable[str], week: IsoWeek, now: datetime) -> list[str]:
    """Return which kinds of *asked* sources usually have told of the whole *week* by *now*."""
    ended = now.astimezone(UTC).date() - timedelta(days=1)
    return [kind for kind in asked if ended - timedelta(days=_LATE_DAYS.get(kind, 0)) >= week.sunday]


def behind(deliveries: Iterable[Delivered], asked: Iterable[str], week: IsoWeek) -> list[Delivered]:
    """Return what of *deliveries* comes from a kind that is *asked* and has not told of the whole *week*."""
    kinds = set(asked)
    return [each for each in deliveries if each.kind in kinds and each.last_day < week.sunday]


def is_offered(subscription: Subscription, on_since: date | None, today: date) -> bool:
    """Return whether somebody who has not chosen is asked (again)."""
    new = on_since is not None and today <= on_since + timedelta(days=OFFERED_DAYS)
    return subscription.mode is None and new


def subscription_in(settings: Mapping[str, str], usual: Usual, chosen_at: datetime | None = None) -> Subscription:
    """Return what *settings* say of the note; what is not there, or cannot be used, is as usual.

    *chosen_at* is when the mode was chosen, for where nothing else is remembered.
    """
    said = settings.get
    mode, weekday, hour, _, snoozed = _chosen(
        said(MODE, ""), said(WEEKDAY, ""), said(HOUR, ""), said(SNOOZED, ""), usual
    )
    return Subscription(mode, weekday, hour, _moment_in(said(SINCE, "")) or chosen_at, snoozed)


@lru_cache(maxsize=10_000)  # asked for everybody at once, of whom many chose the same
def _chosen(mode: str, weekday: str, hour: str, snoozed: str, usual: Usual) -> Subscription:
    return Subscription(
        mode=next((each for each in MODES if each == mode), None),
        weekday=_number(weekday, range(len(WEEKDAYS)), usual.weekday),
        hour=_number(hour, range(24), usual.hour),
        snoozed_until=_day_in(snoozed),
    )


def stored_subscriptions(settings: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what is stored of the note as its owner's own file has it; null is as usual."""
    if MODE not in settings:
        return []
    found = subscription_in(settings, Usual(-1, -1))
    return [
        {
            "what": "weekly digest",
            "mode": found.mode,
            "weekday": WEEKDAYS[found.weekday].lower() if found.weekday >= 0 else None,
            "hour": found.hour if found.hour >= 0 else None,
            "since": found.since and found.since.isoformat(),
            "snoozed_until": found.snoozed_until and found.snoozed_until.isoformat(),
        }
    ]


def parse_weekday(word: str) -> int | None:
    """Return the weekday that *word* names in full: 0 is Monday."""
    names = [name.lower() for name in WEEKDAYS]
    return names.index(word.lower()) if word.lower() in names else None


def parse_hour(word: str) -> int | None:
    """Return the hour that *word* says, if it is one that can be chosen."""
    hour = _number(word, HOURS, -1)
    return hour if hour in HOURS else None


def _number(text: str, among: range, usual: int) -> int:
    usable = text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) in among
    return int(text) if usable else usual


def _moment_in(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
