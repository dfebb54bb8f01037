"""Telemetry in JSON: read out of the text what is counted, and nothing else."""

from collections.abc import Container, Iterator
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from bot.connectors.otlp import LOGS, METRICS, READ, TRACES, USAGE, Origin, Point, Record, Value, mark_of
from bot.errors import InputError

_CUMULATIVE: Final = 2
_NO_VALUE: Final = 1
_REJECTED: Final = {METRICS: "rejectedDataPoints", LOGS: "rejectedLogRecords", TRACES: "rejectedSpans"}
# Attributes stay as they came: only those that are read are ever decoded.
_NONE: Final = Raw(b"null")
T = TypeVar("T")


class _Camel(Struct, frozen=True, rename="camel", gc=False):
    """Named as the JSON form of protobuf is; fields that are not listed are not read, null is as missing."""


class _Pair(_Camel, frozen=True):
    key: str = ""
    value: Raw = _NONE


class _Any(_Camel, frozen=True):
    string_value: str | None = None
    int_value: int | None = None
    double_value: Decimal | None = None


class _Attributed(_Camel, frozen=True):
    attributes: Raw = _NONE
    name: str | None = None


class _NumberPoint(_Camel, frozen=True):
    attributes: Raw = _NONE
    start_time_unix_nano: int | None = None
    time_unix_nano: int | None = None
    as_int: int | None = None
    as_double: Decimal | None = None
    flags: int | None = None


class _Sum(_Camel, frozen=True):
    data_points: list[_NumberPoint] | None = None
    aggregation_temporality: int | None = None


class _Metric(_Camel, frozen=True):
    name: str | None = None
    sum: _Sum | None = None


class _LogRecord(_Camel, frozen=True):
    attributes: Raw = _NONE
    time_unix_nano: int | None = None
    observed_time_unix_nano: int | None = None
    event_name: str | None = None


class _Span(_Camel, frozen=True):
    attributes: Raw = _NONE
    start_time_unix_nano: int | None = None
    end_time_unix_nano: int | None = None


class _Scope(_Camel, frozen=True):
    scope: Raw = _NONE
    metrics: list[_Metric] | None = None
    log_records: list[_LogRecord] | None = None
    spans: list[_Span] | None = None


class _Resource(_Camel, frozen=True):
    resource: Raw = _NONE
    scope_metrics: list[_Scope] | None = None
    scope_logs: list[_Scope] | None = None
    scope_spans: list[_Scope] | None = None


class Request(_Camel, frozen=True):
    """What is sent of each signal: by resource, then by scope."""

    resource_metrics: list[_Resource] | None = None
    resource_logs: list[_Resource] | None = None
    resource_spans: list[_Resource] | None = None


# Numbers of 64 bits come as text: these decoders take both.
_request: Final = msgspec.json.Decoder(Request, strict=False)
_attributed: Final = msgspec.json.Decoder(_Attributed | None, strict=False)
_pairs: Final = msgspec.json.Decoder(list[_Pair] | None, strict=False)
_value: Final = msgspec.json.Decoder(_Any | None, strict=False)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def parse(_signal: str, body: bytes) -> Request:
    """Return the request that *body* is; raises InputError when it is none."""
    return _decoded(_request, body)


def points(request: Request, metrics: Container[str]) -> Iterator[Point]:
    """Yield the values of the counters named in *metrics*; histograms and gauges count nothing."""
    for resource in request.resource_metrics or ():
        for scope in resource.scope_metrics or ():
            origin = _origin(resource.resource, scope.scope)
            for metric in scope.metrics or ():
                if metric.name in metrics and metric.sum:
                    yield from _points(str(metric.name), origin, metric.sum)


def _points(metric: str, origin: Origin, told: _Sum) -> Iterator[Point]:
    is_cumulative = told.aggregation_temporality == _CUMULATIVE
    prefix = origin.mark + metric.encode()
    for point in told.data_points or ():
        if (point.flags or 0) & _NO_VALUE:
            continue
        value = point.as_int or 0 if point.as_double is None else point.as_double
        start, time = point.start_time_unix_nano or 0, point.time_unix_nano or 0
        identity = bytes(point.attributes)
        mark = mark_of(prefix + b"%d %d " % (start, time) + identity)
        series = mark_of(prefix + identity) if is_cumulative else b""
        yield Point(metric, origin, _read(point.attributes), mark, series, start, time, value, is_cumulative)


def events(request: Request, names: Container[str]) -> Iterator[Record]:
    """Yield the events of a log named in *names*; bodies are not read."""
    for resource in request.resource_logs or ():
        for scope in resource.scope_logs or ():
            origin = _origin(resource.resource, scope.scope)
            for record in scope.log_records or ():
                attributes = _read(record.attributes)
                name = attributes.get("event.name") or record.event_name
                if name in names:
                    time = record.time_unix_nano or record.observed_time_unix_nano or 0
                    yield Record(str(name), origin, attributes, 0, time)


def spans(request: Request) -> Iterator[Record]:
    """Yield the spans that tell of tokens; their names, ids and events are not read."""
    for resource in request.resource_spans or ():
        for scope in resource.scope_spans or ():
            origin = _origin(resource.resource, scope.scope)
            for span in scope.spans or ():
                attributes = _read(span.attributes)
                if not USAGE.isdisjoint(attributes):
                    start, end = span.start_time_unix_nano or 0, span.end_time_unix_nano or 0
                    yield Record("", origin, attributes, start, end)


def answer(signal: str, rejected: int, message: str) -> bytes:
    """Return what a sender is told: nothing, or how many of what it sent were rejected."""
    told = {"partialSuccess": {_REJECTED[signal]: str(rejected), "errorMessage": message}} if rejected else {}
    return msgspec.json.encode(told)


def _origin(resource: Raw, scope: Raw) -> Origin:
    told = _decoded(_attributed, resource) or _Attributed()
    attributes = _read(told.attributes)
    name = (_decoded(_attributed, scope) or _Attributed()).name or ""
    mark = mark_of(bytes(resource) + b"\x1e" + bytes(scope))
    return Origin(str(attributes.get("service.name", "")), name, attributes, mark)


def _read(attributes: Raw) -> dict[str, Value]:
    """Return the attributes that are read, where they are texts or numbers; no other value is decoded."""
    found: dict[str, Value] = {}
    for pair in _decoded(_pairs, attributes) or ():
        if pair.key not in READ:
            continue
        told = _decoded(_value, pair.value) or _Any()
        values: tuple[Any, ...] = (told.string_value, told.int_value, told.double_value)
        value = next((each for each in values if each not in {None, ""}), None)
        if value is not None:
            found[pair.key] = value
    return found


def _decoded(decoder: "msgspec.json.Decoder[T]", content: bytes | Raw) -> T:
    try:
        return decoder.decode(content)
    except _UNREADABLE:
        raise InputError("The body is no OTLP request in JSON.") from None
