"""The organisation as its operator's file describes it, and the teams that get digests."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import mark, number


class OrgGroup(SQLModel, table=True):
    """A group of the organisation, and the one that it lies in; none at the top."""

    __tablename__ = "org_group"

    name: str = Field(primary_key=True)
    parent: str = ""


class OrgMember(SQLModel, table=True):
    """The home of the holder of a mail address, which is kept as a keyed mark."""

    __tablename__ = "org_member"

    email_mark: bytes = mark(key=True)
    group_name: str


class OrgHome(SQLModel, table=True):
    """The home of somebody whom Slack's directory knows: what follows from the file and the directory."""

    __tablename__ = "org_home"

    person_id: int = number(key=True)
    group_name: str = Field(index=True)


class OrgTeam(SQLModel, table=True):
    """A team of the operator's file; it gets digests once its lead sets it up."""

    __tablename__ = "org_team"

    name_key: str = Field(primary_key=True)  # the name in the form in which names are compared
    name: str
    lead_mark: bytes = Field(sa_type=LargeBinary(16))  # a keyed mark of the lead's mail address
    lead_person_id: int | None = number(null=True)
    places: str  # one a line
    group_name: str = ""
    user_group: str = ""
    cost_group: str = ""
    channel: str = ""


class Team(SQLModel, table=True):
    """A team that somebody asked for, and how it stands."""

    __table_args__ = (Index("ix_team_lead_person_id", "lead_person_id"), Index("ix_team_name_key", "name_key"))

    id: int = number(key=True)
    name: str
    name_key: str
    state: str  # "asked", "running", "declined" or "stopped"
    lead_person_id: int = number()
    places: str  # one a line
    asked_places: str = ""  # those that an operator is asked about, of a team that is running
    group_name: str = ""
    user_group: str = ""
    user_group_gone: bool = False
    cost_group: str = ""
    channel: str = ""
    weekday: int | None = number(null=True)
    hour: int | None = number(null=True)
    from_file: bool = False
    created_at: datetime
    since: datetime | None = None
    places_changed_at: datetime | None = None  # none while they are those that it began with


class TeamMember(SQLModel, table=True):
    """Somebody of a team whose members are a Slack user group's, as it was last read."""

    __tablename__ = "team_member"

    person_id: int = number(key=True)
    team_id: int = number(key=True, index=True)
