"""What was released to a team or a group: once, and never changed afterwards."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import number


class TeamIssue(SQLModel, table=True):
    """A team's digest of a week; the key makes it be composed once. Of a quiet week the content is empty."""

    __tablename__ = "team_issue"

    team_id: int = number(key=True)
    week: str = Field(primary_key=True)
    content: str  # as JSON; about places, and figures of the ledger
    released_at: datetime  # everything shows it from then on


class ReleasedFigure(SQLModel, table=True):
    """The ledger: a figure about cost of a cell and a period; without amounts it is not shown."""

    __tablename__ = "released_figure"

    cell: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    group_name: str  # "" is the whole company
    low_nano_usd: int | None = number(null=True)
    high_nano_usd: int | None = number(null=True)
    readers: str
    policy_mark: str
    log_mark: str
    log_day: date | None = None  # whose mark it is: the last day of the log that was sealed by then
    released_at: datetime
    without: str = ""  # kinds of sources that have no bill, one a line


class FigurePart(SQLModel, table=True):
    """Somebody's cost is counted in a released figure; how much of it is kept nowhere."""

    __tablename__ = "figure_part"

    person_id: int = number(key=True)
    cell: str = Field(primary_key=True)
    period: str = Field(primary_key=True)


class CompanyReport(SQLModel, table=True):
    """The organisation's report of a block as it was released; the key makes it be made once."""

    __tablename__ = "company_report"

    period: str = Field(primary_key=True)
    content: str  # as JSON; about the company and groups of it, never about a person
    released_at: datetime
