"""Hints: what one person was shown, with the values that set it off, and what they said of it."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, cast

from sqlmodel import Session, col, delete, select

from bot.domain.hints.choose import ANSWERS, Answer, History, Shown, Where, is_same
from bot.domain.hints.finding import Finding
from bot.domain.hints.wishes import MUTED, WANTED_AGAIN, hint_kind, kinds_with
from storage.choices import settings_of
from storage.ids import insert_new
from storage.own_marks import marks_with_days
from storage.tables import Hint, OwnMark

PLANNED: Final = "planned"


def history_of(session: Session, person_id: int) -> History:
    """Return what the person was shown, what they said of it, what they muted, and which days they planned."""
    chosen = settings_of(session, person_id)
    planned = [subject for kind, subject, _ in marks_with_days(session, person_id) if kind == PLANNED]
    return History(
        shown=[shown for row in _rows(session, person_id) if (shown := _shown(row)) is not None],
        muted=kinds_with(chosen, MUTED),
        wanted=kinds_with(chosen, WANTED_AGAIN),
        planned=frozenset(day for text in planned if (day := _day(text)) is not None),
    )


def record(session: Session, person_id: int, finding: Finding, where: Where, period: str, today: date) -> None:
    """Remember that a finding is shown; one that was shown on that day stays as it is."""
    insert_new(session, Hint, [_row(person_id, finding, where, period, today)])


def answer(session: Session, person_id: int, finding: Finding, said: Answer, now: datetime) -> None:
    """Remember what the person says of a finding: of its last showing, or as one that they asked for."""
    last = _last(session, person_id, finding)
    if last is None or (last.answer and last.shown_on != now.date()):
        record(session, person_id, finding, "asked", "", now.date())
        last = _last(session, person_id, finding)
    if last is not None:
        last.answer, last.answered_at = said, now
        session.add(last)


def _last(session: Session, person_id: int, finding: Finding) -> Hint | None:
    """Return the last showing of what the finding is about."""
    query = select(Hint).where(Hint.person_id == person_id, Hint.kind == finding.kind, Hint.subject == finding.subject)
    rows = session.exec(query.order_by(col(Hint.shown_on).desc())).all()
    return next((row for row in rows if (shown := _shown(row)) and is_same(shown.finding, finding)), None)


def hint_of_week(session: Session, person_id: int, week: str) -> Shown | None:
    """Return the hint in the person's note of a week, if there is one."""
    query = select(Hint).where(Hint.person_id == person_id, Hint.shown_where == "digest", Hint.period == week)
    found = session.exec(query).first()
    return None if found is None else _shown(found)


def alarm_of(session: Session, person_id: int, day: date) -> Shown | None:
    """Return what the person is told at once on a day."""
    query = select(Hint).where(Hint.person_id == person_id, Hint.shown_where == "at once", Hint.shown_on == day)
    found = session.exec(query).first()
    return None if found is None else _shown(found)


def stored_hints(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Return every hint of the person's, column by column, as it is stored."""
    return [row.model_dump(exclude={"person_id"}) for row in _rows(session, person_id)]


def drop_hints_before(session: Session, day: date) -> None:
    """Forget hints that were last shown or answered, and days that were marked as planned, before *day*."""
    begins = datetime.combine(day, time(), UTC)
    old = (col(Hint.answered_at).is_(None)) | (col(Hint.answered_at) < begins)
    session.exec(delete(Hint).where(col(Hint.shown_on) < day, old))
    session.exec(delete(OwnMark).where(col(OwnMark.kind) == PLANNED, col(OwnMark.marked_at) < begins))


def forget_hints(session: Session, person_id: int) -> None:
    """Delete everything that the person was shown and what they said of it."""
    session.exec(delete(Hint).where(col(Hint.person_id) == person_id))


def _rows(session: Session, person_id: int) -> Sequence[Hint]:
    query = select(Hint).where(Hint.person_id == person_id)
    return session.exec(query.order_by(col(Hint.shown_on), Hint.kind, Hint.subject)).all()


def _row(person_id: int, finding: Finding, where: Where, period: str, today: date) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "kind": finding.kind,
        "subject": finding.subject,
        "shown_on": today,
        "shown_where": where,
        "period": period,
        "first_day": finding.first,
        "last_day": finding.last,
        "trigger_values": json.dumps(dict(finding.evidence), sort_keys=True),
        "saving_nano_usd": finding.saving_nano_usd,
        "answer": "",
    }


def _shown(row: Hint) -> Shown | None:
    """Return what a row says; None of a kind that this version does not know."""
    kind = hint_kind(row.kind)
    if kind is None:
        return None
    finding = Finding(
        kind, row.subject, json.loads(row.trigger_values), row.saving_nano_usd, row.first_day, row.last_day
    )
    said: Answer = next((each for each in ANSWERS if each == row.answer), "")
    return Shown(finding, row.shown_on, cast(Where, row.shown_where), row.period, said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
