"""What all replicas share, read from the database in one short reading: the queue and the sources."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.errors import BusyError
from bot.measuring import table
from bot.services import Services
from storage import watched
from storage.engine import Database
from storage.watched import Queue, SourceStands

# Fewer would tell something about single people.
FEW: Final = 5
Samples = Mapping[str, Mapping[tuple[str, ...], float]]  # by metric, then by its labels


@dataclass(frozen=True, slots=True)
class Shared:
    """What the database says at one moment."""

    queue: Queue
    sources: Sequence[SourceStands]


class Reading:
    """Reads for one asker at a time: while a reading hangs, the next is told at once that there is none."""

    def __init__(self, database: Database) -> None:
        self._database, self._one = database, threading.Lock()

    def now(self, now: datetime) -> Shared | None:
        """Return what the database says; None when it is away, or takes longer than two seconds."""
        if not self._one.acquire(blocking=False):
            return None
        try:
            with self._database.reading() as session:
                watched.be_quick(session)
                return Shared(watched.queue(session, now), watched.sources(session))
        except BusyError:
            return None
        finally:
            self._one.release()


def shared_samples(services: Services, shared: Shared, kinds: Mapping[str, object]) -> Samples:
    """Return the samples of what is shared; of messages those of *kinds*, of sources those that are configured."""
    now, queue = services.now(), shared.queue
    waited = (now - queue.due_since).total_seconds() if queue.due_since else 0.0
    found: dict[str, dict[tuple[str, ...], float]] = {
        table.DUE: {(): queue.due},
        table.OLDEST_DUE: {(): max(0.0, waited)},
        table.DEAD: {(kind,): queue.dead.get(kind, 0) for kind in kinds},
        table.SKIPPED: {(kind,): queue.skipped.get(kind, 0) for kind in kinds},
    }
    configured = {(source.kind, source.name) for source in services.all_sources}
    for stands in shared.sources:
        if (stands.kind, stands.name) in configured:
            for name, value in _of_source(stands, now).items():
                mine, label = found.setdefault(name, {}), (stands.kind,)
                mine[label] = _worst(name, mine.get(label, value), value)
    return found


def _of_source(stands: SourceStands, now: datetime) -> dict[str, float]:
    unmatched = stands.unmatched_accounts or 0
    failing = (now - stands.failing_since).total_seconds() if stands.failing_since else 0.0
    found = {table.FAILING: max(0.0, failing), table.UNLINKED: float(unmatched if unmatched >= FEW else 0)}
    if stands.last_success_at is not None:
        found[table.LAST_SUCCESS] = stands.last_success_at.timestamp()
    if stands.data_to is not None:
        over = datetime.combine(stands.data_to + timedelta(days=1), time(), UTC)
        found[table.DATA_AGE] = max(0.0, (now - over).total_seconds())
    return found


def _worst(name: str, one: float, other: float) -> float:
    """Return the worse of two of one kind, of which a company may connect several."""
    return min(one, other) if name == table.LAST_SUCCESS else max(one, other)
