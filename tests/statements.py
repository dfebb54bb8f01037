"""The rules that every statement keeps, so that a distributed PostgreSQL runs it as a single one does.

A table that lies in shards is one whose key starts with an account or a person. Its statements name whose rows
they mean, or which days, or a key of a small table that leads to them; the few that do not are listed with why.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import Table
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # fills the metadata

OWNERS: Final = ("account_id", "person_id")
# What grows with people and days: a request reads only what is one person's in it.
LARGE: Final = frozenset({"feed_scope", "outcome_link", "recent_run", "usage_day", "usage_month"})

CHANGES_A_KEY: Final = "changes a key"
CONFLICTS: Final = "conflicts on something else than the primary key"
SKIPS_LOCKED: Final = "skips what is locked"
NOT_ADDRESSED: Final = "reads or changes personal rows of everybody"
SCANS: Final = "adds up everybody's rows to answer a request"
DEFINES: Final = "defines something outside a migration"

# Rules that a statement of these functions may leave, with why.
EXCEPTIONS: Final = {
    SKIPS_LOCKED: {
        "storage.outbox.claim_due": "the claim; the outbox is one table that is not sharded",
        "storage.carriers.take_along": "the claim of what goes inside a message, of one person",
    },
    DEFINES: {
        "storage.migrate": "migrations, one replica at a time",
        "storage.bulk": "a temporary table of this connection, that COPY fills",
    },
    NOT_ADDRESSED: {
        "storage.outbox.any_due": "the claim: by state and moment, which an index has in order",
        "storage.outbox.claim_due": "the same",
        "storage.outbox.release": "once, when a process stops",
        "storage.outbox.states": "for the operator's figures: counts of messages by state",
        "storage.choices.persons_who_chose": "a job: who chose something, of one row a person",
        "storage.subscriptions.subscribers": "a job: who chose a note, of the settings with its name",
        "storage.recent_runs.persons_with_news": "a job: of those who chose the alarm",
        "storage.consents.consents": "a job: who is counted in what is released, and since when",
        "storage.organisation.homes": "a job: whose home is where, for what is released",
        "storage.pulls.collected_accounts": "a job: whose accounts at a provider are collected today",
        "storage.pulls.without_delivery": "a job: for whom a source has never delivered",
        "storage.pulls.put_allowances": "a job: the limits that one source states, as a whole",
        "storage.organisation.replace_organisation": "the operator's file, as a whole",
        "storage.organised_people.moves": "nightly: everybody's home, against the operator's file",
        "storage.retention.drop_orphans": "nightly: rows of accounts that are gone",
        "storage.use_case_asking.close_unasked": "of the few open wishes, those whose last asker is gone",
        "storage.use_case_asking.wanted_now": "of the few open wishes, how many ask",
        "storage.migrate": "migrations see every row",
    },
}
# Only these may read rows of everybody also where somebody waits for the answer.
_IN_REQUESTS: Final = frozenset(
    {"storage.outbox.states", "storage.use_case_asking.close_unasked", "storage.use_case_asking.wanted_now"}
)
# What leads to the rows of a few: a small table's key or a name that has an index.
_LEADS: Final = frozenset(
    {"account.name", "email_mark", "group_name", "looking_for_id", "looking_for.id", "reference", "team_id"}
    | {"use_case_id"}
)
_DAYS: Final = re.compile(r"(?:\w*_)?(?:day|month|minute|period|on|at)")
_BOUND: Final = re.compile(
    r"(?:\b(?P<table>\w+)\.)?\b(?P<column>\w+)\s*(?:[<>]=?|=|IN|BETWEEN)\s*"
    r"(?:ANY\s*\(|\((?!\s*SELECT)|\(SELECT 1 FROM \(SELECT 1\) WHERE 1!=1\)|%|\?|:\w|'|CAST\s*\()",  # the fourth: none
    re.IGNORECASE,
)
_READ: Final = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)|,\s*(\w+)(?:\s+AS\s+\w+)?\s*(?=,|WHERE|$)", re.IGNORECASE
)
_UPDATE: Final = re.compile(r"\s*UPDATE (?P<table>\w+) SET (?P<sets>.*?)(?: WHERE |$)", re.DOTALL)
_UPSERT: Final = re.compile(r"\s*INSERT INTO (?P<table>\w+) .*DO UPDATE SET (?P<sets>.*)", re.DOTALL)
_COLUMN: Final = re.compile(r"(?:^|,\s*)(\w+)\s*=")
_CONFLICT: Final = re.compile(
    r"\s*INSERT INTO (?P<table>\w+)\b.*?\bON CONFLICT\b\s*(?:\((?P<target>[^)]*)\))?", re.DOTALL
)
_DEFINING: Final = re.compile(r"\s*(?:CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)
_NEVER: Final = {
    "merges": r"\bMERGE\s+INTO\b",
    "takes an advisory lock": r"\bpg_(?:try_)?advisory_",
    "listens or notifies": r"^\s*(?:LISTEN|NOTIFY|UNLISTEN)\b|\bpg_notify\b",
    "makes a trigger": r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\b",
    "lets the database give out numbers": (
        r"\b(?:SMALL|BIG)?SERIAL\b|\bCREATE\s+SEQUENCE\b|\bAS\s+IDENTITY\b|\bnextval\s*\(|\bAUTOINCREMENT\b"
    ),
}
_FORBIDDEN: Final = {rule: re.compile(pattern, re.IGNORECASE) for rule, pattern in _NEVER.items()}


class Place(NamedTuple):
    """A function of ours on the way to a statement."""

    module: str
    function: str


def owner_of(table: Table) -> str | None:
    """Return the column by which a table is sharded; None where it lies in one place."""
    first: str = next(iter(table.primary_key)).name
    return first if first in OWNERS else None


def sharded_tables() -> list[Table]:
    """Return every table whose rows lie with their account or person."""
    return [table for table in SQLModel.metadata.tables.values() if owner_of(table)]


def broken_rules(statement: str) -> list[str]:
    """Return the rules that *statement* breaks by itself, whoever sends it."""
    if "pg_catalog" in statement or "sqlite_master" in statement:
        return []  # how the tables are looked at
    found = [rule for rule, pattern in _FORBIDDEN.items() if pattern.search(statement)]
    if changed_keys(statement):
        found.append(CHANGES_A_KEY)
    if _conflicts_elsewhere(statement):
        found.append(CONFLICTS)
    if "SKIP LOCKED" in statement:
        found.append(SKIPS_LOCKED)
    if _DEFINING.match(statement):
        return [*found, DEFINES]
    return [*found, *_unaddressed(statement)]


def unexcused(rules: Iterable[str], way: Collection[Place]) -> list[str]:
    """Return those of *rules* that are broken where *way* (functions of ours, the innermost first) may not."""
    names = {name for place in way for name in (place.module, f"{place.module}.{place.function}")}
    names |= {"storage.migrate" for place in way if place.module.startswith("storage.migrations")}
    in_request = any(place.module.startswith(("handlers.", "bot.web.")) for place in way)
    return [rule for rule in rules if not _is_excused(rule, names, in_request=in_request)]


def _is_excused(rule: str, names: Collection[str], *, in_request: bool) -> bool:
    if rule == SCANS:
        return not in_request
    excused = EXCEPTIONS.get(rule, {}).keys() & set(names)
    return bool(excused & _IN_REQUESTS if in_request and rule == NOT_ADDRESSED else excused)


def changed_keys(statement: str) -> list[str]:
    """Return the key columns that *statement* would change."""
    match = _UPDATE.match(statement) or _UPSERT.match(statement)
    table = None if match is None else SQLModel.metadata.tables.get(match["table"])
    if match is None or table is None:
        return []
    keys = {column.name for column in table.primary_key}
    return [f"{table.name}.{name}" for name in _COLUMN.findall(match["sets"]) if name in keys]


def _conflicts_elsewhere(statement: str) -> bool:
    match = _CONFLICT.match(statement)
    table = None if match is None else SQLModel.metadata.tables.get(match["table"])
    if match is None or table is None:
        return False
    target = {name.strip().strip('"') for name in (match["target"] or "").split(",")}
    return target != {column.name for column in table.primary_key}


def _unaddressed(statement: str) -> Iterator[str]:
    sharded = {table.name for table in sharded_tables()}
    read = {name for pair in _READ.findall(statement) for name in pair if name in sharded}
    if statement.lstrip().upper().startswith("INSERT"):
        read -= set(_READ.findall(statement)[0][:1])  # rows that are written say whose they are
    if not read:
        return
    conditions = [(match["table"], match["column"]) for match in _BOUND.finditer(_conditions(statement))]
    if any(column in OWNERS for _, column in conditions):
        return
    if read & LARGE:
        yield SCANS
    leads: list[Callable[[str | None, str], bool]] = [
        lambda _, column: _DAYS.fullmatch(column) is not None,
        lambda table, column: column in _LEADS or f"{table}.{column}" in _LEADS,
    ]
    if not any(lead(table, column) for table, column in conditions for lead in leads):
        yield NOT_ADDRESSED


def _conditions(statement: str) -> str:
    """Return what stands after the tables: not what is set, and not what is read out."""
    return statement[re.search(r"\b(?:FROM|WHERE)\b|$", statement).start() :]  # type: ignore[union-attr]
