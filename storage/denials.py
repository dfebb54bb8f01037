"""Accounts of which a person said that they are not theirs: kept as a setting of theirs, so that nothing links them."""

import json
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col, delete
from sqlmodel import select as model_select

from bot.domain.accounts import FROM_FILE, Denied
from storage.choices import choose, unchoose
from storage.ids import account_id, insert_new, table_of
from storage.links import DENIAL, days_overlap, denial, link
from storage.tables import Account, AccountAllowance, AccountLink, Assignment, FeedScope, Setting

_settings = table_of(Setting)


def denied_by(session: Session, provider: str, claims: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of *claims*, pairs of a person and an account's name, that the person denied."""
    names = {denial(provider, name): name for _, name in claims}
    query = select(_settings.c.person_id, _settings.c.name).where(
        _settings.c.person_id.in_({person for person, _ in claims}), _settings.c.name.in_(names)
    )
    return {(person, names[name]) for person, name in session.connection().execute(query)}


def denied_of(session: Session, person_id: int) -> list[Denied]:
    """Return the accounts that a person denied."""
    query = model_select(Setting).where(Setting.person_id == person_id, col(Setting.name).startswith(DENIAL))
    found = []
    for setting in session.exec(query.order_by(Setting.name)):
        _, provider, name = setting.name.split(" ", 2)
        found.append(Denied(provider, name, setting.changed_at.date()))
    return found


def deny(session: Session, person_id: int, email_mark: bytes | None, provider: str, name: str, now: datetime) -> None:
    """Take the account off the person, with every day of it, and remember that they said so.

    What the person's links were is kept beside it, so that it can be taken back.
    """
    account = account_id(session, provider, name)
    links = session.exec(model_select(AccountLink).where(AccountLink.account_id == account)).all()
    theirs = sorted((each for each in links if each.person_id == person_id), key=lambda each: each.from_day)
    choose(session, person_id, denial(provider, name), json.dumps([_kept(each) for each in theirs]), now)
    for each in theirs:
        session.delete(each)
    session.flush()
    if len(theirs) == len(links):  # asked anew for all days, should it be taken back
        for table in (FeedScope, AccountAllowance):
            session.exec(delete(table).where(col(table.account_id) == account))
    assigned = session.get(Assignment, (provider, name))
    if assigned is not None and email_mark is not None and assigned.email_mark == email_mark:
        assigned.answer = "no"
        session.add(assigned)


def _kept(link_: AccountLink) -> list[str | None]:
    return [link_.from_day.isoformat(), link_.to_day.isoformat() if link_.to_day else None, link_.how, link_.by]


def take_back(session: Session, person_id: int, email_mark: bytes | None, provider: str, name: str) -> None:
    """Forget that the person denied the account: it is theirs again as it was, as far as it is nobody else's now."""
    setting = session.get(Setting, (person_id, denial(provider, name)))
    if setting is None:
        return
    account = account_id(session, provider, name)
    assigned = session.get(Assignment, (provider, name))
    given_away = assigned is not None and assigned.email_mark != email_mark
    for from_day, to_day, how, by in json.loads(setting.value):
        last = date.fromisoformat(to_day) if to_day else None
        if not (given_away and last is None):
            _restore(session, account, person_id, (date.fromisoformat(from_day), last), how, by)
    if assigned is not None and not given_away:
        link(session, account, person_id, assigned.from_day, how=FROM_FILE, by="you")
        assigned.answer = "yes"
        session.add(assigned)
    unchoose(session, person_id, setting.name)


def _restore(session: Session, account: int, person_id: int, days: tuple[date, date | None], how: str, by: str) -> None:
    others = session.exec(model_select(AccountLink).where(AccountLink.account_id == account)).all()
    if any(days_overlap(days, (each.from_day, each.to_day)) for each in others):
        return
    row = {"account_id": account, "person_id": person_id, "from_day": days[0], "to_day": days[1], "how": how, "by": by}
    insert_new(session, AccountLink, [row])


def denied_accounts(session: Session, person_id: int) -> list[int]:
    """Return the ids of the accounts that a person denied."""
    found: list[int] = []
    for each in denied_of(session, person_id):
        query = model_select(Account.id).where(Account.provider == each.provider, Account.name == each.name)
        found += session.exec(query).all()
    return found
