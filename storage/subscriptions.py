"""Who wants the weekly note, when and how: choices of people, and in one read those of everybody."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.domain.iso_week import IsoWeek
from bot.domain.subscription import (
    HOUR,
    MODE,
    ON,
    QUIET,
    SINCE,
    SNOOZE_DAYS,
    SNOOZED,
    WEEKDAY,
    Mode,
    Subscription,
    Usual,
    subscription_in,
)
from storage.choices import choose, settings_of, unchoose
from storage.ids import table_of
from storage.tables import AccountLink, FeedScope, Person, Setting, SlackUser, Source

_settings, _users, _persons = table_of(Setting), table_of(SlackUser), table_of(Person)
_scopes, _links, _sources = table_of(FeedScope), table_of(AccountLink), table_of(Source)


class Subscriber(NamedTuple):
    """Somebody who wants the weekly note, and the time zone that Slack has for them now."""

    person_id: int
    tz: str
    subscription: Subscription


_KEPT: Final = (MODE, WEEKDAY, HOUR, SINCE, SNOOZED)
# Two scans, put together here: joining the choices to the people takes a database five times as long.
_PEOPLE: Final = (
    select(_persons.c.id, _users.c.tz)
    .select_from(_users.join(_persons, _persons.c.id == _users.c.person_id))
    .where(_users.c.is_deleted.is_(False))
    .where(_persons.c.switched_on_at.is_not(None), _persons.c.paused_at.is_(None), _persons.c.left_on.is_(None))
    .execution_options(yield_per=10_000)
)
_CHOICE: Final = (
    select(_settings.c.person_id, _settings.c.value)
    .where(_settings.c.name == bindparam("name"))
    .execution_options(yield_per=10_000)
)
_CHOSEN_AT: Final = select(_settings.c.person_id, _settings.c.changed_at).where(_settings.c.name == MODE)
# What is late is looked for first: on an ordinary morning that is nothing.
_LATE_SOURCES: Final = select(_sources.c.id).where(
    _sources.c.owner == 0, _sources.c.kind.in_(bindparam("kinds", expanding=True))
)
_LATE_ACCOUNTS: Final = select(_scopes.c.account_id).where(
    _scopes.c.source_id.in_(_LATE_SOURCES), _scopes.c.last_day < bindparam("last_day")
)
_BEHIND: Final = (
    select(_links.c.person_id).distinct().where(_links.c.account_id.in_(_LATE_ACCOUNTS), _links.c.to_day.is_(None))
)


def subscription_of(session: Session, person_id: int, usual: Usual) -> Subscription:
    """Return what the person chose."""
    return subscription_in(settings_of(session, person_id), usual)


def subscribers(session: Session, usual: Usual) -> Iterator[Subscriber]:
    """Yield everybody who is on, not paused, and wants the note; the same person may come twice."""
    chosen = {name: _chosen(session, name) for name in _KEPT}
    modes, sinces = chosen.pop(MODE), chosen.pop(SINCE)
    others = [(name, kept) for name, kept in chosen.items() if kept]
    unsaid = _chosen_at(session) if len(sinces) < len(modes) else {}
    for person_id, tz in session.connection().execute(_PEOPLE):
        mode = modes.get(person_id)
        if mode in ON:
            values = {MODE: mode, SINCE: sinces.get(person_id, "")}
            for name, kept in others:
                if person_id in kept:
                    values[name] = kept[person_id]
            yield Subscriber(person_id, tz, subscription_in(values, usual, unsaid.get(person_id)))


def _chosen(session: Session, name: str) -> dict[int, str]:
    """Return what everybody chose of one thing."""
    found = session.connection().execute(_CHOICE, {"name": name})
    return {person_id: value for person_id, value in found}


def _chosen_at(session: Session) -> dict[int, datetime]:
    """Return when everybody chose a mode, for those of whom it is not remembered since when they want it."""
    return {person_id: changed_at for person_id, changed_at in session.connection().execute(_CHOSEN_AT)}


def subscribe(session: Session, person_id: int, mode: Mode, now: datetime) -> None:
    """Remember how the note is wanted, or that it is not; a wish after none begins now, and ends a snooze."""
    before = settings_of(session, person_id).get(MODE)
    choose(session, person_id, MODE, mode, now)
    if mode in ON and before not in ON:
        choose(session, person_id, SINCE, now.isoformat(), now)
        unchoose(session, person_id, QUIET)
    if mode not in ON or before not in ON:
        unchoose(session, person_id, SNOOZED)


def choose_weekday(session: Session, person_id: int, weekday: int, now: datetime) -> None:
    """Remember the weekday of the note: 0 is Monday."""
    choose(session, person_id, WEEKDAY, str(weekday), now)


def choose_hour(session: Session, person_id: int, hour: int, now: datetime) -> None:
    """Remember the hour of the note, by the person's clock."""
    choose(session, person_id, HOUR, str(hour), now)


def snooze(session: Session, person_id: int, now: datetime) -> None:
    """Let no note come for four weeks."""
    until = now.date() + timedelta(days=SNOOZE_DAYS)
    choose(session, person_id, SNOOZED, until.isoformat(), now)


def wake(session: Session, person_id: int) -> None:
    """Let notes come again."""
    unchoose(session, person_id, SNOOZED)


def note_quiet_weeks(session: Session, person_id: int, week: IsoWeek, weeks: int, now: datetime) -> None:
    """Remember how many weeks in a row, *week* the last, had nothing to report; 0 forgets."""
    if weeks:
        choose(session, person_id, QUIET, f"{week.word} {weeks}", now)
    else:
        unchoose(session, person_id, QUIET)


def persons_without(session: Session, kinds: Collection[str], last_day: date) -> set[int]:
    """Return the persons of whom a company source of *kinds* has not yet told up to *last_day*."""
    asked = {"kinds": sorted(kinds), "last_day": last_day}
    return {person_id for (person_id,) in session.connection().execute(_BEHIND, asked)} if kinds else set()
