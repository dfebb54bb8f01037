"""Telemetry in protobuf: read out of the messages what is counted, and nothing else."""

from collections.abc import Container, Iterable, Iterator
from typing import Any, Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, DataPointFlags, NumberDataPoint
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from bot.connectors.otlp import LOGS, METRICS, READ, TRACES, USAGE, Origin, Point, Record, Value, mark_of
from bot.errors import InputError

_NO_VALUE: Final = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
_CUMULATIVE: Final = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
_REQUESTS: Final[dict[str, Any]] = {
    METRICS: ExportMetricsServiceRequest,
    LOGS: ExportLogsServiceRequest,
    TRACES: ExportTraceServiceRequest,
}
_RESPONSES: Final[dict[str, tuple[Any, str]]] = {
    METRICS: (ExportMetricsServiceResponse, "rejected_data_points"),
    LOGS: (ExportLogsServiceResponse, "rejected_log_records"),
    TRACES: (ExportTraceServiceResponse, "rejected_spans"),
}


def parse(signal: str, body: bytes) -> Any:
    """Return the request that *body* is; raises InputError when it is none."""
    request = _REQUESTS[signal]()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise InputError("The body is no OTLP request in protobuf.") from None
    return request


def points(request: ExportMetricsServiceRequest, metrics: Container[str]) -> Iterator[Point]:
    """Yield the values of the counters named in *metrics*; histograms and gauges count nothing."""
    for resource in request.resource_metrics:
        for scope in resource.scope_metrics:
            origin = _origin(resource.resource, scope.scope)
            for metric in scope.metrics:
                if metric.name in metrics and metric.HasField("sum"):
                    is_cumulative = metric.sum.aggregation_temporality == _CUMULATIVE
                    yield from _points(metric.name, origin, metric.sum.data_points, is_cumulative=is_cumulative)


def _points(
    metric: str, origin: Origin, data_points: Iterable[NumberDataPoint], *, is_cumulative: bool
) -> Iterator[Point]:
    prefix = origin.mark + metric.encode()
    for point in data_points:
        value = point.as_double or point.as_int  # only one of them is set
        if not value and point.flags & _NO_VALUE:
            continue
        start, time, attributes = point.start_time_unix_nano, point.time_unix_nano, read_out(point.attributes)
        # the message is ours: what does not identify the point is taken out before it is hashed
        point.ClearField("value")
        mark = mark_of(prefix + point.SerializeToString())
        series = _series(prefix, point) if is_cumulative else b""
        yield Point(metric, origin, attributes, mark, series, start, time, value, is_cumulative)


def _series(prefix: bytes, point: NumberDataPoint) -> bytes:
    for name in ("start_time_unix_nano", "time_unix_nano", "exemplars", "flags"):
        point.ClearField(name)
    return mark_of(prefix + point.SerializeToString())


def events(request: ExportLogsServiceRequest, names: Container[str]) -> Iterator[Record]:
    """Yield the events of a log named in *names*; bodies are not read."""
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            origin = _origin(resource.resource, scope.scope)
            for record in scope.log_records:
                attributes = read_out(record.attributes)
                name = attributes.get("event.name") or record.event_name
                if name in names:
                    time = record.time_unix_nano or record.observed_time_unix_nano
                    yield Record(str(name), origin, attributes, 0, time)


def spans(request: ExportTraceServiceRequest) -> Iterator[Record]:
    """Yield the spans that tell of tokens; their names, ids and events are not read."""
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            origin = _origin(resource.resource, scope.scope)
            for span in scope.spans:
                attributes = read_out(span.attributes)
                if not USAGE.isdisjoint(attributes):
                    yield Record("", origin, attributes, span.start_time_unix_nano, span.end_time_unix_nano)


def answer(signal: str, rejected: int, message: str) -> bytes:
    """Return what a sender is told: nothing, or how many of what it sent were rejected."""
    if not rejected:
        return b""
    response, name = _RESPONSES[signal]
    told = response(partial_success={name: rejected, "error_message": message})
    return bytes(told.SerializeToString())


def _origin(resource: Resource, scope: InstrumentationScope) -> Origin:
    attributes = read_out(resource.attributes)
    mark = mark_of(resource.SerializeToString() + b"\x1e" + scope.SerializeToString())
    return Origin(str(attributes.get("service.name", "")), scope.name, attributes, mark)


def read_out(attributes: Iterable[KeyValue]) -> dict[str, Value]:
    """Return the attributes that are read, where they are texts or numbers; no other value is touched."""
    found: dict[str, Value] = {}
    for pair in attributes:
        key = pair.key
        if key in READ:
            value = pair.value
            text = value.string_value
            if text:
                found[key] = text
            elif value.HasField("int_value"):
                found[key] = value.int_value
            elif value.HasField("double_value"):
                found[key] = value.double_value
    return found
