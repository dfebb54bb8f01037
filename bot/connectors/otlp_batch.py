"""Sorting out what a request of telemetry brings: what counts, and what is rejected for which reason."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from typing import Final

from msgspec import UNSET

from bot.connectors import otlp_claude_code, otlp_codex, otlp_gemini, otlp_genai
from bot.connectors.otlp import Point, Record, UnusableError
from bot.connectors.otlp_readings import Reading
from bot.connectors.push import MAX_AGE, Window
from bot.connectors.push_batch import Marked
from bot.connectors.push_event import Event
from bot.connectors.push_measures import Basis

# How an event of each name is understood; the events of other names are not read.
EVENTS: Final[Mapping[str, Callable[[Record], Event | None]]] = {
    **dict.fromkeys(otlp_claude_code.EVENTS, otlp_claude_code.event),
    otlp_codex.EVENT: otlp_codex.event,
    otlp_gemini.EVENT: otlp_gemini.event,
}
# How a value of each counter is understood; other metrics are not read.
METRICS: Final[Mapping[str, Callable[[Point], Reading | None]]] = {
    **dict.fromkeys(otlp_claude_code.METRICS, otlp_claude_code.reading),
    **dict.fromkeys(otlp_claude_code.SAVES, otlp_claude_code.saved),
    otlp_gemini.METRIC: otlp_gemini.reading,
    otlp_gemini.SAVES: otlp_gemini.saved,
}
_NS: Final = 10**9


class Rejected(Counter[str]):
    """How many points or records were rejected, by a plain reason that names nobody."""

    @property
    def message(self) -> str:
        """All reasons in one line."""
        return "; ".join(f"{count} {reason}" for reason, count in sorted(self.items()))


def events(records: Iterable[Record], window: Window, rejected: Rejected) -> Marked:
    """Return what the events of logs add, each with its mark."""
    return _marked(records, lambda record: EVENTS[record.name](record), window, rejected)


def calls(spans: Iterable[Record], tools: Container[str], window: Window, rejected: Rejected) -> Marked:
    """Return what spans add, each with its mark."""
    return _marked(spans, partial(otlp_genai.event, tools=tools), window, rejected)


def _marked(
    records: Iterable[Record], understand: Callable[[Record], Event | None], window: Window, rejected: Rejected
) -> Marked:
    earliest, latest = _nanoseconds(window)
    found: list[Event] = []
    marks: list[bytes] = []
    for record in records:
        try:
            event = understand(record)
        except UnusableError as error:
            rejected[str(error)] += 1
            continue
        if event is None:
            continue
        if not earliest <= record.time_ns <= latest:
            rejected[_UNTIMELY] += 1
            continue
        found.append(event)
        marks.append(record.mark)
    # a repeat is a repeat: there is no other content that one mark could stand for
    return Marked(found, marks, [0] * len(marks))


def readings(points: Iterable[Point], window: Window, rejected: Rejected) -> list[Reading]:
    """Return what the values of counters say."""
    earliest, latest = _nanoseconds(window)
    found: list[Reading] = []
    for point in points:
        try:
            reading = METRICS[point.metric](point)
        except UnusableError as error:
            rejected[str(error)] += 1
            continue
        if reading is None:
            continue
        if not earliest <= point.time_ns <= latest:
            rejected[_UNTIMELY] += 1
        elif not 0 <= point.start_ns <= point.time_ns:
            rejected["with a start after its time"] += 1
        else:
            found.append(reading)
    return found


_UNTIMELY: Final = f"in the future or more than {MAX_AGE.days} days ago"


def _nanoseconds(window: Window) -> tuple[int, int]:
    return int(window.earliest.timestamp()) * _NS, int(window.latest.timestamp()) * _NS


def basis_of(event: Event) -> Basis:
    """Return what the money of a client's event rests on: never a bill."""
    if event.cost is UNSET:
        return Basis.PRICE_LIST
    return Basis.UNKNOWN if event.cost is None else Basis.VENDOR
