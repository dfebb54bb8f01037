"""Who the people of the organisation's file are: addresses, kept as keyed marks, looked up in the directory."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import delete, select, update
from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.organisation import Organisation
from bot.domain.people import SlackId
from storage import bulk
from storage.ids import table_of
from storage.listings import first_holders
from storage.tables import OrgGroup, OrgHome, OrgMember, OrgTeam, Person, SlackUser

_groups, _members, _homes = table_of(OrgGroup), table_of(OrgMember), table_of(OrgHome)
_org_teams, _users, _persons = table_of(OrgTeam), table_of(SlackUser), table_of(Person)
_AT_ONCE: Final = 500
_ADDRESSES: Final = (
    select(_users.c.person_id, _users.c.org_id, _users.c.user_id, _users.c.email)
    .select_from(_users.join(_persons, _persons.c.id == _users.c.person_id))
    .where(_users.c.email.is_not(None), _users.c.is_deleted.is_(False), _persons.c.left_on.is_(None))
    .execution_options(yield_per=10_000)
)


class Marked(NamedTuple):
    """The addresses of a file as marks: of members with their homes, of leads; and whom the directory knows by them."""

    homes: Mapping[bytes, str]
    leads: Mapping[str, bytes]
    persons: Mapping[bytes, int]

    def unknown_leads(self) -> list[str]:
        """Return the addresses of leads whom the directory does not know."""
        return sorted(email for email, mark in self.leads.items() if mark not in self.persons)


class Moves(NamedTuple):
    """What the directory of today changes in homes and leads, and how many homes there are then."""

    gone: list[int]
    new: list[tuple[int, str]]
    leads: Mapping[bytes, int | None]
    homes: int


def marked(session: Session, organisation: Organisation, marks: Marks) -> Marked:
    """Look up whom a file names; it takes seconds in a large company, and only reads."""
    homes = {marks.of_email(email): group for email, group in organisation.homes.items()}
    leads = {team.lead_email: marks.of_email(team.lead_email) for team in organisation.teams}
    return Marked(homes, leads, _known_persons(session, homes.keys() | leads.values(), marks))


def moves(session: Session, marks: Marks) -> Moves:
    """Look up everybody of the stored file in the directory anew; it only reads."""
    connection = session.connection()
    homes = {
        bytes(each): group for each, group in connection.execute(select(_members.c.email_mark, _members.c.group_name))
    }
    leads = {bytes(each) for (each,) in connection.execute(select(_org_teams.c.lead_mark))}
    persons = _known_persons(session, homes.keys() | leads, marks)
    now = {persons[each]: group for each, group in homes.items() if each in persons}
    before: dict[int, str] = {
        person: group for person, group in connection.execute(select(_homes.c.person_id, _homes.c.group_name))
    }
    new = [(person, group) for person, group in now.items() if before.get(person) != group]
    return Moves(sorted(before.keys() - now.keys()), new, {each: persons.get(each) for each in leads}, len(now))


def make_moves(session: Session, found: Moves) -> None:
    """Let homes and leads be as they were found; a group that is gone meanwhile is nobody's home."""
    connection = session.connection()
    for start in range(0, len(found.gone), _AT_ONCE):
        connection.execute(delete(_homes).where(_homes.c.person_id.in_(found.gone[start : start + _AT_ONCE])))
    groups = {name for (name,) in connection.execute(select(_groups.c.name))}
    new = [(person, group) for person, group in found.new if group in groups]
    bulk.put_rows(session, _homes, ("person_id", "group_name"), new)
    for mark, person_id in found.leads.items():
        connection.execute(update(_org_teams).where(_org_teams.c.lead_mark == mark).values(lead_person_id=person_id))


def _known_persons(session: Session, email_marks: Collection[bytes], marks: Marks) -> dict[bytes, int]:
    """Return whom the directory knows by these addresses.

    An address that was somebody else's first, or that two users have, is nobody's.
    """
    found: dict[bytes, list[tuple[int, str, str]]] = {}
    for person_id, org_id, user_id, email in session.connection().execute(_ADDRESSES):
        mark = marks.of_email(email)
        if mark in email_marks:
            found.setdefault(mark, []).append((person_id, org_id, user_id))
    alone = {mark: whose[0] for mark, whose in found.items() if len(whose) == 1}
    first = first_holders(session, alone)
    return {
        mark: person_id
        for mark, (person_id, org_id, user_id) in alone.items()
        if first.get(mark) == marks.of_slack(SlackId(org_id, user_id))
    }
