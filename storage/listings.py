"""The accounts that providers list: remembered for good, and linked to whose mail address they name."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select
from sqlmodel import Session
from sqlmodel import select as model_select

from bot.domain.accounts import KnownAccount
from bot.domain.marks import Marks
from bot.domain.people import Profile, Viewer, normal_email
from storage import holders
from storage.denials import denied_by
from storage.ids import account_id, table_of, upsert
from storage.links import BY_ADDRESS, link
from storage.tables import (
    Account,
    AccountLink,
    Assignment,
    EmailHolder,
    FeedScope,
    ListedAccount,
    SourceState,
    UsageDay,
)

_accounts, _links = table_of(Account), table_of(AccountLink)
_listed, _assignments = table_of(ListedAccount), table_of(Assignment)
_email_holders = table_of(EmailHolder)
_days, _scopes = table_of(UsageDay), table_of(FeedScope)
_SERVICE: Final = "service"  # nobody's
_names: Final[Any] = bindparam("names", expanding=True)
_LISTED: Final = select(_listed.c.name, _listed.c.email_mark, _listed.c.kind).where(
    _listed.c.provider == bindparam("provider"), _listed.c.name.in_(_names)
)
_ASSIGNED: Final = select(_assignments.c.name, _assignments.c.email_mark, _assignments.c.answer).where(
    _assignments.c.provider == bindparam("provider"), _assignments.c.name.in_(_names)
)
_LINKED: Final = (
    select(_accounts.c.name)
    .select_from(_accounts.join(_links, _links.c.account_id == _accounts.c.id))
    .where(_accounts.c.provider == bindparam("provider"), _accounts.c.name.in_(_names), _links.c.to_day.is_(None))
)


class Listing(NamedTuple):
    """An account as its provider lists it: its name, whose it is by mail address, and of which kind it is."""

    name: str
    email: str | None
    kind: str


class _Claim(NamedTuple):
    """An account whose listed owner somebody is."""

    name: str
    person_id: int
    email_mark: bytes


def take_listed(
    session: Session, provider: str, accounts: Sequence[Listing], marks: Marks, today: date, from_day: date
) -> int:
    """Remember *accounts*, and link those of people who are on from *from_day*; return how many match nobody.

    Whose an account is changes only from unknown to known. An account of a person matches nobody when the
    directory does not have its address, and the operator's file does not say whose it is.
    """
    told = {each.name: each for each in accounts}
    _remember(session, provider, list(told.values()), marks, today)
    stored = _kept(session, provider, told)
    _link_new(session, provider, _claims(session, told.values(), stored, marks), from_day)
    return len(_unmatched(session, provider, stored))


def _remember(session: Session, provider: str, accounts: Sequence[Listing], marks: Marks, today: date) -> None:
    rows = [
        {
            "provider": provider,
            "name": each.name,
            "email_mark": marks.of_email(each.email) if each.email else None,
            "kind": each.kind,
            "seen_on": today,
        }
        for each in sorted(accounts)
    ]
    upsert(
        session,
        ListedAccount,
        rows,
        lambda old, new: {
            "email_mark": func.coalesce(old.email_mark, new.email_mark),
            "kind": new.kind,
            "seen_on": new.seen_on,
        },
    )


def _kept(session: Session, provider: str, names: Collection[str]) -> dict[str, tuple[bytes | None, str]]:
    rows = session.connection().execute(_LISTED, {"provider": provider, "names": list(names)})
    return {name: (_bytes(mark), kind) for name, mark, kind in rows}


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _claims(
    session: Session, accounts: Iterable[Listing], stored: dict[str, tuple[bytes | None, str]], marks: Marks
) -> list[_Claim]:
    """Return the accounts whose listed owner is somebody who is on."""
    owned = {each.name: normal_email(each.email) for each in accounts if each.email}
    found = holders.by_email(session, set(owned.values()), marks)
    claims = []
    for name, email in owned.items():
        mark, kind = stored[name]
        theirs = next((each for each in found.get(email, ()) if each.is_on), None)
        if theirs is not None and mark == marks.of_email(email) and kind != _SERVICE:
            claims.append(_Claim(name, theirs.person_id, mark))
    return claims


def _link_new(session: Session, provider: str, claims: Sequence[_Claim], from_day: date) -> None:
    """Link what is claimed, but not what is linked, assigned to somebody else or shared, or was denied."""
    if not claims:
        return
    asked = {"provider": provider, "names": [each.name for each in claims]}
    linked = {name for (name,) in session.connection().execute(_LINKED, asked)}
    assigned = {name: (_bytes(mark), answer) for name, mark, answer in session.connection().execute(_ASSIGNED, asked)}
    denied = denied_by(session, provider, [(each.person_id, each.name) for each in claims])
    for each in claims:
        mark, answer = assigned.get(each.name, (each.email_mark, ""))
        free = each.name not in linked and (each.person_id, each.name) not in denied
        if free and mark == each.email_mark and answer != "no":
            account = account_id(session, provider, each.name)
            link(session, account, each.person_id, from_day, how="listed for your mail address", by=provider)


def link_listed(session: Session, viewer: Viewer, profile: Profile, marks: Marks, from_day: date) -> None:
    """Link every account that is listed for the person's verified mail address, from a day on."""
    if not profile.email or not is_first_holder(session, profile, marks):
        return
    mark = marks.of_email(profile.email)
    by_provider: dict[str, list[_Claim]] = {}
    for each in listed_for(session, mark):
        if each.kind != _SERVICE:
            by_provider.setdefault(each.provider, []).append(_Claim(each.name, viewer.person_id, mark))
    for provider, claims in by_provider.items():
        _link_new(session, provider, claims, from_day)


def is_first_holder(session: Session, profile: Profile, marks: Marks) -> bool:
    """Return whether a mail address has never been anybody else's."""
    holder = session.get(EmailHolder, marks.of_email(profile.email or ""))
    return holder is not None and holder.slack_mark == marks.of_slack(profile.slack_id)


def listed_for(session: Session, email_mark: bytes) -> list[KnownAccount]:
    """Return the accounts that are listed for a mail address."""
    query = model_select(ListedAccount).where(ListedAccount.email_mark == email_mark)
    rows = session.exec(query.order_by(ListedAccount.provider, ListedAccount.name))
    return [KnownAccount(row.provider, row.name, row.kind, row.seen_on) for row in rows]


def _unmatched(session: Session, provider: str, stored: dict[str, tuple[bytes | None, str]]) -> set[str]:
    of_persons = {name: mark for name, (mark, kind) in stored.items() if kind == "person"}
    known = set(first_holders(session, {mark for mark in of_persons.values() if mark is not None}))
    unknown = {name for name, mark in of_persons.items() if mark not in known}
    asked = {"provider": provider, "names": list(unknown)}
    return unknown - {row[0] for row in session.connection().execute(_ASSIGNED, asked)}


def first_holders(session: Session, email_marks: Collection[bytes]) -> dict[bytes, bytes]:
    """Return who first held each of these addresses that the directory knows, as marks."""
    query = select(_email_holders.c.email_mark, _email_holders.c.slack_mark)
    rows = holders.in_parts(session, query, _email_holders.c.email_mark, email_marks)
    return {bytes(email): bytes(slack) for email, slack in rows}


def note_unmatched(session: Session, source_id: int, unmatched: int) -> None:
    """Remember how many accounts of people match nobody in the directory."""
    row = {"source_id": source_id, "unmatched_accounts": unmatched, "last_error": ""}
    upsert(session, SourceState, [row], lambda _, new: {"unmatched_accounts": new.unmatched_accounts})


def is_known(session: Session, person_id: int, providers: Collection[str]) -> bool:
    """Return whether one of *providers* knows an account of the person, or may yet turn out to.

    An account that is nothing but the person's address counts when something came of it or can still come.
    """
    came = exists().where(_days.c.account_id == _accounts.c.id)
    awaited = ~exists().where(_scopes.c.account_id == _accounts.c.id)
    listed = exists().where(_listed.c.provider == _accounts.c.provider, _listed.c.name == _accounts.c.name)
    query = (
        select(_accounts.c.id)
        .select_from(_accounts.join(_links, _links.c.account_id == _accounts.c.id))
        .where(_links.c.person_id == person_id, _links.c.to_day.is_(None), _accounts.c.provider.in_(providers))
        .where(or_(_links.c.how != BY_ADDRESS, came, awaited, listed))
    )
    return session.connection().execute(query.limit(1)).first() is not None
