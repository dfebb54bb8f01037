"""The organisation of the operator's file: its groups, whose home is where, its teams; and putting a new file in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.organisation import FiledTeam, Organisation, Tree
from bot.domain.teams import ListedTeam, Team, name_key
from storage import bulk
from storage.ids import table_of
from storage.organised_people import Marked, marked
from storage.tables import OrgGroup, OrgHome, OrgMember, OrgTeam
from storage.team_rows import follow_file, lines, places_of

_groups, _members, _homes = table_of(OrgGroup), table_of(OrgMember), table_of(OrgHome)
_org_teams = table_of(OrgTeam)
_HOMES: Final = (
    select(_homes.c.person_id, _homes.c.group_name).order_by(_homes.c.person_id).execution_options(yield_per=10_000)
)
_PLACES: Final = select(_org_teams.c.name_key, _org_teams.c.places)


def tree(session: Session) -> Tree:
    """Return the groups; of a file that was never loaded there are none."""
    rows = session.connection().execute(select(_groups.c.name, _groups.c.parent).order_by(_groups.c.name))
    return Tree({name: parent for name, parent in rows})


def homes(session: Session) -> Iterator[tuple[int, str]]:
    """Yield everybody of the file whom the directory knows, with their home, in the order of their numbers."""
    yield from ((person_id, group) for person_id, group in session.connection().execute(_HOMES))


def group_of(session: Session, person_id: int) -> str | None:
    """Return the group that is somebody's home; None where the file names none."""
    return session.connection().execute(select(_homes.c.group_name).where(_homes.c.person_id == person_id)).scalar()


def listed_team(session: Session, name: str) -> ListedTeam | None:
    """Return the team of the file that is called *name*, however it is written."""
    row = session.get(OrgTeam, name_key(name))
    return None if row is None else _listed(row)


def listed_teams_of(session: Session, person_id: int) -> list[ListedTeam]:
    """Return the teams of the file that somebody leads."""
    query = select(OrgTeam).where(_org_teams.c.lead_person_id == person_id).order_by(_org_teams.c.name)
    return [_listed(row) for row in session.execute(query).scalars()]


def cost_group_of(session: Session, team: Team) -> str:
    """Return the group whose cost a team's digest may show: what the file says, else its lead's home of now.

    Where the file has no home of the lead's any more, it stays as it was.
    """
    if listed_team(session, team.name) is not None:
        return team.cost_group
    return group_of(session, team.lead_person_id) or team.cost_group


def _listed(row: OrgTeam) -> ListedTeam:
    return ListedTeam(
        row.name,
        places_of(row.places),
        row.lead_person_id,
        group=row.group_name,
        user_group=row.user_group,
        cost_group=row.cost_group,
        channel=row.channel,
    )


def replace_organisation(
    session: Session, organisation: Organisation, marks: Marks, now: datetime, found: Marked | None = None
) -> None:
    """Put what the file says in the place of what an earlier one said.

    Teams that were set up from the file follow it, and those that it no longer has are stopped. Teams that
    were made in Slack stay. *found* is whom the file names, where that was looked up before.
    """
    found = found or marked(session, organisation, marks)
    before = {key: places for key, places in session.connection().execute(_PLACES)}
    for table in (_groups, _members, _homes, _org_teams):
        session.connection().execute(delete(table))
    bulk.put_rows(session, _groups, ("name", "parent"), list(organisation.tree.parents.items()))
    bulk.put_rows(session, _members, ("email_mark", "group_name"), list(found.homes.items()))
    known = [(found.persons[each], group) for each, group in found.homes.items() if each in found.persons]
    bulk.put_rows(session, _homes, ("person_id", "group_name"), known)
    session.add_all(_team_row(team, found) for team in organisation.teams)
    session.flush()
    follow_file(session, before, now)


def _team_row(team: FiledTeam, found: Marked) -> OrgTeam:
    lead = found.leads[team.lead_email]
    return OrgTeam(
        name_key=name_key(team.name),
        name=team.name,
        lead_mark=lead,
        lead_person_id=found.persons.get(lead),
        places=lines(team.places),
        group_name=team.group,
        user_group=team.user_group,
        cost_group=team.cost_group,
        channel=team.channel,
    )
