"""Whom pushed events are about: many identities in a few queries, by the rules of `storage.people`."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, null, select
from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.people import SlackId
from storage.ids import table_of
from storage.people import OWN_PROVIDER
from storage.tables import Account, AccountLink, EmailHolder, Person, SlackUser, Tombstone

EXTERNAL_PROVIDER: Final = "external"  # what an internal platform calls somebody
_AT_ONCE: Final = 500  # values in one query, which every SQLite takes
_users, _persons = table_of(SlackUser), table_of(Person)
_accounts, _links = table_of(Account), table_of(AccountLink)
_email_holders, _tombstones = table_of(EmailHolder), table_of(Tombstone)


class Holder(NamedTuple):
    """Whose an identity is on the days from *first* to *last*, and the account that usage hangs on."""

    person_id: int
    account_id: int
    is_on: bool
    first: date
    last: date
    erased_on: date | None

    def takes(self, day: date, *, own: bool) -> bool:
        """Whether usage of *day* is collected about them; what they erased comes back by their *own* hand only."""
        erased = not own and self.erased_on is not None and day <= self.erased_on
        return self.is_on and not erased and self.first <= day <= self.last


class _Found(NamedTuple):
    key: str
    org_id: str
    user_id: str
    person_id: int
    is_on: int
    account_id: int | None
    first: date | None
    last: date | None


def _found_by(key: ColumnElement[Any], first: Any, last: Any, where: FromClause) -> Select[Any]:
    is_on = and_(_persons.c.switched_on_at.is_not(None), _persons.c.left_on.is_(None), _persons.c.paused_at.is_(None))
    whose = (_users.c.org_id, _users.c.user_id, _persons.c.id, case((is_on, 1), else_=0), _accounts.c.id)
    return select(key, *whose, first, last).select_from(where)


_own_account = and_(_accounts.c.provider == OWN_PROVIDER, _accounts.c.name == _users.c.org_id + "/" + _users.c.user_id)
_with_own = _users.join(_persons, _persons.c.id == _users.c.person_id).join(_accounts, _own_account)
_linked = (
    _accounts.join(_links, _links.c.account_id == _accounts.c.id)
    .join(_persons, _persons.c.id == _links.c.person_id)
    .join(_users, _users.c.person_id == _persons.c.id)
)
# With those who never switched on: two users of one address are nobody, whoever of them is on.
_BY_EMAIL: Final = _found_by(
    _users.c.email,
    null(),
    null(),
    _users.join(_persons, _persons.c.id == _users.c.person_id).outerjoin(_accounts, _own_account),
).where(_users.c.is_deleted.is_(False))
_BY_SLACK: Final = _found_by(_users.c.user_id, null(), null(), _with_own)
_BY_EXTERNAL: Final = _found_by(_accounts.c.name, _links.c.from_day, _links.c.to_day, _linked).where(
    _accounts.c.provider == EXTERNAL_PROVIDER
)
_FIRST_HOLDERS: Final = select(_email_holders.c.email_mark, _email_holders.c.slack_mark)
_ERASED: Final = select(_tombstones.c.slack_mark, _tombstones.c.erased_on)


def by_email(session: Session, emails: Collection[str], marks: Marks) -> dict[str, list[Holder]]:
    """Return the persons whom Slack knows by *emails*, where an address has never been anybody else's."""
    found: dict[str, list[_Found]] = {}
    for row in in_parts(session, _BY_EMAIL, _users.c.email, emails):
        found.setdefault(row[0], []).append(_Found(*row))
    alone = [(rows[0], _slack_mark(rows[0], marks)) for rows in found.values() if len(rows) == 1]
    mark_of = {row.key: marks.of_email(row.key) for row, _ in alone}
    held_by = dict(in_parts(session, _FIRST_HOLDERS, _email_holders.c.email_mark, mark_of.values()))
    return _holders(session, [each for each in alone if held_by.get(mark_of[each[0].key]) == each[1]])


def by_slack(session: Session, org_id: str, user_ids: Collection[str], marks: Marks) -> dict[str, list[Holder]]:
    """Return the persons that users of an organisation are."""
    query = _BY_SLACK.where(_users.c.org_id == org_id)
    rows = map(_Found._make, in_parts(session, query, _users.c.user_id, user_ids))
    return _holders(session, [(row, _slack_mark(row, marks)) for row in rows])


def by_external(session: Session, names: Collection[str], marks: Marks) -> dict[str, list[Holder]]:
    """Return the persons whose accounts *names* are or were, each with the days on which it was theirs."""
    rows = map(_Found._make, in_parts(session, _BY_EXTERNAL, _accounts.c.name, names))
    return _holders(session, [(row, _slack_mark(row, marks)) for row in rows])


def by_identity(
    session: Session, org_id: str, identities: Collection[tuple[str, str]], marks: Marks
) -> dict[tuple[str, str], list[Holder]]:
    """Return whose *identities* are: pairs of "email", "slack" or "external", and a name."""
    named: dict[str, set[str]] = {"email": set(), "slack": set(), "external": set()}
    for kind, name in identities:
        named[kind].add(name)
    found = {
        "email": by_email(session, named["email"], marks),
        "slack": by_slack(session, org_id, named["slack"], marks),
        "external": by_external(session, named["external"], marks),
    }
    return {(kind, name): held for kind, names in found.items() for name, held in names.items()}


def _holders(session: Session, marked: Sequence[tuple[_Found, bytes]]) -> dict[str, list[Holder]]:
    erased = dict(in_parts(session, _ERASED, _tombstones.c.slack_mark, {mark for _, mark in marked}))
    holders: dict[str, list[Holder]] = {}
    for row, mark in marked:
        if row.account_id is None:  # never switched on
            continue
        first, last = row.first or date.min, row.last or date.max
        holder = Holder(row.person_id, row.account_id, bool(row.is_on), first, last, erased.get(mark))
        holders.setdefault(row.key, []).append(holder)
    return holders


def _slack_mark(row: _Found, marks: Marks) -> bytes:
    return marks.of_slack(SlackId(row.org_id, row.user_id))


def in_parts(
    session: Session, query: Select[Any], column: ColumnElement[Any], values: Collection[Any]
) -> Iterator[Any]:
    """Yield the rows of *query* whose *column* is one of *values*, however many these are."""
    ordered = list(values)
    for start in range(0, len(ordered), _AT_ONCE):
        part = query.where(column.in_(ordered[start : start + _AT_ONCE]))
        yield from session.connection().execute(part).all()
