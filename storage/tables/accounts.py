"""What providers call people, whose each account is, and what is said of its limits."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import number


class Account(SQLModel, table=True):
    """What a provider calls somebody. Usage hangs on the account, not on the person."""

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    id: int = number(index=True)


class AccountLink(SQLModel, table=True):
    """An account is a person's from *from_day* to *to_day* (both included)."""

    __tablename__ = "account_link"

    account_id: int = number(key=True)
    person_id: int = number(key=True, index=True)
    from_day: date = Field(primary_key=True)
    to_day: date | None = None
    how: str
    by: str


class ListedAccount(SQLModel, table=True):
    """An account as its provider lists it, and a keyed mark of the mail address that it says is its owner's."""

    __tablename__ = "listed_account"
    __table_args__ = (Index("ix_listed_account_email_mark", "email_mark"),)

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    email_mark: bytes | None = Field(default=None, sa_type=LargeBinary(16), nullable=True)
    kind: str
    seen_on: date


class Assignment(SQLModel, table=True):
    """Whose an account is by the operator's file: a person by mail address, who confirms it, or shared."""

    __table_args__ = (Index("ix_assignment_email_mark", "email_mark"),)

    provider: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    email_mark: bytes | None = Field(default=None, sa_type=LargeBinary(16), nullable=True)  # None: shared
    from_day: date
    answer: str = ""  # "", "yes" or "no"


class AccountAllowance(SQLModel, table=True):
    """A limit that a source states for one account alone, and what of it is spent in the cycle."""

    __tablename__ = "account_allowance"

    account_id: int = number(key=True)
    source_id: int = number(key=True)
    limit_nano_usd: int = number()
    spent_nano_usd: int = number()
    first_day: date
    last_day: date
    seen_at: datetime
