"""How a team lies in its row, and how teams that came from the operator's file follow it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain.teams import Team
from storage.tables import OrgTeam
from storage.tables import Team as TeamRow

RUNNING = "running"
ASKED = "asked"
DECLINED = "declined"
STOPPED = "stopped"


def lines(places: Iterable[str]) -> str:
    """Return places as they are kept: one a line."""
    return "\n".join(places)


def places_of(kept: str) -> tuple[str, ...]:
    """Return the places that are kept."""
    return tuple(kept.splitlines())


def team_in(row: TeamRow) -> Team:
    """Return the team of a row."""
    return Team(
        id=row.id,
        name=row.name,
        places=places_of(row.places),
        channel=row.channel,
        lead_person_id=row.lead_person_id,
        cost_group=row.cost_group,
        weekday=row.weekday,
        hour=row.hour,
        group=row.group_name,
        user_group=row.user_group,
        since=row.since,
        from_file=row.from_file,
        places_changed_at=row.places_changed_at,
    )


def put_places(row: TeamRow, places: Iterable[str], now: datetime) -> None:
    """Let a team have these places; where they are others than before, remember since when."""
    places = tuple(places)
    if set(places) != set(places_of(row.places)):
        row.places_changed_at = now
    row.places, row.asked_places = lines(places), ""


def end(row: TeamRow) -> None:
    """Let a team get no more digests."""
    row.state, row.asked_places = STOPPED, ""


def follow_file(session: Session, places_before: Mapping[str, str], now: datetime) -> None:
    """Let the teams that were set up from the file be as it says now, and stop those that it no longer has.

    *places_before* is what the file said before, by the key of the name. What it says of places counts where
    it has changed: a lead may have chosen fewer.
    """
    query = select(TeamRow).where(col(TeamRow.from_file).is_(True), TeamRow.state == RUNNING)
    for row in session.exec(query).all():
        listed = session.get(OrgTeam, row.name_key)
        if listed is None:
            end(row)
        else:
            _follow(row, listed, places_before.get(row.name_key, ""), now)
        session.add(row)


def _follow(row: TeamRow, listed: OrgTeam, places_before: str, now: datetime) -> None:
    row.name = listed.name
    row.lead_person_id = listed.lead_person_id or row.lead_person_id
    row.cost_group = listed.cost_group
    row.group_name, row.user_group = listed.group_name, listed.user_group
    if listed.places != places_before:
        put_places(row, places_of(listed.places), now)
