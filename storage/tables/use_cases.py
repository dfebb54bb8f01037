"""The library of use cases, what became of each entry, and the words by which entries are found.

Days, not moments. Whoever it was is unknown (NULL) once somebody erased everything, or after 13 months.
"""

from datetime import date

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from storage.tables.columns import number


class UseCase(SQLModel, table=True):
    """One entry, as its author typed it, and how far it has come."""

    __tablename__ = "use_case"
    __table_args__ = (Index("ix_use_case_state_published_on", "state", "published_on"),)

    id: int = number(key=True)
    person_id: int | None = number(index=True, null=True)
    title: str
    needed_when: str
    how: str
    tool: str
    link: str
    watch_out: str
    shown_as: str  # "me", "team" or "nobody"
    tried: bool
    team: str
    model: str
    state: str  # draft, waiting, published, returned, archived or withdrawn
    made_on: date
    changed_on: date
    published_on: date | None = None
    checked_on: date | None = None
    asked_on: date | None = None
    measured: str = ""
    reason: str = ""
    variant_of: int | None = number(null=True)


class UseCaseLink(SQLModel, table=True):
    """A finished item that an entry helped with; what became of it is in `change`."""

    __tablename__ = "use_case_link"

    use_case_id: int = number(key=True)
    reference: str = Field(primary_key=True)
    linked_on: date


class UseCaseTry(SQLModel, table=True):
    """An entry that somebody was offered, wants to try, or was asked about."""

    __tablename__ = "use_case_try"
    __table_args__ = (Index("ix_use_case_try_state_due_on", "state", "due_on"),)

    person_id: int = number(key=True)
    use_case_id: int = number(key=True)
    state: str  # offered, trying, asked, answered or left
    said_on: date
    due_on: date | None = None


class UseCaseAnswer(SQLModel, table=True):
    """What somebody said after trying an entry; the id is made where it was said, so that it is stored once."""

    __tablename__ = "use_case_answer"
    __table_args__ = (Index("ix_use_case_answer_use_case_id_day", "use_case_id", "day"),)

    id: int = number(key=True)
    use_case_id: int = number()
    person_id: int | None = number(index=True, null=True)
    by_author: bool
    team: str
    result: str  # "yes", "partly" or "no"
    day: date
    thanks: str = ""
    is_named: bool = False
    reason: str = ""
    is_sent: bool = False


class UseCaseReport(SQLModel, table=True):
    """Somebody says that an entry should not be in the library."""

    __tablename__ = "use_case_report"

    id: int = number(key=True)
    use_case_id: int = number(index=True)
    person_id: int | None = number(index=True, null=True)
    reason: str
    said_on: date
    settled_on: date | None = None


class UseCaseDecision(SQLModel, table=True):
    """What a curator decided about an entry, and why."""

    __tablename__ = "use_case_decision"

    id: int = number(key=True)
    use_case_id: int = number(index=True)
    person_id: int | None = number(index=True, null=True)
    decision: str  # published, returned, archived, kept or measured
    reason: str
    decided_on: date


class LookingFor(SQLModel, table=True):
    """Something that people look for and the library does not have."""

    __tablename__ = "looking_for"

    id: int = number(key=True)
    wanted: str
    state: str  # open, found or closed
    asked_on: date
    use_case_id: int | None = number(null=True)


class LookingForAsker(SQLModel, table=True):
    """Somebody who looks for it."""

    __tablename__ = "looking_for_asker"

    person_id: int = number(key=True)
    looking_for_id: int = number(key=True, index=True)
    asked_on: date


class ChannelRoundUp(SQLModel, table=True):
    """A channel that gets the weekly round-up."""

    __tablename__ = "channel_round_up"

    channel: str = Field(primary_key=True)
    person_id: int | None = number(index=True, null=True)
    since: date


# Words are kept as bytes, so that both engines compare them alike.
class UseCasePosting(SQLModel, table=True):
    """A word in a published entry: what it weighs there, and how often it is said."""

    __tablename__ = "use_case_posting"
    __table_args__ = (Index("ix_use_case_posting_use_case_id", "use_case_id"), {"sqlite_with_rowid": False})

    word: bytes = Field(sa_type=LargeBinary, primary_key=True)
    use_case_id: int = number(key=True)
    weight: int = number()
    times: int = number()


class TextSpending(SQLModel, table=True):
    """What the text model that drafts entries may have cost on a day, over everybody."""

    __tablename__ = "text_spending"

    day: date = Field(primary_key=True)
    nano_usd: int = number()


class UseCaseWord(SQLModel, table=True):
    """A word, and how many published entries have it."""

    __tablename__ = "use_case_word"

    word: bytes = Field(sa_type=LargeBinary, primary_key=True)
    entries: int = number()


class UseCaseSpelling(SQLModel, table=True):
    """What somebody may type who means a word of the index."""

    __tablename__ = "use_case_spelling"
    __table_args__ = (Index("ix_use_case_spelling_word", "word"), {"sqlite_with_rowid": False})

    spelling: bytes = Field(sa_type=LargeBinary, primary_key=True)
    word: bytes = Field(sa_type=LargeBinary, primary_key=True)
