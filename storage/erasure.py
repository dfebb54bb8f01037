"""Erasing somebody, for good."""

from datetime import date

from sqlalchemy import and_, exists, update
from sqlmodel import Session, col, delete, select

from bot.domain.chain import ERASED, Entry
from bot.domain.marks import Marks
from bot.domain.people import SlackId
from storage.access_log import drop_content_about, note_on
from storage.assignments import forget_answers, own_mark
from storage.denials import denied_accounts
from storage.hints import forget_hints
from storage.ids import upsert
from storage.recent_runs import drop_minutes_of
from storage.released import forget_parts_of
from storage.tables import (
    Account,
    AccountAllowance,
    AccountLink,
    Change,
    EventMark,
    FeedScope,
    ListedAccount,
    OtelSeries,
    Outbox,
    Outcome,
    OutcomeLink,
    OwnFile,
    OwnMark,
    Person,
    Setting,
    SlackUser,
    Source,
    Token,
    Tombstone,
    UsageDay,
    UsageMonth,
)
from storage.team_traces import forget_person
from storage.use_case_retention import leave_nameless


def erase(session: Session, person_id: int, marks: Marks, today: date) -> None:
    """Delete everything about the person; a keyed mark stays, so that old files are not taken again.

    Of somebody who never switched on there is nothing that could come back, and no mark. What the
    operator's file says of accounts stays, without the person's answers; so do the facts about repositories,
    released figures, and the hashes of the log's rows. That somebody erased everything is noted, without who.
    """
    users = session.exec(select(SlackUser).where(SlackUser.person_id == person_id)).all()
    links = session.exec(select(AccountLink).where(AccountLink.person_id == person_id)).all()
    for user in users:
        slack_id = SlackId(user.org_id, user.user_id)
        if links:
            _bury(session, marks.of_slack(slack_id), today)
        if mark := own_mark(session, slack_id, marks):
            forget_answers(session, mark)
            session.exec(delete(ListedAccount).where(col(ListedAccount.email_mark) == mark))
    drop_minutes_of(session, person_id)
    for link in links:
        _erase_account(session, link, person_id)
    for account in denied_accounts(session, person_id):
        _erase_if_nobody_elses(session, account, person_id)
    forget_hints(session, person_id)
    forget_person(session, person_id)
    leave_nameless(session, person_id)
    for model in (AccountLink, Setting, Outbox, OwnFile, OwnMark, Token, SlackUser):
        session.exec(delete(model).where(col(model.person_id) == person_id))
    forget_parts_of(session, person_id)
    drop_content_about(session, person_id)
    if session.exec(delete(Person).where(col(Person.id) == person_id)).rowcount:
        note_on(session, Entry(ERASED), today)


def still_here(session: Session, person_id: int) -> bool:
    """Return whether somebody has not been erased; nobody erases them before this transaction ends.

    The row is written as it was: a lock alone would let an erasure that began earlier go on with what it saw.
    """
    unchanged = update(Person).where(col(Person.id) == person_id).values(created_at=Person.created_at)
    return session.connection().execute(unchanged).rowcount == 1


def _bury(session: Session, slack_mark: bytes, today: date) -> None:
    row = {"slack_mark": slack_mark, "erased_on": today}
    upsert(session, Tombstone, [row], lambda _, new: {"erased_on": new.erased_on})


def _erase_account(session: Session, link: AccountLink, person_id: int) -> None:
    """Delete what hangs on the account while it was the person's, and the account if nobody else had it."""
    first, last = link.from_day, link.to_day or date.max
    for used in (UsageDay, OutcomeLink):
        theirs = and_(col(used.account_id) == link.account_id, col(used.day).between(first, last))
        session.exec(delete(used).where(theirs))
    finished_then = exists().where(
        col(Change.place) == col(Outcome.place),
        col(Change.reference) == col(Outcome.reference),
        col(Change.finished_on).between(first, last),
    )
    session.exec(delete(Outcome).where(col(Outcome.account_id) == link.account_id, finished_then))
    _erase_if_nobody_elses(session, link.account_id, person_id)


def _erase_if_nobody_elses(session: Session, account: int, person_id: int) -> None:
    """Delete the account and everything that hangs on it, unless somebody else has or had it."""
    others = select(AccountLink.person_id).where(AccountLink.account_id == account, AccountLink.person_id != person_id)
    if session.exec(others).first() is not None:
        return
    for table in (UsageDay, UsageMonth, FeedScope, AccountAllowance, Outcome, OutcomeLink):
        session.exec(delete(table).where(col(table.account_id) == account))
    own_sources = select(Source.id).where(Source.owner == account)
    for marked in (EventMark, OtelSeries):
        session.exec(delete(marked).where(col(marked.source_id).in_(own_sources)))
    session.exec(delete(Source).where(col(Source.owner) == account))
    session.exec(delete(Account).where(col(Account.id) == account))


def erased_on(session: Session, slack_id: SlackId, marks: Marks) -> date | None:
    """Return the day on which this Slack user erased everything, if they ever did."""
    found = session.get(Tombstone, marks.of_slack(slack_id))
    return None if found is None else found.erased_on
