"""Telemetry made up for tests, in both encodings, and what the bot reads in it."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from google.protobuf import json_format  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.connectors import otlp_batch, otlp_json
from bot.connectors.otlp import LOGS, METRICS, TRACES
from bot.connectors.otlp_batch import Rejected
from bot.connectors.otlp_readings import Reading
from bot.connectors.push import window
from bot.connectors.push_event import Event
from tests.cast import T0

SAMPLES: Final = Path(__file__).parent / "providers/samples/otlp"
SERVICES: Final = {"claude_code": "claude-code", "gemini_cli": "gemini-cli", "codex": "codex_cli_rs"}
_REQUESTS: Final[dict[str, Any]] = {
    METRICS: ExportMetricsServiceRequest,
    LOGS: ExportLogsServiceRequest,
    TRACES: ExportTraceServiceRequest,
}
Json = dict[str, Any]


def ns(at: datetime) -> str:
    """Return a moment as telemetry says it."""
    return str(int(at.timestamp()) * 10**9)


def attributes(values: Json) -> list[Json]:
    """Return attributes in the JSON form; a list is an array of texts."""
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not ...]


def _value(value: Any) -> Json:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def logs(*records: Json, service: str = "claude-code", scope: str = "", **resource: Any) -> Json:
    """Return a request of events, each given by its attributes; "time" and "body" are the record's own."""
    told = [
        {
            "timeUnixNano": ns(each.get("time", T0)),
            "body": _value(each.get("body", "an event")),
            "attributes": attributes({key: value for key, value in each.items() if key not in {"time", "body"}}),
        }
        for each in records
    ]
    return {"resourceLogs": [{**_resource(service, resource), "scopeLogs": [_scope(scope, logRecords=told)]}]}


def spans(*records: Json, service: str = "triage", **resource: Any) -> Json:
    """Return a request of spans, each given by its attributes and its "time"."""
    told = [
        {
            "traceId": "5b8efff798038103d269b633813fc60c",
            "spanId": f"{number:016x}",
            "name": "chat",
            "startTimeUnixNano": ns(each.get("time", T0)),
            "endTimeUnixNano": ns(each.get("time", T0)),
            "attributes": attributes({key: value for key, value in each.items() if key != "time"}),
        }
        for number, each in enumerate(records)
    ]
    return {"resourceSpans": [{**_resource(service, resource), "scopeSpans": [_scope("", spans=told)]}]}


def counter(
    name: str,
    *points: tuple[Json, float],
    at: datetime = T0,
    start: str | None = None,
    cumulative: bool = False,
    **resource: Any,
) -> Json:
    """Return a request with one counter: attributes and value of each point."""
    told = [
        {
            "attributes": attributes(values),
            "startTimeUnixNano": ns(at) if start is None else start,
            "timeUnixNano": ns(at),
            "asDouble": value,
        }
        for values, value in points
    ]
    total = {"aggregationTemporality": 2 if cumulative else 1, "isMonotonic": True, "dataPoints": told}
    service = SERVICES[name.partition(".")[0]]
    scoped = _scope("", metrics=[{"name": name, "sum": total}])
    return {"resourceMetrics": [{**_resource(service, resource), "scopeMetrics": [scoped]}]}


def _resource(service: str, more: Json) -> Json:
    return {"resource": {"attributes": attributes({"service.name": service, **more})}}


def _scope(name: str, **content: Any) -> Json:
    return {"scope": {"name": name}, **content}


def together(*requests: Json) -> Json:
    """Return several requests of one signal as one."""
    (signal,) = {key for request in requests for key in request}
    return {signal: [resource for request in requests for resource in request[signal]]}


def protobuf(signal: str, request: Json) -> bytes:
    """Return a request in protobuf."""
    message = json_format.ParseDict(_without_ids(request), _REQUESTS[signal](), ignore_unknown_fields=True)
    return bytes(message.SerializeToString())


def _without_ids(value: Any) -> Any:
    """Return JSON without the ids, which its protobuf library takes for another encoding."""
    if isinstance(value, dict):
        return {key: _without_ids(each) for key, each in value.items() if key not in {"traceId", "spanId"}}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value


def sample(name: str) -> Json:
    """Return a sample request."""
    request: Json = json.loads((SAMPLES / f"synthetic.{name}.json").read_text("utf-8"))
    return request


def events_in(request: Json, rejected: Rejected | None = None, now: datetime = T0) -> list[Event]:
    """Return what the events of a request add."""
    told = otlp_json.events(otlp_json.parse(LOGS, json.dumps(request).encode()), otlp_batch.EVENTS)
    return list(otlp_batch.events(told, window(now), Rejected() if rejected is None else rejected).events)


def calls_in(
    request: Json, rejected: Rejected | None = None, tools: Iterable[str] = ("opencode", "claude-code")
) -> list[Event]:
    """Return what the spans of a request add."""
    told = otlp_json.spans(otlp_json.parse(TRACES, json.dumps(request).encode()))
    return list(otlp_batch.calls(told, set(tools), window(T0), Rejected() if rejected is None else rejected).events)


def readings_in(request: Json, rejected: Rejected | None = None) -> list[Reading]:
    """Return what the values of counters in a request say."""
    told = otlp_json.points(otlp_json.parse(METRICS, json.dumps(request).encode()), otlp_batch.METRICS)
    return otlp_batch.readings(told, window(T0), Rejected() if rejected is None else rejected)
