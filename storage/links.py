"""Which accounts are whose, and from which day to which."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session, col, select

from bot.domain.marks import Marks
from bot.domain.people import Link, Profile, Viewer, normal_email
from storage.ids import account_id, insert_new
from storage.tables import Account, AccountLink, Assignment, EmailHolder, Setting

BY_ADDRESS: Final = "your mail address in Slack"
DENIAL: Final = "not_mine "


def link(session: Session, account: int, person_id: int, from_day: date, *, how: str, by: str) -> None:
    """Link an account to a person from a day on; an account that is linked already stays as it is.

    A day of an account belongs to one person at most: days that were linked before, to them or to
    somebody else, stay where they are.
    """
    links = session.exec(select(AccountLink).where(AccountLink.account_id == account)).all()
    ends = [link_.to_day for link_ in links if link_.to_day is not None]
    if len(ends) < len(links):
        return
    first = max([from_day, *(end + timedelta(days=1) for end in ends)])
    row = {"account_id": account, "person_id": person_id, "from_day": first, "how": how, "by": by}
    insert_new(session, AccountLink, [row])


def link_by_email(
    session: Session, viewer: Viewer, profile: Profile, providers: Sequence[str], marks: Marks, from_day: date
) -> None:
    """Link what *providers* call by the person's verified mail address, from a day on.

    An address that was somebody else's before is not linked: a successor inherits nothing.
    """
    if not profile.email:
        return
    holder = session.get(EmailHolder, marks.of_email(profile.email))
    if holder is None or holder.slack_mark != marks.of_slack(profile.slack_id):
        return
    name = normal_email(profile.email)
    for provider in providers:
        if not is_taken_away(session, viewer.person_id, holder.email_mark, provider, name):
            account = account_id(session, provider, name)
            link(session, account, viewer.person_id, from_day, how=BY_ADDRESS, by="Slack")


def is_taken_away(session: Session, person_id: int, email_mark: bytes, provider: str, name: str) -> bool:
    """Return whether the operator's file gives an account to others, or the person denied it."""
    if session.get(Setting, (person_id, denial(provider, name))) is not None:
        return True
    assigned = session.get(Assignment, (provider, name))
    return assigned is not None and (assigned.email_mark != email_mark or assigned.answer == "no")


def denial(provider: str, name: str) -> str:
    """Return the name of the setting with which a person says that an account is not theirs."""
    return f"{DENIAL}{provider} {name}"


def days_overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Return whether two spans of days, each open where it has no last day, have a day in common."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


def links_of(session: Session, person_id: int) -> list[Link]:
    """Return every account that is or was the person's."""
    query = (
        select(Account, AccountLink)
        .where(col(Account.id) == col(AccountLink.account_id), AccountLink.person_id == person_id)
        .order_by(Account.provider, Account.name, col(AccountLink.from_day))
    )
    return [
        Link(account.provider, account.name, link_.from_day, link_.to_day, link_.how, link_.by)
        for account, link_ in session.exec(query)
    ]


def end_links_of(session: Session, provider: str, name: str, day: date, *, how: str | None = None) -> None:
    """End every open link of an account on *day*, or only those that were found in one way."""
    query = (
        select(AccountLink)
        .where(Account.provider == provider, Account.name == name, col(AccountLink.account_id) == col(Account.id))
        .where(col(AccountLink.to_day).is_(None))
    )
    for link_ in session.exec(query).all():
        if how is None or link_.how == how:
            _end(session, link_, day)


def close_links(session: Session, person_id: int, day: date) -> None:
    """End every open link of the person on *day*."""
    query = select(AccountLink).where(AccountLink.person_id == person_id, col(AccountLink.to_day).is_(None))
    for link_ in session.exec(query).all():
        _end(session, link_, day)


def _end(session: Session, link_: AccountLink, day: date) -> None:
    if link_.from_day > day:
        session.delete(link_)
    else:
        link_.to_day = day
        session.add(link_)
