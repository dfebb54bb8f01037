"""Teams: who gets digests about which places, who is in them, and what an operator is asked."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col
from sqlmodel import select as model_select

from bot.domain.teams import Pending, Team, Wish, name_key
from storage.holders import in_parts
from storage.ids import insert_new, new_id, table_of
from storage.organisation import group_of, tree
from storage.tables import OrgHome, Person, SlackUser, TeamMember
from storage.tables import Team as TeamRow
from storage.team_rows import ASKED, DECLINED, RUNNING, end, lines, places_of, put_places, team_in

_persons, _users, _homes = table_of(Person), table_of(SlackUser), table_of(OrgHome)
_team_members = table_of(TeamMember)
_HERE: Final = _persons.join(_users, _users.c.person_id == _persons.c.id)


def running_teams(session: Session) -> list[Team]:
    """Return every team that gets digests, in the order of their names."""
    query = model_select(TeamRow).where(TeamRow.state == RUNNING)
    return [team_in(row) for row in session.exec(query.order_by(TeamRow.name_key, col(TeamRow.id)))]


def team_of_id(session: Session, team_id: int) -> Team | None:
    """Return the team, if it gets digests."""
    row = session.get(TeamRow, team_id)
    return team_in(row) if row is not None and row.state == RUNNING else None


def any_team(session: Session, team_id: int) -> Team | None:
    """Return the team, however it stands."""
    row = session.get(TeamRow, team_id)
    return None if row is None else team_in(row)


def name_is_taken(session: Session, name: str) -> bool:
    """Return whether a team of that name gets digests or waits for an operator, however the name is written."""
    same = (TeamRow.name_key == name_key(name), col(TeamRow.state).in_([RUNNING, ASKED]))
    return session.exec(model_select(TeamRow.id).where(*same)).first() is not None


def teams_of(session: Session, person_id: int) -> list[Team]:
    """Return the teams that get digests of which somebody is a member, or which they lead."""
    home = group_of(session, person_id)
    groups = list(tree(session).upwards(home)) if home else []
    by_user_group = model_select(TeamMember.team_id).where(TeamMember.person_id == person_id)
    theirs = or_(
        col(TeamRow.lead_person_id) == person_id,
        col(TeamRow.group_name).in_(groups),
        col(TeamRow.id).in_(by_user_group),
    )
    query = model_select(TeamRow).where(TeamRow.state == RUNNING, theirs)
    return [team_in(row) for row in session.exec(query.order_by(TeamRow.name_key, col(TeamRow.id)))]


def teams_led_by(session: Session, person_id: int) -> list[Team]:
    """Return the teams that get digests and that somebody leads."""
    query = model_select(TeamRow).where(TeamRow.state == RUNNING, TeamRow.lead_person_id == person_id)
    return [team_in(row) for row in session.exec(query.order_by(TeamRow.name_key))]


def asked_for_by(session: Session, person_id: int) -> list[Team]:
    """Return the teams that somebody asked for and that wait for an operator."""
    query = model_select(TeamRow).where(TeamRow.state == ASKED, TeamRow.lead_person_id == person_id)
    return [team_in(row) for row in session.exec(query.order_by(TeamRow.name_key))]


def members(session: Session, team_id: int) -> list[int]:
    """Return the persons who are in a team and still with the company, in the order of their numbers."""
    team = team_of_id(session, team_id)
    return members_as_of(session, team) if team else []


def members_as_of(session: Session, team: Team) -> list[int]:
    """Return the persons who are or would be in a team and are with the company."""
    if team.user_group:
        mine = _team_members.c.team_id == team.id
        query = select(_persons.c.id).select_from(_HERE.join(_team_members, _team_members.c.person_id == _persons.c.id))
        return _still_here(session.connection().execute(_only_here(query).where(mine)))
    groups = tree(session).within(team.group) if team.group else ()
    query = select(_persons.c.id).select_from(_HERE.join(_homes, _homes.c.person_id == _persons.c.id))
    return _still_here(in_parts(session, _only_here(query), _homes.c.group_name, groups))


def _only_here(query: Any) -> Any:
    return query.where(_persons.c.left_on.is_(None), _users.c.is_deleted.is_(False))


def _still_here(rows: Any) -> list[int]:
    return sorted({person_id for (person_id,) in rows})


def create(
    session: Session,
    wish: Wish,
    lead_person_id: int,
    now: datetime,
    *,
    cost_group: str,
    is_agreed: bool,
    from_file: bool = False,
) -> Team:
    """Set up a team as its lead wishes, at once or once an operator agrees; return it."""
    row = TeamRow(
        id=new_id(),
        name=wish.name,
        name_key=name_key(wish.name),
        state=RUNNING if is_agreed else ASKED,
        lead_person_id=lead_person_id,
        places=lines(wish.places),
        group_name=wish.group,
        user_group=wish.user_group,
        cost_group=cost_group,
        channel=wish.channel,
        from_file=from_file,
        created_at=now,
        since=now if is_agreed else None,
    )
    session.add(row)
    session.flush()
    return team_in(row)


def pending(session: Session, team_id: int) -> Pending | None:
    """Return what an operator is asked about a team; None when that is settled."""
    row = session.get(TeamRow, team_id)
    if row is None:
        return None
    if row.state == ASKED:
        return Pending(team_in(row), is_new=True)
    if row.state != RUNNING or not row.asked_places:
        return None
    row_as_wished = TeamRow(**{**row.model_dump(), "places": row.asked_places})
    return Pending(team_in(row_as_wished), is_new=False)


def agree(session: Session, team_id: int, now: datetime) -> Team | None:
    """Let what was asked for be so; return the team, or None when there was nothing to agree to."""
    asked = pending(session, team_id)
    if asked is None:
        return None
    row = session.get_one(TeamRow, team_id)
    put_places(row, asked.team.places, now)
    row.state, row.since = RUNNING, row.since or now
    session.add(row)
    return team_in(row)


def decline(session: Session, team_id: int) -> Team | None:
    """Let a team not be set up, or keep its places; return it, or None when there was nothing to decline."""
    if pending(session, team_id) is None:
        return None
    row = session.get_one(TeamRow, team_id)
    if row.state == ASKED:
        row.state = DECLINED
    row.asked_places = ""
    session.add(row)
    return team_in(row)


def stop(session: Session, team_id: int) -> bool:
    """Let a team get no more digests; return whether it got any."""
    row = session.get(TeamRow, team_id)
    if row is None or row.state != RUNNING:
        return False
    end(row)
    session.add(row)
    session.connection().execute(delete(_team_members).where(_team_members.c.team_id == team_id))
    return True


def change(session: Session, changed: Team, now: datetime) -> bool:
    """Let a team that gets digests have other places, another channel, weekday or hour; return whether it does."""
    row = session.get(TeamRow, changed.id)
    if row is None or row.state != RUNNING:
        return False
    if changed.places != places_of(row.places):
        put_places(row, changed.places, now)
    row.channel, row.weekday, row.hour = changed.channel, changed.weekday, changed.hour
    session.add(row)
    return True


def ask_for_places(session: Session, team_id: int, places: Collection[str]) -> None:
    """Remember other places for a team, which stay as they are until an operator agrees."""
    row = session.get_one(TeamRow, team_id)
    row.asked_places = lines(places)
    session.add(row)


def teams_of_user_groups(session: Session) -> list[Team]:
    """Return the teams that get digests whose members are a Slack user group's."""
    return [team for team in running_teams(session) if team.user_group]


def put_members(session: Session, team_id: int, org_id: str, user_ids: Collection[str]) -> int:
    """Let the members of a team be these Slack users, as far as the directory knows them; return how many."""
    query = select(_users.c.person_id).where(_users.c.org_id == org_id)
    persons = {person_id for (person_id,) in in_parts(session, query, _users.c.user_id, user_ids)}
    known = _team_members.c.team_id == team_id
    before = {
        person_id for (person_id,) in session.connection().execute(select(_team_members.c.person_id).where(known))
    }
    for person_id in sorted(before - persons):
        session.connection().execute(delete(_team_members).where(known, _team_members.c.person_id == person_id))
    insert_new(session, TeamMember, [{"team_id": team_id, "person_id": each} for each in sorted(persons - before)])
    note_user_group(session, team_id, gone=False)
    return len(persons)


def note_user_group(session: Session, team_id: int, *, gone: bool) -> bool:
    """Remember whether a team's user group is gone from Slack; return whether that is news."""
    row = session.get(TeamRow, team_id)
    if row is None or row.user_group_gone == gone:
        return False
    row.user_group_gone = gone
    session.add(row)
    return True
