"""Whose an account is by the operator's file: kept for the person named, who says yes or no."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import Session
from sqlmodel import select as model_select

from bot.domain.accounts import FROM_FILE, AssignedAccount, Given, Question
from bot.domain.marks import Marks
from bot.domain.people import SlackId, Viewer
from storage.directory import email_of
from storage.ids import account_id, table_of, upsert
from storage.links import end_links_of, link
from storage.listings import first_holders
from storage.tables import Account, AccountLink, Assignment, ListedAccount

_AT_ONCE: Final = 500
_assignments, _listed = table_of(Assignment), table_of(ListedAccount)
_accounts, _links = table_of(Account), table_of(AccountLink)
_names: Final[Any] = bindparam("names", expanding=True)
_LISTED: Final = select(_listed.c.name, _listed.c.email_mark).where(
    _listed.c.provider == bindparam("provider"), _listed.c.name.in_(_names), _listed.c.kind == "person"
)
_KNOWN: Final = select(_assignments.c.name, _assignments.c.email_mark).where(
    _assignments.c.provider == bindparam("provider"), _assignments.c.name.in_(_names)
)
_OPEN: Final = (
    select(_assignments.c.provider, _assignments.c.name, _assignments.c.from_day)
    .where(_assignments.c.email_mark == bindparam("email_mark"), _assignments.c.answer == "")
    .where(
        ~select(_links.c.account_id)
        .select_from(_accounts.join(_links, _links.c.account_id == _accounts.c.id))
        .where(_accounts.c.provider == _assignments.c.provider, _accounts.c.name == _assignments.c.name)
        .where(_links.c.to_day.is_(None))
        .exists()
    )
    .order_by(_assignments.c.provider, _assignments.c.name)
)


class _Row(NamedTuple):
    place: int
    account: AssignedAccount
    email_mark: bytes | None


def contradictions(session: Session, accounts: Sequence[AssignedAccount], marks: Marks) -> list[int]:
    """Return the places of those of *accounts* that are known to be another person's than the one they name.

    An account of a person is known by the address that its provider lists, or by an address that is its
    name, where the directory has that address. A key's address is its maker's, and says nothing of its user.
    """
    found = []
    for part in _by_provider(accounts, marks):
        owners = _owners(session, part, marks)
        holders = first_holders(session, {mark for mark in _marks_of(part, owners) if mark is not None})
        for row in part:
            owner = next((holders[mark] for mark in owners.get(row.account.name, ()) if mark in holders), None)
            if row.email_mark is not None and owner is not None and owner != holders.get(row.email_mark):
                found.append(row.place)
    return sorted(found)


def _by_provider(accounts: Sequence[AssignedAccount], marks: Marks) -> Iterator[list[_Row]]:
    by_provider: dict[str, list[_Row]] = {}
    for place, each in enumerate(accounts):
        mark = marks.of_email(each.email) if each.email else None
        by_provider.setdefault(each.provider, []).append(_Row(place, each, mark))
    for rows in by_provider.values():
        for start in range(0, len(rows), _AT_ONCE):
            yield rows[start : start + _AT_ONCE]


def _owners(session: Session, rows: Sequence[_Row], marks: Marks) -> dict[str, list[bytes]]:
    """Return the marks of the addresses by which the owners of accounts are known."""
    owners: dict[str, list[bytes]] = {}
    asked = {"provider": rows[0].account.provider, "names": [row.account.name for row in rows]}
    for name, mark in session.connection().execute(_LISTED, asked):
        if mark is not None:
            owners.setdefault(name, []).append(bytes(mark))
    for row in rows:
        if "@" in row.account.name:
            owners.setdefault(row.account.name, []).append(marks.of_email(row.account.name))
    return owners


def _marks_of(rows: Sequence[_Row], owners: dict[str, list[bytes]]) -> Iterator[bytes | None]:
    yield from (row.email_mark for row in rows)
    for marks in owners.values():
        yield from marks


def assign(session: Session, accounts: Sequence[AssignedAccount], marks: Marks, today: date) -> None:
    """Remember whose *accounts* are from *today* on; a row that says what is known already changes nothing.

    What the file gave somebody before ends with the day before, and of an account that is shared now every
    link does. No row of usage moves.
    """
    for part in _by_provider(accounts, marks):
        asked = {"provider": part[0].account.provider, "names": [row.account.name for row in part]}
        known = {name: mark and bytes(mark) for name, mark in session.connection().execute(_KNOWN, asked)}
        new = [row for row in part if row.account.name not in known or known[row.account.name] != row.email_mark]
        _put(session, new, today)
        for row in new:
            how = None if row.email_mark is None else FROM_FILE
            end_links_of(session, row.account.provider, row.account.name, today - timedelta(days=1), how=how)


def _put(session: Session, rows: Collection[_Row], today: date) -> None:
    values = [
        {
            "provider": row.account.provider,
            "name": row.account.name,
            "email_mark": row.email_mark,
            "from_day": today,
            "answer": "",
        }
        for row in sorted(rows, key=lambda row: row.account[:2])
    ]
    upsert(
        session,
        Assignment,
        values,
        lambda _, new: {"email_mark": new.email_mark, "from_day": new.from_day, "answer": new.answer},
    )


def own_mark(session: Session, slack_id: SlackId, marks: Marks) -> bytes | None:
    """Return the mark of the address that the directory has of a user, None where it was somebody else's first."""
    email = email_of(session, slack_id)
    mark = marks.of_email(email) if email else None
    if mark is None or first_holders(session, [mark]).get(mark) != marks.of_slack(slack_id):
        return None
    return mark


def open_questions(session: Session, viewer: Viewer, marks: Marks) -> list[Question]:
    """Return the accounts that the operator's file gives the person, and that nobody has yet.

    Of an address that was somebody else's first nobody is asked, nor of an account that its provider
    lists for another person meanwhile.
    """
    mark = own_mark(session, viewer.slack_id, marks)
    if mark is None:
        return []
    rows = [Question(*row) for row in session.connection().execute(_OPEN, {"email_mark": mark})]
    if not rows:
        return []
    email = email_of(session, viewer.slack_id)
    wrong = set(contradictions(session, [AssignedAccount(row.provider, row.name, email) for row in rows], marks))
    return [row for place, row in enumerate(rows) if place not in wrong]


def answer(session: Session, viewer: Viewer, question: Question, *, yes: bool) -> None:
    """Keep what the person says to a question that is open for them; with a yes the account is theirs."""
    assigned = session.get_one(Assignment, (question.provider, question.name))
    assigned.answer = "yes" if yes else "no"
    session.add(assigned)
    if yes:
        account = account_id(session, question.provider, question.name)
        link(session, account, viewer.person_id, question.from_day, how=FROM_FILE, by="you")


def given_to(session: Session, email_mark: bytes) -> list[Given]:
    """Return every account that the operator's file gives the holder of an address."""
    query = model_select(Assignment).where(Assignment.email_mark == email_mark)
    rows = session.exec(query.order_by(Assignment.provider, Assignment.name))
    return [Given(row.provider, row.name, row.from_day, row.answer) for row in rows]


def forget_answers(session: Session, email_mark: bytes) -> None:
    """Forget what the holder of an address answered; what the operator's file says stays, for it is about accounts."""
    session.connection().execute(update(_assignments).where(_assignments.c.email_mark == email_mark).values(answer=""))
