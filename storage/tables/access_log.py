"""Who could see what, chained day by day, and every policy that was in force."""

from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import number


def _hash(*, key: bool = False) -> bytes:
    """A column of 32 bytes: a SHA-256."""
    column: bytes = Field(sa_type=LargeBinary(32), primary_key=key)
    return column


class AccessEntry(SQLModel, table=True):
    """A row of the log; nothing changes it but that its content and salt are dropped, and the hash stays."""

    __tablename__ = "access_entry"

    day: date = Field(primary_key=True)
    row_hash: bytes = _hash(key=True)
    place: int = number()
    salt: bytes = Field(sa_type=LargeBinary(16))
    kind: str
    cell: str
    period: str
    person_id: int | None = number(index=True, null=True)
    readers: str
    policy_mark: str


class AccessDay(SQLModel, table=True):
    """A day that is over, with the hash over its rows and the day before."""

    __tablename__ = "access_day"

    day: date = Field(primary_key=True)
    day_hash: bytes = _hash()


class PolicyVersion(SQLModel, table=True):
    """Rules that came into force, and the policy file that asked for them."""

    __tablename__ = "policy_version"

    in_force_from: date = Field(primary_key=True)
    number: int = number(key=True)  # in the order of a day
    mark: str = Field(index=True)
    rules: str  # as JSON
    file_rules: str  # what the file said, as JSON
    first_seen: date  # when the file first said so
