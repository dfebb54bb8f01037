"""Somebody of the company, as Slack's directory and the bot know them, and what they chose."""

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import mark, number


class Person(SQLModel, table=True):
    """Somebody of the company. Nothing is collected before *switched_on_at*."""

    id: int = number(key=True)
    created_at: datetime
    switched_on_at: datetime | None = None
    paused_at: datetime | None = None
    left_on: date | None = None


class SlackUser(SQLModel, table=True):
    """What Slack's directory says of a user, and which person that is."""

    __tablename__ = "slack_user"

    org_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    person_id: int = number(index=True)
    name: str
    email: str | None = Field(default=None, index=True)
    tz: str
    is_deleted: bool = False
    is_guest: bool = False
    checked_at: datetime


class EmailHolder(SQLModel, table=True):
    """Who first held a mail address: keyed marks, so that a successor inherits no rows."""

    __tablename__ = "email_holder"

    email_mark: bytes = mark(key=True)
    slack_mark: bytes = mark()


class Tombstone(SQLModel, table=True):
    """A keyed mark of somebody who erased everything: days up to *erased_on* are not taken again."""

    slack_mark: bytes = mark(key=True)
    erased_on: date


class Token(SQLModel, table=True):
    """An ingest token, stored as a hash; without a person it is an operator's."""

    token_hash: bytes = Field(sa_type=LargeBinary(32), primary_key=True)
    name: str = Field(index=True)
    person_id: int | None = number(index=True, null=True)
    created_at: datetime
    revoked_at: datetime | None = None


class Setting(SQLModel, table=True):
    """One choice of a person, as text."""

    person_id: int = number(key=True)
    name: str = Field(primary_key=True)
    value: str
    changed_at: datetime


class OwnFile(SQLModel, table=True):
    """A file that a person had made of their own data."""

    __tablename__ = "own_file"

    person_id: int = number(key=True)
    file_id: str = Field(primary_key=True)
    made_at: datetime
    deleted_at: datetime | None = None


class OwnMark(SQLModel, table=True):
    """What somebody said of a finished item or a line of cost of theirs, seen by nobody else."""

    __tablename__ = "own_mark"

    person_id: int = number(key=True)
    kind: str = Field(primary_key=True)  # "not_mine", "shared_job" or "planned"
    subject: str = Field(primary_key=True)  # a reference, a job's name
    marked_at: datetime
