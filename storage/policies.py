"""Every policy that was in force, what the policy file had said, and from when."""

import json

from sqlmodel import Session, col, select

from bot.domain.rules import PolicyRules, Version
from storage.ids import insert_new
from storage.tables import PolicyVersion


def versions(session: Session) -> list[Version]:
    """Return every policy that was in force, the first first."""
    query = select(PolicyVersion).order_by(col(PolicyVersion.in_force_from), col(PolicyVersion.number))
    return [_version(row) for row in session.exec(query)]


def add_version(session: Session, version: Version) -> bool:
    """Add what is in force now; return whether nobody else did so at the same moment."""
    number = len(session.exec(select(PolicyVersion).where(PolicyVersion.in_force_from == version.in_force_from)).all())
    row = {
        "in_force_from": version.in_force_from,
        "number": number,
        "mark": version.mark,
        "rules": json.dumps(version.rules, sort_keys=True),
        "file_rules": json.dumps(version.file_rules, sort_keys=True),
        "first_seen": version.first_seen,
    }
    return insert_new(session, PolicyVersion, [row]) == 1


def rules_of_mark(session: Session, mark: str) -> PolicyRules | None:
    """Return the rules that were in force under *mark*; None if there were none."""
    query = select(PolicyVersion).where(PolicyVersion.mark == mark).limit(1)
    row = session.exec(query).first()
    return None if row is None else _version(row).rules


def _version(row: PolicyVersion) -> Version:
    return Version(row.in_force_from, row.mark, json.loads(row.rules), json.loads(row.file_rules), row.first_seen)
