"""Telling the operators what needs a look, once a day each, and that it is over."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlmodel import Session

from bot.domain.delivery import Failure, Meaning, meaning
from bot.domain.troubles import Facts, Room, Trouble, over, told_today, troubles
from bot.jobs.kind import Kind, Payload
from bot.jobs.operators import kinds_for_operators
from bot.measuring.counters import MISSED
from bot.services import Services
from bot.views.alerts import is_over, needs_a_look
from bot.views.blocks import Message
from storage import watched
from storage.choices import ALERT, take_slot
from storage.engine import Database
from storage.operator_mail import plan_for_operators
from storage.undelivered import undelivered_since
from storage.watched import SourceStands

NEEDS_A_LOOK: Final = "needs_a_look"
_TOLD, _OVER = "look", "over"  # how the slots of alerts begin
_DAY: Final = timedelta(days=1)


class Watching:
    """What one process watches: what all replicas share, and of its own counts what is new since its day began."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._late_before = self._rebuilds_before = 0

    def look(self, services: Services) -> int:
        """Plan what operators have to be told; return how many messages are new."""
        if not services.operators.user_ids and not services.operators.channel:
            return 0  # nobody is told, and `doctor` says so
        found = troubles(self._facts(services))
        with services.database.reading() as session:
            told = watched.told_of(session, _TOLD, _OVER)
        today, planned = services.now().date(), 0
        for each in told_today(found, told, today):
            planned += _tell(services, each, _TOLD, today)
        for each in over(found, told):
            planned += _tell(services, each, _OVER, told[each.key])
        return planned

    def _facts(self, services: Services) -> Facts:
        late, rebuilds = self._new_today(services)
        now = services.now()
        with services.database.reading() as session:
            queue = watched.queue(session, now)
            given_up = [each for each in undelivered_since(session, now - _DAY) if each.given_up]
            sources = watched.sources(session)
        return Facts(
            at=now,
            failing_since=_failing(services, sources),
            due_since=queue.due_since,
            given_up_in_a_day=sum(each.number for each in given_up if not _has_left(each.why)),
            room=_room(services.database),
            late_acknowledgements=late,
            rebuilds=rebuilds,
        )

    def _new_today(self, services: Services) -> tuple[int, int]:
        """Return the late acknowledgements and the connections made anew since the day (UTC) or the process began."""
        today = services.now().date()
        late, rebuilds = services.measures.counts(MISSED).get((), 0), services.connection.rebuilds
        if self._day is not None and self._day != today:
            self._late_before, self._rebuilds_before = late, rebuilds
        self._day = today
        return late - self._late_before, rebuilds - self._rebuilds_before


def _failing(services: Services, sources: Sequence[SourceStands]) -> dict[str, datetime]:
    """Return since when each source fails that is still configured."""
    configured = {(source.kind, source.name) for source in services.all_sources}
    return {
        f"{each.kind}/{each.name}": each.failing_since
        for each in sources
        if each.failing_since is not None and (each.kind, each.name) in configured
    }


def _has_left(why: str) -> bool:
    return meaning(Failure(why, 200)) is Meaning.PERSON


def _room(database: Database) -> Room | None:
    """Return how much room is left; of a database on another machine that is not known."""
    file = database.engine.url.database if database.is_sqlite else None
    with suppress(OSError):
        if file:
            disk = shutil.disk_usage(Path(file).resolve().parent)
            return Room(disk.free, disk.total)
    return None


def _tell(services: Services, trouble: Trouble, begins: str, day: date) -> bool:
    """Plan that *trouble* is there, or is over, unless that was planned; return whether it is new."""
    now = services.now()
    slot = f"{begins} {trouble.key} {day.isoformat()}"
    payload = {"trouble": trouble.name, "about": trouble.about, "over": "yes" if begins == _OVER else ""}

    def work(session: Session) -> bool:
        if not take_slot(session, ALERT, slot, now):
            return False
        return plan_for_operators(session, services.operators, NEEDS_A_LOOK, slot, now, payload)

    return services.database.writing(work)


def _compose(_services: Services, payload: Payload) -> Message:
    trouble = Trouble(payload["trouble"], payload["about"])
    return is_over(trouble) if payload["over"] else needs_a_look(trouble)


KINDS: Final[Mapping[str, Kind]] = kinds_for_operators(NEEDS_A_LOOK, _compose)
