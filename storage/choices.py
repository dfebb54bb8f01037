"""What a person chose, the files they had made, and requests that were already carried out."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, delete, select

from storage.ids import insert_new, table_of, upsert
from storage.tables import BlockVerdict, JobSlot, OwnFile, SeenRequest, Setting

# A refusal of rich blocks is believed for a week: a workspace may change its plan.
_VERDICT_DAYS: Final = 7
# The job under whose name alerts are told once.
ALERT: Final = "alert"
# Whether somebody waits for their last weeks, newly on, or has been told that they are there.
BACK_FILL: Final = "back_fill"
WAITING: Final = "waiting"
TOLD: Final = "told"

_settings = table_of(Setting)
_CHOICES: Final = core_select(_settings.c.name, _settings.c.value).where(
    _settings.c.person_id == bindparam("person_id")
)


_verdicts = table_of(BlockVerdict)
_VERDICT: Final = core_select(_verdicts.c.refused_at).where(
    _verdicts.c.org_id == bindparam("org_id"), _verdicts.c.surface == bindparam("surface")
)


class File(NamedTuple):
    """A file of a person's own data in their app DM."""

    file_id: str
    made_at: datetime
    deleted_at: datetime | None


def settings_of(session: Session, person_id: int) -> dict[str, str]:
    """Return everything the person chose, by name."""
    return {name: value for name, value in session.connection().execute(_CHOICES, {"person_id": person_id})}


def choose(session: Session, person_id: int, name: str, value: str, now: datetime) -> None:
    """Remember a choice."""
    row = {"person_id": person_id, "name": name, "value": value, "changed_at": now}
    upsert(session, Setting, [row], lambda _, new: {"value": new.value, "changed_at": new.changed_at})


def choose_first(session: Session, person_id: int, name: str, value: str, now: datetime) -> bool:
    """Remember a choice unless there is one; return whether there was none."""
    row = {"person_id": person_id, "name": name, "value": value, "changed_at": now}
    return insert_new(session, Setting, [row]) == 1


def persons_who_chose(session: Session, name: str, value: str) -> list[int]:
    """Return the persons whose choice *name* is *value*."""
    query = select(Setting.person_id).where(Setting.name == name, Setting.value == value)
    return list(session.exec(query.order_by(col(Setting.person_id))))


def unchoose(session: Session, person_id: int, name: str) -> None:
    """Forget a choice."""
    session.exec(delete(Setting).where(col(Setting.person_id) == person_id, col(Setting.name) == name))


def note_file(session: Session, person_id: int, file_id: str, now: datetime) -> None:
    """Remember that the person had a file made."""
    session.add(OwnFile(person_id=person_id, file_id=file_id, made_at=now))


def files_of(session: Session, person_id: int) -> list[File]:
    """Return the files that the person had made, the latest first."""
    query = select(OwnFile).where(OwnFile.person_id == person_id).order_by(col(OwnFile.made_at).desc())
    return [File(f.file_id, f.made_at, f.deleted_at) for f in session.exec(query)]


def note_file_deleted(session: Session, person_id: int, file_id: str, now: datetime) -> None:
    """Remember that the file is gone."""
    found = session.get(OwnFile, (person_id, file_id))
    if found is not None:
        found.deleted_at = now
        session.add(found)


def first_time(session: Session, mark: bytes, now: datetime) -> bool:
    """Take a request that changes something; return whether nobody has taken it before."""
    return insert_new(session, SeenRequest, [{"mark": mark, "seen_at": now}]) == 1


def take_slot(session: Session, job: str, slot: str, now: datetime) -> bool:
    """Take one tick of a job; return whether nobody has taken it before."""
    return insert_new(session, JobSlot, [{"job": job, "slot": slot, "taken_at": now}]) == 1


def drop_seen_before(session: Session, at: datetime, *, alerts_at: datetime) -> None:
    """Forget requests and ticks that are older than *at*, and alerts that are older than *alerts_at*."""
    session.exec(delete(SeenRequest).where(col(SeenRequest.seen_at) < at))
    is_alert = col(JobSlot.job) == ALERT
    session.exec(delete(JobSlot).where(~is_alert, col(JobSlot.taken_at) < at))
    session.exec(delete(JobSlot).where(is_alert, col(JobSlot.taken_at) < alerts_at))


def rich_blocks_refused(session: Session, org_id: str, surface: str, now: datetime) -> bool:
    """Return whether *surface* refused rich blocks within the last week."""
    refused_at = session.connection().execute(_VERDICT, {"org_id": org_id, "surface": surface}).scalar()
    return refused_at is not None and refused_at > now - timedelta(days=_VERDICT_DAYS)


def note_rich_blocks_refused(session: Session, org_id: str, surface: str, now: datetime) -> None:
    """Remember that *surface* refused rich blocks."""
    row = {"org_id": org_id, "surface": surface, "refused_at": now}
    upsert(session, BlockVerdict, [row], lambda _, new: {"refused_at": new.refused_at})
