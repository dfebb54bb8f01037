"""The tables. Ids of ours are random 63-bit integers; counts and amounts are 64-bit; None is unknown.

Every large table's key starts with the account or the person, nothing updates a key, and inserts
conflict on exactly the primary key, so that a distributed PostgreSQL can shard without a change.
Values are validated before they reach a table: tables validate nothing.
"""

from storage.tables.accounts import Account, AccountAllowance, AccountLink, Assignment, ListedAccount
from storage.tables.delivery import Outbox, SendRate
from storage.tables.finished import Change, Outcome, OutcomeLink
from storage.tables.people import EmailHolder, OwnFile, OwnMark, Person, Setting, SlackUser, Token, Tombstone
from storage.tables.sources import Source, SourceDay, SourceFlaw, SourceState, SourceTotal
from storage.tables.upkeep import BlockVerdict, HostSeen, JobSlot, SeenRequest
from storage.tables.usage import EventMark, FeedScope, Label, Measures, OtelSeries, UsageDay, UsageMonth

__all__ = [
    "Account",
    "AccountAllowance",
    "AccountLink",
    "Assignment",
    "BlockVerdict",
    "Change",
    "EmailHolder",
    "EventMark",
    "FeedScope",
    "HostSeen",
    "JobSlot",
    "Label",
    "ListedAccount",
    "Measures",
    "OtelSeries",
    "Outbox",
    "Outcome",
    "OutcomeLink",
    "OwnFile",
    "OwnMark",
    "Person",
    "SeenRequest",
    "SendRate",
    "Setting",
    "SlackUser",
    "Source",
    "SourceDay",
    "SourceFlaw",
    "SourceState",
    "SourceTotal",
    "Token",
    "Tombstone",
    "UsageDay",
    "UsageMonth",
]
