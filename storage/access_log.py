"""The log of who could see what: rows are added, days are sealed, content can go, hashes stay."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from bot.domain.chain import BEGINNING, Broken, Entry, LoggedRow, SealedMark, chained, first_break, row_hash, short_mark
from storage.ids import insert_new
from storage.tables import AccessDay, AccessEntry, ReleasedFigure

_DAY = timedelta(days=1)
_SALT_BYTES = 16
_GONE = {"salt": b"", "kind": "", "cell": "", "period": "", "person_id": None, "readers": "", "policy_mark": ""}


def note(session: Session, entry: Entry, now: datetime) -> None:
    """Add a row to the log, in the same transaction as what it tells of."""
    note_on(session, entry, now.date())


def note_on(session: Session, entry: Entry, today: date) -> None:
    """Add a row to the log of *today*; where that day is sealed, to the first that is not.

    Two who write at once do not meet: the key is the row's own hash, and equal places are told apart by it.
    """
    sealed = _last_sealed(session)
    day = today if sealed is None else max(today, sealed[0] + _DAY)
    place = session.exec(select(func.count()).select_from(AccessEntry).where(AccessEntry.day == day)).one() + 1
    salt = secrets.token_bytes(_SALT_BYTES)
    content = {
        "kind": entry.kind,
        "cell": entry.cell,
        "period": entry.period,
        "person_id": entry.person_id,
        "readers": entry.readers,
        "policy_mark": entry.policy_mark,
    }
    row = {"day": day, "row_hash": row_hash(salt, day, entry), "place": place, "salt": salt, **content}
    insert_new(session, AccessEntry, [row])


def mark_of_day(session: Session, day: date) -> str:
    """Return the log's mark of *day*: final once the day is sealed, before that over what is there now."""
    stored = session.get(AccessDay, day)
    if stored is not None:
        return short_mark(stored.day_hash)
    days = _unsealed(session, day)
    return short_mark(days[-1][1] if days else BEGINNING)


def sealed_marks(session: Session) -> list[SealedMark]:
    """Return the marks of all days that are sealed, the latest first."""
    days = session.exec(select(AccessDay).order_by(col(AccessDay.day).desc()))
    return [SealedMark(each.day, short_mark(each.day_hash)) for each in days]


def last_sealed(session: Session) -> SealedMark | None:
    """Return the mark of the last day that is sealed: what is released now can be compared with it for good."""
    sealed = _last_sealed(session)
    return None if sealed is None else SealedMark(sealed[0], short_mark(sealed[1]))


def _unsealed(session: Session, last: date) -> list[tuple[date, bytes]]:
    """Return the days to *last* that are not sealed, with their hashes; nothing before the first row."""
    sealed = _last_sealed(session)
    first = _first_day(session) if sealed is None else sealed[0] + _DAY
    if first is None:
        return []
    before = BEGINNING if sealed is None else sealed[1]
    return list(chained(before, first, last, _rows(session, first, last)))


def seal(session: Session, today: date) -> int:
    """Seal every day before *today* that has rows or follows one that is sealed; return how many were."""
    days = [{"day": day, "day_hash": hashed} for day, hashed in _unsealed(session, today - _DAY)]
    return insert_new(session, AccessDay, days)


def verify(session: Session) -> Broken | None:
    """Return the first thing that is wrong with the log; None when it is as it was written."""
    sealed = [(each.day, each.day_hash) for each in session.exec(select(AccessDay).order_by(col(AccessDay.day)))]
    return first_break(sealed, _rows(session, date.min, date.max), _printed(session))


def _printed(session: Session) -> list[SealedMark]:
    """Return every mark that went out with a figure of the ledger."""
    query = select(col(ReleasedFigure.log_day), col(ReleasedFigure.log_mark)).distinct()
    return [SealedMark(day, mark) for day, mark in session.exec(query) if day is not None]


def entries_about(session: Session, person_id: int) -> list[LoggedRow]:
    """Return the rows about one person's own files, the latest first."""
    query = select(AccessEntry).where(AccessEntry.person_id == person_id)
    return _latest_first(session.exec(query).all())


def entries_of(session: Session, kinds: Sequence[str]) -> list[LoggedRow]:
    """Return the rows of some kinds, about nobody, the latest first."""
    query = select(AccessEntry).where(col(AccessEntry.kind).in_(kinds), col(AccessEntry.person_id).is_(None))
    return _latest_first(session.exec(query).all())


def drop_content_about(session: Session, person_id: int) -> None:
    """Drop what rows about a person say; their hashes stay in the chain."""
    session.connection().execute(update(AccessEntry).where(col(AccessEntry.person_id) == person_id).values(**_GONE))


def drop_content_before(session: Session, day: date) -> None:
    """Drop what rows of days before *day* say; their hashes stay in the chain."""
    old = (col(AccessEntry.day) < day, col(AccessEntry.kind) != "")
    session.connection().execute(update(AccessEntry).where(*old).values(**_GONE))


def _last_sealed(session: Session) -> tuple[date, bytes] | None:
    last = session.exec(select(AccessDay).order_by(col(AccessDay.day).desc()).limit(1)).first()
    return None if last is None else (last.day, last.day_hash)


def _first_day(session: Session) -> date | None:
    return session.exec(select(func.min(AccessEntry.day))).one()


def _rows(session: Session, first: date, last: date) -> list[LoggedRow]:
    query = select(AccessEntry).where(col(AccessEntry.day).between(first, last))
    return [_logged(row) for row in session.exec(query)]


def _latest_first(rows: Sequence[AccessEntry]) -> list[LoggedRow]:
    return [_logged(row) for row in sorted(rows, key=lambda row: (row.day, row.place, row.row_hash), reverse=True)]


def _logged(row: AccessEntry) -> LoggedRow:
    if not row.salt:
        return LoggedRow(row.day, row.place, row.row_hash, None)
    entry = Entry(row.kind, row.cell, row.period, row.person_id, row.readers, row.policy_mark)  # type: ignore[arg-type]
    return LoggedRow(row.day, row.place, row.row_hash, entry, row.salt)
