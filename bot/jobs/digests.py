"""The weekly note to each person who wants one: planned when their week is due, composed when it goes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.delivery import Needs
from bot.domain.digest import Reach, quiet_weeks, says_it_is_quiet
from bot.domain.due import SPREAD_SECONDS
from bot.domain.iso_week import IsoWeek, parse_iso_week
from bot.domain.people import Viewer
from bot.domain.subscription import (
    LONG_WANTED,
    MODE,
    ON,
    QUIET,
    Usual,
    covered_week,
    kinds_due,
    last_due,
    may_wait,
    rests,
    subscription_in,
    usual_time,
)
from bot.jobs.hinting import hint_in_note, keep_hint
from bot.jobs.kind import Payload, ToPerson
from bot.services import Services
from bot.views.blocks import Message
from bot.views.digest import digest_message, pointer
from bot.views.digest_answers import still_on
from bot.views.use_case_cards import borrow_block
from storage.choices import settings_of
from storage.digests import OwnWeek, read_week
from storage.planning import plan
from storage.subscriptions import Subscribers, note_quiet_weeks, persons_without, subscribers
from storage.use_case_lending import offer_in_note, offered_with

DIGEST: Final = "digest"
# The job comes once an hour, so that it plans what is due before it comes again.
_AHEAD: Final = timedelta(hours=1)
_AT_ONCE: Final = 20_000
# At the pace that Slack allows, a large company's notes take days.
_LATE: Final = timedelta(days=6)


class _Due:
    """The notes that are due by a moment, by the week that they are about."""

    def __init__(self, services: Services) -> None:
        self._now = services.now()
        self._asked = {source.kind for source in services.all_sources}
        self.by_week: defaultdict[IsoWeek, dict[int, datetime]] = defaultdict(dict)
        self.waiting = 0

    def add(self, some: Subscribers) -> None:
        """Take the notes of some people in if they are due by the time the job comes again."""
        due = last_due(some.subscription, some.tz, self._now + _AHEAD)
        if due is not None:
            self.by_week[covered_week(due, some.tz)].update(dict.fromkeys(some.persons, due))

    def drop_those_that_wait(self, session: Session) -> None:
        """Leave out those of whom a source that is due has not told of the whole week, while they may wait."""
        for week, due in self.by_week.items():
            behind = persons_without(session, kinds_due(self._asked, week, self._now), week.sunday)
            waiting = [person for person in behind & due.keys() if may_wait(due[person], self._now)]
            self.waiting += len(waiting)
            for person in waiting:
                del due[person]


def run(services: Services) -> dict[str, int]:
    """Plan every note that is due and was not planned before; return how many, and how many wait for data."""
    due = _Due(services)
    with services.database.reading() as session:
        for some in subscribers(session, _usual(services), services.now() - LONG_WANTED):
            due.add(some)
        due.drop_those_that_wait(session)
    planned = sum(_plan(services, week, persons) for week, persons in due.by_week.items())
    return {"planned": planned, "waiting": due.waiting}


def _plan(services: Services, week: IsoWeek, due: Mapping[int, datetime]) -> int:
    now, payload, persons = services.now(), {"week": week.word}, sorted(due)
    parts = (persons[first : first + _AT_ONCE] for first in range(0, len(persons), _AT_ONCE))
    spread = _spread(services, due)
    some = ([(person, spread(person)) for person in part] for part in parts)
    work = (partial(plan, kind=DIGEST, period=week.word, due=each, now=now, payload=payload) for each in some)
    return sum(services.database.adding(one) for one in work)


def _spread(services: Services, due: Mapping[int, datetime]) -> Callable[[int], datetime]:
    """Return when each is due within the hour: as many as are due at a moment take a second each, an hour at most."""
    places = {moment: min(SPREAD_SECONDS, count) for moment, count in Counter(due.values()).items()}
    seconds = [timedelta(seconds=number) for number in range(max(places.values(), default=0))]
    place_of = services.marks.place_of
    return lambda person: due[person] + seconds[place_of(person, places[due[person]])]


def _usual(services: Services) -> Usual:
    return usual_time(services.policy.digest.weekday, services.policy.digest.hour)


def compose(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Return the person's note about a week; None in a week with nothing to report, or while it rests."""
    week, today = parse_iso_week(payload["week"]), services.now().date()
    with services.database.reading() as session:
        chosen = settings_of(session, viewer.person_id)
        if week is None or _rests(services, viewer, chosen):
            return None
        read = read_week(session, viewer, week, today, services.overlaps, services.asked)
    if services.policy.digest.quiet_when_empty and not read.digest.worth_saying:
        return _quiet(services, viewer, week, chosen.get(QUIET, ""))
    if QUIET in chosen:
        _remember(services, viewer, week, 0)
    reach = read.reach(kinds_due({source.kind for source in services.all_sources}, week, services.now()))
    keep_hint(services, viewer, week, is_complete=not reach.late and not reach.waiting)
    services.database.writing(lambda session: offer_in_note(session, viewer, week, today))
    return _note(services, viewer, read, reach) if chosen.get(MODE) == "figures" else pointer(week)


def _rests(services: Services, viewer: Viewer, chosen: Mapping[str, str]) -> bool:
    """Return whether the person has put the note to rest since it was planned."""
    return rests(subscription_in(chosen, _usual(services)), viewer.tz, services.now())


def _note(services: Services, viewer: Viewer, read: OwnWeek, reach: Reach) -> Message:
    week, today = read.digest.week, services.now().date()
    with services.database.reading() as session:
        hint = hint_in_note(session, services, viewer, week)
        offered = offered_with(session, viewer, week, today)
    extra = [*hint, borrow_block(offered)] if offered else hint
    return digest_message(read.digest, reach, viewer.tz, extra)


def _quiet(services: Services, viewer: Viewer, week: IsoWeek, remembered: str) -> Message | None:
    weeks = quiet_weeks(remembered, week)
    _remember(services, viewer, week, weeks)
    return still_on(weeks) if says_it_is_quiet(weeks) else None


def _remember(services: Services, viewer: Viewer, week: IsoWeek, weeks: int) -> None:
    now = services.now()
    services.database.writing(lambda session: note_quiet_weeks(session, viewer.person_id, week, weeks, now))


KIND: Final = ToPerson(compose, needs=Needs(MODE, ON), late=_LATE, newest_only=True)
