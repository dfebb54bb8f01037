"""What telemetry brings: events of requests, spans and counters, each counted once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from sqlmodel import Session

from bot import push_counting
from bot.connectors import otlp_batch, otlp_readings, push
from bot.connectors.otlp import EVENTS_KIND, METRICS_KIND, NOBODY, Point, Record
from bot.connectors.otlp_batch import Rejected
from bot.connectors.otlp_readings import Reading
from bot.connectors.push_batch import Marked
from bot.connectors.push_event import Event, Person
from bot.domain.series import Reached
from bot.run_counting import note_readings
from bot.services import Services
from storage import people, pushes, series
from storage.tokens import Bearer

_OTHERS = "of somebody else, and this token is one person's"
_Told = TypeVar("_Told", Event, Reading)


class Taken(NamedTuple):
    """What became of a request: how many of its points or records count, and what was rejected for which reason."""

    read: int
    rejected: Rejected


def take_events(services: Services, records: Iterable[Record], bearer: Bearer) -> Taken:
    """Count the events of logs that have not been counted before."""
    rejected = Rejected()
    marked = otlp_batch.events(records, push.window(services.now()), rejected)
    return _take(services, partial(_count_events, marked=marked), bearer, len(marked.events), rejected)


def take_spans(services: Services, spans: Iterable[Record], bearer: Bearer) -> Taken:
    """Count the spans that have not been counted before."""
    rejected = Rejected()
    marked = otlp_batch.calls(spans, services.overlaps, push.window(services.now()), rejected)
    return _take(services, partial(_count_events, marked=marked), bearer, len(marked.events), rejected)


def take_points(services: Services, points: Iterable[Point], bearer: Bearer) -> Taken:
    """Count the values of counters that have not been counted before."""
    rejected = Rejected()
    readings = otlp_batch.readings(points, push.window(services.now()), rejected)
    return _take(services, partial(_count_readings, readings=readings), bearer, len(readings), rejected)


def _take(services: Services, count: Callable[..., int], bearer: Bearer, read: int, rejected: Rejected) -> Taken:
    others = 0
    if read:
        others = services.database.adding(lambda session: count(session, services, bearer))
    if others:
        rejected[_OTHERS] += others
    return Taken(read - others, rejected)


def _count_events(session: Session, services: Services, bearer: Bearer, marked: Marked) -> int:
    """Count events; return how many were somebody else's than the token's person's."""
    events = _own(session, services, bearer, marked.events)
    kept = [row for row in zip(events, marked.marks, marked.contents, strict=True) if row[0] is not None]
    sender = push_counting.sender_of(session, EVENTS_KIND, bearer)
    if sender is not None and kept:
        mine, marks, contents = zip(*kept, strict=True)
        push_counting.count_from(session, services, sender, Marked(mine, marks, contents), otlp_batch.basis_of)
    return len(events) - len(kept)


def _count_readings(session: Session, services: Services, bearer: Bearer, readings: Sequence[Reading]) -> int:
    """Count readings; return how many were somebody else's than the token's person's."""
    mine = [reading for reading in _own(session, services, bearer, readings) if reading is not None]
    sender = push_counting.sender_of(session, METRICS_KIND, bearer)
    if sender is not None:
        fresh = list(_fresh(session, services, sender.source, mine))
        whose = push_counting.holders_of(session, services, {each.person.identity for each in mine})
        sums = otlp_readings.sums(fresh, services.prices)
        push_counting.add_sums(session, services, sender, sums, pieces=True, whose=whose)
        note_readings(session, services, sender.source, fresh, whose, own=bool(sender.account))
    return len(readings) - len(mine)


def _own(session: Session, services: Services, bearer: Bearer, told: Sequence[_Told]) -> Sequence[_Told | None]:
    """Return *told* as the token's person's, None in the place of somebody else's; an operator's as it is."""
    if bearer.person_id is None:
        return told
    named = ((each.person, each.day) for each in told if each.person != NOBODY)
    refused = push_counting.others(session, services, bearer.person_id, named)
    owner = people.by_person_id(session, bearer.person_id)
    person = NOBODY if owner is None else Person(slack_user_id=owner.slack_id.user_id)
    return [None if (each.person, each.day) in refused else each.about(person) for each in told]


def _fresh(
    session: Session, services: Services, source: int, readings: Sequence[Reading]
) -> Iterator[tuple[Reading, int]]:
    """Yield the readings that have not been counted, each with what it adds."""
    today = services.now().date()
    # where a start is said, how far the series had counted is memory enough
    once = {each.mark: each for each in readings if not each.is_cumulative or not each.start_ns}
    known = pushes.claim(session, source, dict.fromkeys(once, 0), today)
    fresh = [each for mark, each in once.items() if mark not in known]
    yield from ((each, each.value) for each in fresh if not each.is_cumulative)
    growing = [each for each in readings if each.is_cumulative and each.start_ns]
    growing += [each for each in fresh if each.is_cumulative]
    growing.sort(key=lambda each: (each.start_ns, each.time_ns))
    shift = services.marks.shift_of_series
    told = [
        (each.series, Reached(each.start_ns and each.start_ns + shift(each.series), each.value)) for each in growing
    ]
    yield from zip(growing, series.advance(session, source, told, today), strict=True)
