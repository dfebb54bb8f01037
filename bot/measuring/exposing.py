"""What a scrape is told: the process's own counts, what the database says, and what this process is."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Final

from bot.jobs.kind import ToPerson
from bot.jobs.kinds import KINDS
from bot.measuring import counters, table
from bot.measuring.counters import BOUNDS, Spread
from bot.measuring.reading import FEW, Shared, shared_samples
from bot.measuring.table import METRICS, Metric
from bot.services import Services
from storage.migrate import head_revision

if TYPE_CHECKING:
    from prometheus_client.metrics_core import HistogramMetricFamily
    from prometheus_client.metrics_core import Metric as Family

_TOLD: Final = frozenset({"sent", "found", "skipped", "dead", "uncertain"})


def exposition(services: Services, shared: Shared | None) -> tuple[bytes, str]:
    """Return what Prometheus reads, and its content type; *shared* is None while the database is away."""
    # A bot that nobody scrapes has no use for it, half a megabyte of its memory.
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
    from prometheus_client.registry import Collector, CollectorRegistry

    class Once(Collector):
        def collect(self) -> Iterator["Family"]:
            return families(services, shared)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Once())
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


def families(services: Services, shared: Shared | None) -> Iterator["Family"]:
    """Yield every metric with its samples; what is shared has none while the database is away."""
    samples = _own(services)
    samples[table.DATABASE_UP] = {(): float(shared is not None)}
    if shared is not None:
        samples.update(shared_samples(services, shared, KINDS))
    for name, metric in METRICS.items():
        if metric.kind == "histogram":
            yield _histogram(name, metric, services.measures.spreads(name))
        elif not metric.shared or shared is not None:
            counted = services.measures.counts(name)
            yield _family(name, metric, samples.get(name) or _counted(name, metric, counted))


def _own(services: Services) -> dict[str, Mapping[tuple[str, ...], float]]:
    connection, pool = services.connection, services.pool
    found: dict[str, Mapping[tuple[str, ...], float]] = {
        table.BUILD: {_build(): 1},
        table.IN_HAND: {(): pool.in_hand},
        table.REFUSED: {(): pool.refused},
        table.CONNECTED: {(connection.transport or "none",): float(connection.connected)},
        table.REBUILDS: {(): connection.rebuilds},
    }
    if connection.last_pong_at is not None:
        found[table.PONG_AGE] = {(): max(0.0, monotonic() - connection.last_pong_at)}
    return found


@cache  # both are read from files
def _build() -> tuple[str, str]:
    return version("worthwhile"), head_revision()


def _counted(name: str, metric: Metric, counted: Mapping[tuple[str, ...], int]) -> Mapping[tuple[str, ...], float]:
    if name == counters.MESSAGES:
        return {labels: _said(number, *labels) for labels, number in counted.items() if labels[1] in _TOLD}
    if not metric.labels and metric.kind == "counter":
        return {(): counted.get((), 0)}  # from the first scrape on, so that the first one to come is a rise
    return {labels: float(number) for labels, number in counted.items()}


def _said(number: int, kind: str, came_to: str) -> int:
    """Return how many messages are told of; of those that people got in fives: one would be about one person."""
    to_people = isinstance(KINDS.get(kind), ToPerson) and came_to in {"sent", "found"}
    return number - number % FEW if to_people else number


def _family(name: str, metric: Metric, samples: Mapping[tuple[str, ...], float]) -> "Family":
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

    make = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = make(name, metric.text, labels=metric.labels)
    for labels, value in sorted(samples.items()):
        family.add_metric(labels, value)
    return family


def _histogram(name: str, metric: Metric, spreads: Mapping[tuple[str, ...], Spread]) -> "HistogramMetricFamily":
    from prometheus_client.metrics_core import HistogramMetricFamily

    family = HistogramMetricFamily(name, metric.text, labels=metric.labels)
    for labels, spread in sorted(spreads.items()):
        sums, total = [], 0
        for bound, count in zip((*map(str, BOUNDS[name]), "+Inf"), spread.counts, strict=True):
            total += count
            sums.append((bound, float(total)))
        family.add_metric(labels, sums, spread.seconds)
    return family
