"""Slack's directory, page by page: a row for every employee, and what follows when somebody leaves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.people import Profile, SlackId, normal_email
from storage.ids import insert_new, new_id, table_of, upsert
from storage.links import close_links
from storage.tables import EmailHolder, Person, SlackUser

_users, _persons = table_of(SlackUser), table_of(Person)
# Built once: a directory of 350,000 asks it two thousand times.
_KNOWN: Final = (
    select(
        _users.c.user_id,
        _users.c.person_id,
        _users.c.name,
        _users.c.email,
        _users.c.tz,
        _users.c.is_guest,
        _users.c.is_deleted,
        _persons.c.left_on,
    )
    .select_from(_users.join(_persons, _persons.c.id == _users.c.person_id))
    .where(_users.c.org_id == bindparam("org_id"), _users.c.user_id.in_(bindparam("user_ids", expanding=True)))
)


class Known(NamedTuple):
    """What is stored of a Slack user."""

    user_id: str
    person_id: int
    name: str
    email: str | None
    tz: str
    is_guest: bool
    is_deleted: bool
    left_on: Any


class PageTaken(NamedTuple):
    """What came of a page: how many users are stored now, and how many of them have left."""

    stored: int
    left: int


def take_page(
    session: Session, profiles: Sequence[Profile], marks: Marks, now: datetime, *, guests_allowed: bool
) -> PageTaken:
    """Store every employee among *profiles*, as the directory describes them now; nobody is switched on by it.

    Bots and people of other companies are never stored, guests where the policy answers them, and whoever
    has left only if they were here. Whoever leaves has their links closed today.
    """
    known = known_users(session, profiles)
    taken = {each.slack_id.user_id: each for each in profiles if _belongs(each, known, guests_allowed=guests_allowed)}
    stored = _store(session, list(taken.values()), known, now)
    insert_new(session, EmailHolder, _holders(taken.values(), marks))
    for user_id, profile in taken.items():
        if user_id in known:
            _note_leaving(session, profile, known[user_id], now)
    return PageTaken(stored, sum(profile.is_deleted for profile in taken.values()))


def known_users(session: Session, profiles: Sequence[Profile]) -> dict[str, Known]:
    """Return what is stored of those of *profiles*, all of one organisation, who are here, by user id."""
    if not profiles:
        return {}
    asked = {"org_id": profiles[0].slack_id.org_id, "user_ids": [profile.slack_id.user_id for profile in profiles]}
    return {row[0]: Known(*row) for row in session.connection().execute(_KNOWN, asked)}


def is_news(session: Session, profile: Profile) -> bool:
    """Return whether the directory says something of a user that is not stored yet."""
    known = known_users(session, [profile]).get(profile.slack_id.user_id)
    if known is None:
        return not profile.is_deleted
    said = (profile.name, _email(profile) or known.email, profile.tz, profile.is_guest, profile.is_deleted)
    return said != (known.name, known.email, known.tz, known.is_guest, known.is_deleted)


def _belongs(profile: Profile, known: dict[str, Known], *, guests_allowed: bool) -> bool:
    if profile.is_bot or profile.is_stranger:
        return False
    if profile.slack_id.user_id in known:
        return True
    return not profile.is_deleted and (guests_allowed or not profile.is_guest)


def _store(session: Session, profiles: Sequence[Profile], known: dict[str, Known], now: datetime) -> int:
    rows = sorted((_user_row(each, known, now) for each in profiles), key=lambda row: row["user_id"])
    upsert(
        session,
        SlackUser,
        rows,
        lambda old, new: {
            "name": new.name,
            "email": func.coalesce(new.email, old.email),
            "tz": new.tz,
            "is_deleted": new.is_deleted,
            "is_guest": new.is_guest,
            "checked_at": new.checked_at,
        },
    )
    fresh = {row["person_id"] for row in rows if row["user_id"] not in known}
    if fresh:  # one of them may have switched on meanwhile, and is a person already
        made = [each.person_id for each in _stored_ids(session, profiles) if each.person_id in fresh]
        insert_new(session, Person, [{"id": person_id, "created_at": now} for person_id in sorted(made)])
    return len(rows)


def _user_row(profile: Profile, known: dict[str, Known], now: datetime) -> dict[str, Any]:
    """Return the row of a user; somebody who is new gets a person of their own."""
    before = known.get(profile.slack_id.user_id)
    return {
        "org_id": profile.slack_id.org_id,
        "user_id": profile.slack_id.user_id,
        "person_id": before.person_id if before else new_id(),
        "name": profile.name,
        "email": _email(profile),
        # of a closed account Slack tells no time zone
        "tz": before.tz if before and profile.is_deleted else profile.tz,
        "is_deleted": profile.is_deleted,
        "is_guest": profile.is_guest,
        "checked_at": now,
    }


def _stored_ids(session: Session, profiles: Sequence[Profile]) -> Sequence[Any]:
    ids = [profile.slack_id.user_id for profile in profiles]
    query = select(_users.c.user_id, _users.c.person_id).where(
        _users.c.org_id == profiles[0].slack_id.org_id, _users.c.user_id.in_(ids)
    )
    return session.connection().execute(query).all()


def _email(profile: Profile) -> str | None:
    return normal_email(profile.email) if profile.email else None


def _holders(profiles: Iterable[Profile], marks: Marks) -> list[dict[str, Any]]:
    rows: dict[bytes, dict[str, Any]] = {}
    for profile in profiles:
        if profile.email:
            mark = marks.of_email(profile.email)
            rows.setdefault(mark, {"email_mark": mark, "slack_mark": marks.of_slack(profile.slack_id)})
    return [rows[mark] for mark in sorted(rows)]


def _note_leaving(session: Session, profile: Profile, before: Known, now: datetime) -> None:
    if profile.is_deleted == (before.left_on is not None):
        return
    person = session.get(Person, before.person_id)
    if person is None:
        return
    if profile.is_deleted:
        person.left_on = now.date()
        close_links(session, person.id, now.date())
    else:
        # came back before anything was erased; the links stay closed until they switch on anew
        person.left_on, person.switched_on_at = None, None
    session.add(person)


def email_of(session: Session, slack_id: SlackId) -> str | None:
    """Return the mail address that the directory has of a user."""
    query = select(_users.c.email).where(_users.c.org_id == slack_id.org_id, _users.c.user_id == slack_id.user_id)
    return session.connection().execute(query).scalar()
