"""What is kept of finished work for how long: titles, whose it is, what runs came to, the items themselves."""

from datetime import date, datetime

from sqlalchemy import and_, delete, exists, or_, update
from sqlmodel import Session

from storage.ids import table_of
from storage.tables import Change, Outcome, OutcomeLink, OwnMark

_changes, _outcomes = table_of(Change), table_of(Outcome)
_links, _marks = table_of(OutcomeLink), table_of(OwnMark)
_same = and_(_changes.c.place == _outcomes.c.place, _changes.c.reference == _outcomes.c.reference)


def empty_titles_before(session: Session, day: date) -> None:
    """Empty titles and links of what was finished before *day*."""
    named = or_(_outcomes.c.title != "", _outcomes.c.link != "")
    old = exists().where(_same, _changes.c.finished_on < day)
    session.connection().execute(update(_outcomes).where(named, old).values(title="", link=""))


def drop_stated_before(session: Session, day: date) -> None:
    """Delete what runs before *day* came to for the items that they named."""
    session.connection().execute(delete(_links).where(_links.c.day < day))


def drop_outcomes_before(session: Session, day: date, marked_before: datetime) -> None:
    """Delete whose the items were that were finished before *day* or are known no more.

    A mark that was made before then can be about none that is left.
    """
    left = exists().where(_same, _changes.c.finished_on >= day)
    session.connection().execute(delete(_outcomes).where(~left))
    old = and_(_marks.c.kind == "not_mine", _marks.c.marked_at < marked_before)
    session.connection().execute(delete(_marks).where(old))


def drop_items_before(session: Session, day: date) -> None:
    """Delete items that were finished before *day*."""
    session.connection().execute(delete(_changes).where(_changes.c.finished_on < day))
