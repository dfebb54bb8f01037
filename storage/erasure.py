"""Erasing somebody, for good."""

from datetime import date

from sqlalchemy import and_
from sqlmodel import Session, col, delete, select

from bot.domain.marks import Marks
from bot.domain.people import SlackId
from storage.ids import upsert
from storage.tables import (
    Account,
    AccountLink,
    EventMark,
    FeedScope,
    OwnFile,
    Person,
    Setting,
    SlackUser,
    Source,
    Token,
    Tombstone,
    UsageDay,
    UsageMonth,
)


def erase(session: Session, person_id: int, marks: Marks, today: date) -> None:
    """Delete everything about the person; a keyed mark stays, so that old files are not taken again."""
    users = session.exec(select(SlackUser).where(SlackUser.person_id == person_id)).all()
    for user in users:
        mark = marks.of_slack(SlackId(user.org_id, user.user_id))
        row = {"slack_mark": mark, "erased_on": today}
        upsert(session, Tombstone, [row], lambda _, new: {"erased_on": new.erased_on})
    for link in session.exec(select(AccountLink).where(AccountLink.person_id == person_id)).all():
        _erase_account(session, link, person_id)
    for model in (AccountLink, Setting, OwnFile, Token, SlackUser):
        session.exec(delete(model).where(col(model.person_id) == person_id))
    session.exec(delete(Person).where(col(Person.id) == person_id))


def _erase_account(session: Session, link: AccountLink, person_id: int) -> None:
    """Delete what hangs on the account while it was the person's, and the account if nobody else had it."""
    theirs = and_(
        col(UsageDay.account_id) == link.account_id,
        col(UsageDay.day).between(link.from_day, link.to_day or date.max),
    )
    session.exec(delete(UsageDay).where(theirs))
    others = select(AccountLink.person_id).where(
        AccountLink.account_id == link.account_id, AccountLink.person_id != person_id
    )
    if session.exec(others).first() is not None:
        return
    session.exec(delete(UsageDay).where(col(UsageDay.account_id) == link.account_id))
    session.exec(delete(UsageMonth).where(col(UsageMonth.account_id) == link.account_id))
    session.exec(delete(FeedScope).where(col(FeedScope.account_id) == link.account_id))
    own_sources = select(Source.id).where(Source.owner == link.account_id)
    session.exec(delete(EventMark).where(col(EventMark.source_id).in_(own_sources)))
    session.exec(delete(Source).where(col(Source.owner) == link.account_id))
    session.exec(delete(Account).where(col(Account.id) == link.account_id))


def erased_on(session: Session, slack_id: SlackId, marks: Marks) -> date | None:
    """Return the day on which this Slack user erased everything, if they ever did."""
    found = session.get(Tombstone, marks.of_slack(slack_id))
    return None if found is None else found.erased_on
