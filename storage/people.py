"""Persons, the Slack users that they are, and the accounts that are theirs."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from bot.domain.marks import Marks
from bot.domain.people import Profile, SlackId, Standing, Viewer, normal_email
from storage.engine import Database
from storage.ids import account_id, insert_new, new_id, table_of
from storage.links import close_links, link
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
    """Return the person that a Slack user is; None when they have never switched anything on."""
    found = session.connection().execute(_VIEWER, slack_id._asdict()).one_or_none()
    if found is None:
        return None
    person_id, name, tz, is_guest, switched_on_at, paused_at, left_on = found
    standing = _standing(switched_on_at, paused_at, left_on)
    return Viewer(person_id, slack_id, name, tz, standing, is_guest, _day(switched_on_at), _day(paused_at))


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
    )


def _standing(switched_on_at: datetime | None, paused_at: datetime | None, left_on: date | None) -> Standing:
    if switched_on_at is None or left_on is not None:
        return Standing.OFF
    return Standing.PAUSED if paused_at else Standing.ON


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def switch_on(session: Session, profile: Profile, marks: Marks, now: datetime, daily_days: int) -> Viewer:
    """Make *profile* a person whose usage is collected from now on; doing it again changes nothing."""
    user = session.get(SlackUser, (profile.slack_id.org_id, profile.slack_id.user_id))
    if user is None:
        user = _new_user(session, profile, now)
    person = session.get_one(Person, user.person_id)
    person.switched_on_at = person.switched_on_at or now
    person.paused_at = None
    session.add(person)
    session.flush()
    _hold_email(session, profile, marks)
    own = account_id(session, OWN_PROVIDER, own_account_name(profile.slack_id))
    link(session, own, person.id, now.date() - timedelta(days=daily_days), how="switched on in Slack", by="you")
    return _viewer(user, person)


def _new_user(session: Session, profile: Profile, now: datetime) -> SlackUser:
    row = {
        "org_id": profile.slack_id.org_id,
        "user_id": profile.slack_id.user_id,
        "person_id": new_id(),
        "name": profile.name,
        "email": normal_email(profile.email) if profile.email else None,
        "tz": profile.tz,
        "is_deleted": False,
        "is_guest": profile.is_guest,
        "checked_at": now,
    }
    # of two requests at once one makes the person, and the other finds them
    if insert_new(session, SlackUser, [row]):
        insert_new(session, Person, [{"id": row["person_id"], "created_at": now}])
    return session.get_one(SlackUser, tuple(profile.slack_id))


def own_account_name(slack_id: SlackId) -> str:
    """Return the name of the account that a person's own uploads hang on."""
    return f"{slack_id.org_id}/{slack_id.user_id}"


def _hold_email(session: Session, profile: Profile, marks: Marks) -> None:
    if profile.email:
        row = {"email_mark": marks.of_email(profile.email), "slack_mark": marks.of_slack(profile.slack_id)}
        insert_new(session, EmailHolder, [row])


def own_account(session: Session, slack_id: SlackId) -> int:
    """Return the account that the person's own uploads hang on."""
    return account_id(session, OWN_PROVIDER, own_account_name(slack_id))


def by_email(session: Session, email: str, marks: Marks) -> Viewer | None:
    """Return the person whom Slack knows by *email*, if the address has never been anybody else's."""
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


def known_users(session: Session, org_id: str) -> dict[str, SlackUser]:
    """Return the Slack users of an organisation who are persons here, by user id."""
    return {user.user_id: user for user in session.exec(select(SlackUser).where(SlackUser.org_id == org_id))}


def refresh_profile(session: Session, profile: Profile, marks: Marks, now: datetime) -> None:
    """Take over what the directory says now; somebody who left has their links closed today."""
    user = session.get(SlackUser, (profile.slack_id.org_id, profile.slack_id.user_id))
    if user is None:
        return
    user.name, user.tz, user.is_guest = profile.name, profile.tz, profile.is_guest
    user.email = normal_email(profile.email) if profile.email else user.email
    user.is_deleted, user.checked_at = profile.is_deleted, now
    session.add(user)
    _hold_email(session, profile, marks)
    person = session.get(Person, user.person_id)
    if person is None:
        return
    if profile.is_deleted and person.left_on is None:
        person.left_on = now.date()
        close_links(session, person.id, now.date())
    elif not profile.is_deleted and person.left_on is not None:
        # came back before anything was erased; the links stay closed until they switch on anew
        person.left_on, person.switched_on_at = None, None
    session.add(person)


def left_before(session: Session, day: date) -> list[int]:
    """Return the persons who left the company before *day*."""
    query = select(Person.id).where(col(Person.left_on) < day).order_by(col(Person.id))
    return list(session.exec(query))


def org_id_of(database: Database) -> str:
    """Return the Slack organisation of the persons here; empty while there is nobody."""
    with database.reading() as session:
        return session.exec(select(SlackUser.org_id).limit(1)).first() or ""
