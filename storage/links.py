"""Which accounts are whose, and from which day to which."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, select

from bot.domain.marks import Marks
from bot.domain.people import Link, Profile, Viewer, normal_email
from storage.ids import account_id, insert_new
from storage.tables import Account, AccountLink, EmailHolder


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
    for provider in providers:
        account = account_id(session, provider, normal_email(profile.email))
        link(session, account, viewer.person_id, from_day, how="your mail address in Slack", by="Slack")


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


def close_links(session: Session, person_id: int, day: date) -> None:
    """End every open link of the person on *day*."""
    query = select(AccountLink).where(AccountLink.person_id == person_id, col(AccountLink.to_day).is_(None))
    for link_ in session.exec(query):
        if link_.from_day > day:
            session.delete(link_)
        else:
            link_.to_day = day
            session.add(link_)
