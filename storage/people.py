"""Persons, the Slack users that they are, and the accounts that are theirs."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from bot.domain.marks import Marks
from bot.domain.people import Profile, SlackId, Standing, Viewer, normal_email
from storage.directory import take_page
from storage.engine import Database
from storage.ids import account_id, table_of
from storage.links import link
from storage.tables import EmailHolder, Person, SlackUser

_users, _persons = table_of(SlackUser), table_of(Person)
# Built once: every answer begins with it.
_VIEWER: Final = (
    core_select(
        _persons.c.id,
        _users.c.name,
        _users.c.tz,
        _users.c.is_guest,
        _persons.c.switched_on_at,
        _persons.c.paused_at,
        _persons.c.left_on,
    )
    .select_from(_users.join(_persons, _persons.c.id == _users.c.person_id))
    .where(_users.c.org_id == bindparam("org_id"), _users.c.user_id == bindparam("user_id"))
)
OWN_PROVIDER: Final = "own"  # what a person sends in themselves, or is sent about them by Slack identity


def viewer_of(session: Session, slack_id: SlackId) -> Viewer | None:
    """Return the person that a Slack user is, on or off; None where the directory has not named them yet."""
    found = session.connection().execute(_VIEWER, slack_id._asdict()).one_or_none()
    if found is None:
        return None
    person_id, name, tz, is_guest, switched_on_at, paused_at, left_on = found
    standing = _standing(switched_on_at, paused_at, left_on)
    has_left = left_on is not None
    return Viewer(person_id, slack_id, name, tz, standing, is_guest, _day(switched_on_at), _day(paused_at), has_left)


def _viewer(user: SlackUser, person: Person) -> Viewer:
    return Viewer(
        person_id=person.id,
        slack_id=SlackId(user.org_id, user.user_id),
        name=user.name,
        tz=user.tz,
        standing=_standing(person.switched_on_at, person.paused_at, person.left_on),
        is_guest=user.is_guest,
        on_since=_day(person.switched_on_at),
        paused_since=_day(person.paused_at),
        has_left=person.left_on is not None,
    )


def _standing(switched_on_at: datetime | None, paused_at: datetime | None, left_on: date | None) -> Standing:
    if switched_on_at is None or left_on is not None:
        return Standing.OFF
    return Standing.PAUSED if paused_at else Standing.ON


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def switch_on(session: Session, profile: Profile, marks: Marks, now: datetime, daily_days: int) -> Viewer:
    """Make *profile* a person whose usage is collected from now on; doing it again changes nothing."""
    take_page(session, [profile], marks, now, guests_allowed=True)
    user = session.get_one(SlackUser, tuple(profile.slack_id))
    person = session.get_one(Person, user.person_id)
    person.switched_on_at = person.switched_on_at or now
    person.paused_at = None
    session.add(person)
    session.flush()
    own = account_id(session, OWN_PROVIDER, own_account_name(profile.slack_id))
    link(session, own, person.id, now.date() - timedelta(days=daily_days), how="switched on in Slack", by="you")
    return _viewer(user, person)


def own_account_name(slack_id: SlackId) -> str:
    """Return the name of the account that a person's own uploads hang on."""
    return f"{slack_id.org_id}/{slack_id.user_id}"


def own_account(session: Session, slack_id: SlackId) -> int:
    """Return the account that the person's own uploads hang on."""
    return account_id(session, OWN_PROVIDER, own_account_name(slack_id))


def by_email(session: Session, email: str, marks: Marks) -> Viewer | None:
    """Return the person whom Slack knows by *email*, on or off, if the address has never been anybody else's."""
    query = (
        select(SlackUser, Person)
        .where(SlackUser.email == normal_email(email), col(SlackUser.is_deleted).is_(False))
        .where(col(SlackUser.person_id) == col(Person.id))
    )
    found = session.exec(query).all()
    if len(found) != 1:
        return None
    viewer = _viewer(*found[0])
    holder = session.get(EmailHolder, marks.of_email(email))
    if holder is None or holder.slack_mark != marks.of_slack(viewer.slack_id):
        return None
    return viewer


def by_person_id(session: Session, person_id: int) -> Viewer | None:
    """Return the person with this id."""
    query = select(SlackUser, Person).where(
        SlackUser.person_id == person_id, col(SlackUser.person_id) == col(Person.id)
    )
    found = session.exec(query).first()
    return None if found is None else _viewer(*found)


def pause(session: Session, person_id: int, now: datetime) -> None:
    """Stop collecting; what is there stays."""
    person = session.get(Person, person_id)
    if person is not None and person.paused_at is None:
        person.paused_at = now
        session.add(person)


def resume(session: Session, person_id: int) -> None:
    """Collect again."""
    person = session.get(Person, person_id)
    if person is not None:
        person.paused_at = None
        session.add(person)


def left_before(session: Session, day: date) -> list[int]:
    """Return the persons who left the company before *day*."""
    query = select(Person.id).where(col(Person.left_on) < day).order_by(col(Person.id))
    return list(session.exec(query))


def named(session: Session, org_id: str, name: str) -> Viewer | None:
    """Return the one person of an organisation who is on and has this name, or this first name; for the demo."""
    query = select(SlackUser, Person).where(SlackUser.org_id == org_id, col(SlackUser.person_id) == col(Person.id))
    wanted = name.strip().casefold()
    everybody = [_viewer(*found) for found in session.exec(query)]
    found = [each for each in everybody if wanted in _names(each.name) and each.standing is Standing.ON]
    return found[0] if len(found) == 1 else None


def _names(name: str) -> set[str]:
    return {name.casefold(), name.casefold().partition(" ")[0]}


def org_id_of(database: Database) -> str:
    """Return the Slack organisation of the persons here; empty while there is nobody."""
    with database.reading() as session:
        return org_id_in(session)


def org_id_in(session: Session) -> str:
    """Return the Slack organisation of the persons here; empty while there is nobody."""
    return session.exec(select(SlackUser.org_id).limit(1)).first() or ""
