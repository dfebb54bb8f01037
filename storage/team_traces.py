"""What teams and the organisation hold of one person: for their own file, and for erasing them."""

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from storage.organisation import group_of
from storage.tables import OrgHome, OrgMember, OrgTeam, TeamMember
from storage.tables import Team as TeamRow


def place_of(
    session: Session, person_id: int, email_mark: bytes | None
) -> tuple[str | None, list[str], list[tuple[str, str, bool]]]:
    """Return all that is kept of somebody's place: their group, the teams of the file that they lead, other teams.

    Of other teams: the name, the state and whether they lead it.
    """
    by_mark = session.get(OrgMember, email_mark) if email_mark else None
    by_file = or_(col(OrgTeam.lead_person_id) == person_id, col(OrgTeam.lead_mark) == (email_mark or b""))
    led_by_file = session.exec(select(OrgTeam.name).where(by_file).order_by(OrgTeam.name)).all()
    mine = select(TeamMember.team_id).where(TeamMember.person_id == person_id)
    query = select(TeamRow).where(or_(col(TeamRow.lead_person_id) == person_id, col(TeamRow.id).in_(mine)))
    rows = session.exec(query.order_by(TeamRow.name_key, col(TeamRow.id))).all()
    teams = [(row.name, row.state, row.lead_person_id == person_id) for row in rows]
    return group_of(session, person_id) or (by_mark.group_name if by_mark else None), list(led_by_file), teams


def forget_person(session: Session, person_id: int) -> None:
    """Delete what says that somebody leads a team, with the team, or is in one; the file's keyed marks stay."""
    led = select(TeamRow.id).where(TeamRow.lead_person_id == person_id)
    theirs = or_(col(TeamMember.person_id) == person_id, col(TeamMember.team_id).in_(led))
    session.exec(delete(TeamMember).where(theirs))
    session.exec(delete(TeamRow).where(col(TeamRow.lead_person_id) == person_id))
    session.exec(delete(OrgHome).where(col(OrgHome.person_id) == person_id))
    led_by_file = update(OrgTeam).where(col(OrgTeam.lead_person_id) == person_id)
    session.exec(led_by_file.values(lead_person_id=None))
