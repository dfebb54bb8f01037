"""Finished work of repositories and projects, and whose it is."""

from datetime import date

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import number
from storage.tables.usage import Measures


class Change(SQLModel, table=True):
    """One finished item of a repository or project, as its system of record tells it; no title and no name."""

    __table_args__ = (
        Index("ix_change_place_finished_on", "place", "finished_on"),
        Index("ix_change_reference", "reference"),
    )

    place: str = Field(primary_key=True)  # a repository or project
    reference: str = Field(primary_key=True)
    kind: str
    finished_on: date
    accepted: bool
    came_back_on: date | None = None
    ticket: str = ""
    lines: int | None = number(null=True)
    minutes_to_first_review: int | None = number(null=True)
    minutes_open: int | None = number(null=True)
    reviewed: bool | None = None
    author: bytes = Field(sa_type=LargeBinary(16))  # a keyed mark, empty where unknown: for counting authors
    agent_made: bool = False
    ai_evidence: str = "none"
    source_id: int = number()


class Outcome(SQLModel, table=True):
    """A finished item of somebody who is on: whose it is and, for 15 weeks, what it is called."""

    __table_args__ = (Index("ix_outcome_reference", "reference"), {"sqlite_with_rowid": False})

    account_id: int = number(key=True)
    place: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    title: str = ""
    link: str = ""


class OutcomeLink(Measures, table=True):
    """What runs of a day that named a finished item came to for it."""

    __tablename__ = "outcome_link"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: int = number(key=True)
    reference: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    source_id: int = number(key=True)
    tool_id: int = number(key=True)
    run_kind_id: int = number(key=True)
    work: str = Field(primary_key=True)
