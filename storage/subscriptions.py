"""Who wants the weekly note, when and how: choices of people, and in one read those of everybody."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import String, bindparam, cast, select
from sqlalchemy.sql.functions import aggregate_strings
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


_Choices = tuple[tuple[str, str], ...]  # by name


class Subscribers(NamedTuple):
    """People who want the weekly note, chose alike, and for whom Slack has the same time zone now."""

    tz: str
    subscription: Subscription
    persons: Collection[int]


# Three scans, put together here: joining the choices to the people takes a database five times as long. Each gives
# persons by what they have in common, since reading so many rows takes longer than finding them.
_PEOPLE: Final = (
    select(_users.c.tz, aggregate_strings(cast(_persons.c.id, String), ","))
    .select_from(_users.join(_persons, _persons.c.id == _users.c.person_id))
    .where(_users.c.is_deleted.is_(False))
    .where(_persons.c.switched_on_at.is_not(None), _persons.c.paused_at.is_(None), _persons.c.left_on.is_(None))
    .group_by(_users.c.tz)
)
_CHOICES: Final = (
    select(_settings.c.name, _settings.c.value, aggregate_strings(cast(_settings.c.person_id, String), ","))
    .where(_settings.c.name.in_((MODE, WEEKDAY, HOUR, SNOOZED)))
    .group_by(_settings.c.name, _settings.c.value)
)
_SINCE: Final = select(_settings.c.person_id, _settings.c.value).where(
    _settings.c.name == SINCE, _settings.c.changed_at >= bindparam("long_ago")
)
_said: Final = _settings.alias()
_CHOSEN_AT: Final = (
    select(_settings.c.person_id, _settings.c.changed_at)
    .outerjoin(_said, (_said.c.person_id == _settings.c.person_id) & (_said.c.name == SINCE))
    .where(_settings.c.name == MODE, _settings.c.changed_at >= bindparam("long_ago"), _said.c.person_id.is_(None))
)
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


def subscribers(session: Session, usual: Usual, long_ago: datetime) -> Iterator[Subscribers]:
    """Yield everybody who is on, not paused, and wants the note; the same person may come twice.

    Since when is not told of who has wanted it since before *long_ago*.
    """
    chosen = _chosen(session)
    modes = {mode: persons for mode, persons in chosen.pop(MODE, {}).items() if mode in ON}
    apart = _apart(session, chosen, long_ago)
    for tz, written in session.connection().execute(_PEOPLE):
        people = _ids(written)
        for mode, wanting in modes.items():
            those = wanting.intersection(people)
            alike: defaultdict[_Choices, list[int]] = defaultdict(list, {(): list(those - apart.keys())})
            for person in those & apart.keys():
                alike[apart[person]].append(person)
            for chosen_apart, persons in alike.items():
                yield Subscribers(tz, subscription_in({MODE: mode, **dict(chosen_apart)}, usual), persons)


def _chosen(session: Session) -> dict[str, dict[str, set[int]]]:
    """Return who chose what, by the choice's name and value."""
    chosen: defaultdict[str, dict[str, set[int]]] = defaultdict(dict)
    for name, value, persons in session.connection().execute(_CHOICES):
        chosen[name][value] = set(_ids(persons))
    return chosen


def _apart(session: Session, chosen: Mapping[str, Mapping[str, set[int]]], long_ago: datetime) -> dict[int, _Choices]:
    """Return what those chose who do not just want the note as usual, and have for long."""
    apart: dict[int, _Choices] = {}
    for name, persons_by_value in chosen.items():
        for value, persons in persons_by_value.items():
            choice = ((name, value),)
            apart.update({person: apart.get(person, ()) + choice for person in persons})
    for query in (_SINCE, _CHOSEN_AT):
        for person, since in session.connection().execute(query, {"long_ago": long_ago}):
            apart[person] = (*apart.get(person, ()), (SINCE, since if isinstance(since, str) else since.isoformat()))
    return apart


def _ids(written: str) -> list[int]:
    ids: list[int] = json.loads(f"[{written}]")
    return ids


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
