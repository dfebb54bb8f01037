"""Taking telemetry in, from bytes to a committed answer, against decoding the same bytes alone.

Two baselines, timed in the same run and in turn with the whole way:
- parsing alone: `ParseFromString`, no value looked at;
- decoding: `ParseFromString`, and then reading the attributes that are counted, the time and the value
  of every point or record. This is what the bar is held against.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, Final, NamedTuple, cast

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from benchmarks.sent import MARKS, NOW, ORG, PEOPLE, hire
from benchmarks.table import Row
from bot import telemetry
from bot.connectors import otlp_batch, otlp_protobuf
from bot.connectors.otlp import LOGS, METRICS
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.policy import load_policy
from bot.services import Services
from bot.slack import Slack
from storage import migrate
from storage.engine import Database, open_database
from storage.tokens import Bearer
from tests.postgresql import running_postgresql

_ROUNDS: Final = 7
_POINTS: Final = 10_000
_SESSIONS: Final = 500
_COLLECTOR: Final = Bearer("collector", None)
_MODELS: Final = ("claude-opus-4-7[1m]", "claude-sonnet-4-5", "claude-haiku-4-5")
_WORK: Final = ((_MODELS[0], "main"), (_MODELS[0], "subagent"), (_MODELS[1], "subagent"), (_MODELS[2], "auxiliary"))
_TYPES: Final = ("input", "output", "cacheRead", "cacheCreation")
_DELTA: Final = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
_CUMULATIVE: Final = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


class _NoSlack:
    org_id = ORG


class _Sent(NamedTuple):
    """A way in: what is sent in each round, and how it is parsed, read and taken."""

    body: Callable[[int], bytes]
    parse: Callable[[bytes], Any]
    read: Callable[[Any], None]
    take: Callable[[Services, bytes], None]


def main() -> list[Row]:
    """Measure both engines and return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder, _services(f"sqlite:///{folder}/speed.db") as services:
        rows = _all(services, "SQLite", ">= 0.30")
    with running_postgresql() as server, server.empty() as url, _services(url) as services:
        return rows + _all(services, "PostgreSQL", "-")  # its server works on the same cores


def _all(services: Services, engine: str, bar: str) -> list[Row]:
    ways = {
        "counters, delta": _Sent(lambda seed: _metrics(seed, _DELTA), _parse_metrics, _read_metrics, _take_metrics),
        "counters, cumulative": _Sent(
            lambda seed: _metrics(seed, _CUMULATIVE), _parse_metrics, _read_metrics, _take_metrics
        ),
        "events": _Sent(_logs, _parse_logs, _read_logs, _take_logs),
    }
    return [row for name, way in ways.items() for row in _compare(services, f"telemetry, {name}, {engine}", bar, way)]


@contextmanager
def _services(url: str) -> Iterator[Services]:
    database: Database = open_database(url)
    try:
        migrate.upgrade(database)
        database.writing(hire)
        yield Services(
            database=database,
            policy=load_policy(None),
            prices=price_book(None),
            overlaps=load_overlaps(None),
            marks=MARKS,
            now=lambda: NOW,
            slack=cast(Slack, _NoSlack()),
            pool=cast(Any, None),
            web_url="",
        )
    finally:
        database.dispose()


def _compare(services: Services, what: str, bar: str, way: _Sent) -> list[Row]:
    """Time the whole way and its parts in turn; the machine's moods then fall on all."""
    whole: list[float] = []
    decoded: list[float] = []
    parsed: list[float] = []
    for seed in range(_ROUNDS + 1):
        body = way.body(seed)
        took = (
            _seconds(lambda body=body: way.take(services, body)),  # type: ignore[misc]
            _seconds(lambda body=body: way.read(way.parse(body))),  # type: ignore[misc]
            _seconds(lambda body=body: way.parse(body)),  # type: ignore[misc]
        )
        if seed:  # the first round warms up
            for speeds, seconds in zip((whole, decoded, parsed), took, strict=True):
                speeds.append(_POINTS / seconds)
    of_decoding = median(one / other for one, other in zip(whole, decoded, strict=True))
    of_parsing = median(one / other for one, other in zip(whole, parsed, strict=True))
    return [
        Row(f"{what}: a second, {_POINTS:,} in a request", f"{median(whole):,.0f}", "-"),
        Row(f"{what}: of parsing and reading alone ({median(decoded):,.0f})", f"{of_decoding:.2f}", bar),
        Row(f"{what}: of parsing alone ({median(parsed):,.0f})", f"{of_parsing:.3f}", "-"),
    ]


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _parse_metrics(body: bytes) -> Any:
    return otlp_protobuf.parse(METRICS, body)


def _parse_logs(body: bytes) -> Any:
    return otlp_protobuf.parse(LOGS, body)


def _read_metrics(request: ExportMetricsServiceRequest) -> None:
    for resource in request.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.sum.data_points:
                    otlp_protobuf.read_out(point.attributes)
                    _ = point.start_time_unix_nano, point.time_unix_nano, point.as_double


def _read_logs(request: ExportLogsServiceRequest) -> None:
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                otlp_protobuf.read_out(record.attributes)
                _ = record.time_unix_nano


def _take_metrics(services: Services, body: bytes) -> None:
    points = otlp_protobuf.points(_parse_metrics(body), otlp_batch.METRICS)
    assert telemetry.take_points(services, points, _COLLECTOR).read == _POINTS


def _take_logs(services: Services, body: bytes) -> None:
    records = otlp_protobuf.events(_parse_logs(body), otlp_batch.EVENTS)
    assert telemetry.take_events(services, records, _COLLECTOR).read == _POINTS


def _metrics(seed: int, temporality: Any) -> bytes:
    """Return a request as a collector sends it: sessions of many people, twenty points each."""
    chance = random.Random(seed)
    request = ExportMetricsServiceRequest()
    for number in range(_SESSIONS):
        session = chance.randrange(PEOPLE) if temporality == _DELTA else number
        resource = request.resource_metrics.add()
        resource.resource.attributes.extend(_attributes({"service.name": "claude-code", "service.version": "2.1.248"}))
        scope = resource.scope_metrics.add()
        scope.scope.name = "com.anthropic.claude_code"
        counters = {name: scope.metrics.add(name=f"claude_code.{name}.usage").sum for name in ("token", "cost")}
        for counter in counters.values():
            counter.aggregation_temporality, counter.is_monotonic = temporality, True
        at = int(NOW.timestamp() * 10**9) - (100 - seed) * 10**9
        start = at if temporality == _DELTA else 10**18
        for model, source in _WORK:
            whose = {**_whose(session), "model": model, "query_source": source}
            for kind in (*_TYPES, ""):
                told = whose | {"type": kind} if kind else whose
                point = counters["token" if kind else "cost"].data_points.add(start_time_unix_nano=start)
                point.time_unix_nano, point.as_double = at + 1, float(seed * 10_000 + chance.randrange(10_000))
                point.attributes.extend(_attributes(told))
    return bytes(request.SerializeToString())


def _logs(seed: int) -> bytes:
    """Return a request of events, as many as fit, of many people."""
    chance = random.Random(seed)
    request = ExportLogsServiceRequest()
    for _ in range(_SESSIONS):
        resource = request.resource_logs.add()
        resource.resource.attributes.extend(_attributes({"service.name": "claude-code", "service.version": "2.1.248"}))
        scope = resource.scope_logs.add()
        scope.scope.name = "com.anthropic.claude_code.events"
        session = chance.randrange(PEOPLE)
        for sequence in range(_POINTS // _SESSIONS):
            at = int(NOW.timestamp() * 10**9) - chance.randrange(60 * 10**9)
            record = scope.log_records.add(time_unix_nano=at, observed_time_unix_nano=at)
            record.body.string_value = "claude_code.api_request"
            record.attributes.extend(_attributes(_request(chance, session, sequence)))
    return bytes(request.SerializeToString())


def _request(chance: random.Random, session: int, sequence: int) -> dict[str, str]:
    return {
        **_whose(session),
        "event.name": "api_request",
        "event.sequence": str(sequence),
        "prompt.id": f"09a624c0-0000-4000-8000-{chance.randrange(10**12):012}",
        "model": chance.choice(_MODELS),
        "input_tokens": str(chance.randrange(50)),
        "output_tokens": str(chance.randrange(3_000)),
        "cache_read_tokens": str(chance.randrange(200_000)),
        "cache_creation_tokens": str(chance.randrange(9_000)),
        "cost_usd": f"{chance.random():.6f}",
        "duration_ms": str(chance.randrange(60_000)),
        "request_id": f"req_{chance.randrange(10**16):016}",
        "query_source": "repl_main_thread",
    }


def _whose(session: int) -> dict[str, str]:
    return {
        "session.id": f"005d9938-0000-4000-8000-{session:012}",
        "user.id": f"{session:064x}",
        "user.email": f"person{session}@example.com",
        "user.account_uuid": f"00000000-0000-4000-8000-{session:012}",
        "user.account_id": f"user_{session:024}",
        "app.entrypoint": "cli",
        "organization.id": "00000000-0000-4000-8000-000000000001",
        "terminal.type": "vscode",
    }


def _attributes(values: dict[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in values.items()]


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<85} {row.figure:>12}   {row.bar}")
