"""The tables. Ids of ours are random 63-bit integers; counts and amounts are 64-bit; None is unknown.

Every large table's key starts with the account or the person, nothing updates a key, and inserts
conflict on exactly the primary key, so that a distributed PostgreSQL can shard without a change.
Values are validated before they reach a table: tables validate nothing.
"""

from storage.tables.access_log import AccessDay, AccessEntry, PolicyVersion
from storage.tables.accounts import Account, AccountAllowance, AccountLink, Assignment, ListedAccount
from storage.tables.delivery import Outbox, SendRate
from storage.tables.finished import Change, Outcome, OutcomeLink
from storage.tables.hints import Hint, RecentRun
from storage.tables.people import EmailHolder, OwnFile, OwnMark, Person, Setting, SlackUser, Token, Tombstone
from storage.tables.released import CompanyReport, FigurePart, ReleasedFigure, TeamIssue
from storage.tables.sources import Source, SourceDay, SourceFlaw, SourceState, SourceTotal
from storage.tables.teams import OrgGroup, OrgHome, OrgMember, OrgTeam, Team, TeamMember
from storage.tables.upkeep import BlockVerdict, HostSeen, JobSlot, SeenRequest
from storage.tables.usage import EventMark, FeedScope, Label, Measures, OtelSeries, UsageDay, UsageMonth
from storage.tables.use_cases import (
    ChannelRoundUp,
    LookingFor,
    LookingForAsker,
    TextSpending,
    UseCase,
    UseCaseAnswer,
    UseCaseDecision,
    UseCaseLink,
    UseCasePosting,
    UseCaseReport,
    UseCaseSpelling,
    UseCaseTry,
    UseCaseWord,
)

__all__ = [
    "AccessDay",
    "AccessEntry",
    "Account",
    "AccountAllowance",
    "AccountLink",
    "Assignment",
    "BlockVerdict",
    "Change",
    "ChannelRoundUp",
    "CompanyReport",
    "EmailHolder",
    "EventMark",
    "FeedScope",
    "FigurePart",
    "Hint",
    "HostSeen",
    "JobSlot",
    "Label",
    "ListedAccount",
    "LookingFor",
    "LookingForAsker",
    "Measures",
    "OrgGroup",
    "OrgHome",
    "OrgMember",
    "OrgTeam",
    "OtelSeries",
    "Outbox",
    "Outcome",
    "OutcomeLink",
    "OwnFile",
    "OwnMark",
    "Person",
    "PolicyVersion",
    "RecentRun",
    "ReleasedFigure",
    "SeenRequest",
    "SendRate",
    "Setting",
    "SlackUser",
    "Source",
    "SourceDay",
    "SourceFlaw",
    "SourceState",
    "SourceTotal",
    "Team",
    "TeamIssue",
    "TeamMember",
    "TextSpending",
    "Token",
    "Tombstone",
    "UsageDay",
    "UsageMonth",
    "UseCase",
    "UseCaseAnswer",
    "UseCaseDecision",
    "UseCaseLink",
    "UseCasePosting",
    "UseCaseReport",
    "UseCaseSpelling",
    "UseCaseTry",
    "UseCaseWord",
]
