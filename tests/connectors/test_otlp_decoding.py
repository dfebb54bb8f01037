"""Both encodings lead to the same values, and nothing is read but what is on the list."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors import otlp_batch, otlp_json, otlp_protobuf
from bot.connectors.otlp import LOGS, METRICS, READ, TRACES, Point, Record, UnusableError, exact_nano_usd, whole
from bot.errors import InputError
from tests.telemetry import Json, counter, logs, protobuf, sample, spans


def read(encoding: Any, signal: str, body: bytes) -> list[Any]:
    """Return what an encoding reads out of a request."""
    request = encoding.parse(signal, body)
    if signal == METRICS:
        return list(encoding.points(request, otlp_batch.METRICS))
    return list(encoding.events(request, otlp_batch.EVENTS) if signal == LOGS else encoding.spans(request))


def told(found: Iterable[Any]) -> list[Any]:
    """Return values that can be compared: of points without the hashes, which are of the bytes as they came."""
    return [
        (each.metric, each.origin.attributes, each.attributes, each.start_ns, each.time_ns, str(each.value))
        if isinstance(each, Point)
        else (each.name, each.origin.attributes, each.attributes, each.start_ns, each.time_ns, each.mark)
        for each in found
    ]


@pytest.mark.parametrize(
    ("signal", "request_"),
    [
        (METRICS, sample("claude_code_metrics")),
        (LOGS, sample("claude_code_logs")),
        (LOGS, sample("codex_logs")),
        (TRACES, spans({"gen_ai.usage.input_tokens": 7, "gen_ai.request.model": "m", "user.email": "a@example.com"})),
    ],
)
def test_both_encodings_lead_to_the_same(signal: str, request_: Json) -> None:
    from_json = read(otlp_json, signal, json.dumps(request_).encode())
    from_protobuf = read(otlp_protobuf, signal, protobuf(signal, request_))

    assert from_json
    assert told(from_json) == told(from_protobuf)


@pytest.mark.parametrize(
    ("value", "number"), [({"intValue": 9}, 9), ({"intValue": "9"}, 9), ({"stringValue": "9"}, "9")]
)
def test_numbers_come_as_numbers_or_as_text(value: Json, number: object) -> None:
    request = logs({"event.name": "api_request"})
    record = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    record["attributes"].append({"key": "input_tokens", "value": value})

    (found,) = read(otlp_json, LOGS, json.dumps(request).encode())
    assert found.attributes["input_tokens"] == number
    (found,) = read(otlp_protobuf, LOGS, protobuf(LOGS, request))
    assert found.attributes["input_tokens"] == number


@pytest.mark.parametrize("encoding", [otlp_json, otlp_protobuf])
def test_only_attributes_on_the_list_are_read(encoding: Any) -> None:
    request = logs({"event.name": "api_request", "model": "m", "prompt": "a secret", "tool_input": "another"})
    body = json.dumps(request).encode() if encoding is otlp_json else protobuf(LOGS, request)

    (record,) = read(encoding, LOGS, body)

    assert record.attributes == {"event.name": "api_request", "model": "m"}
    assert not {name for name in READ if "prompt" in name.replace("prompt_tokens", "") or "message" in name}


@pytest.mark.parametrize("encoding", [otlp_json, otlp_protobuf])
def test_fields_that_are_not_known_are_no_mistake(encoding: Any) -> None:
    request = sample("claude_code_logs")
    request["resourceLogs"][0]["brandNew"] = {"of": ["a", "later", "version"]}
    body = json.dumps(request).encode()
    if encoding is otlp_protobuf:
        body = protobuf(LOGS, request) + b"\xfa\x07\x03new"  # field 127, of a later version

    assert len(read(encoding, LOGS, body)) == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"resourceLogs": 3}', b"\xff\xfe", b"[" * 5000])
def test_json_that_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="no OTLP request in JSON"):
        read(otlp_json, LOGS, body)


def test_an_attribute_that_is_no_attribute_is_refused() -> None:
    request = logs({"event.name": "api_request"})
    request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["attributes"] = [{"key": 3}]
    with pytest.raises(InputError, match="no OTLP request in JSON"):
        read(otlp_json, LOGS, json.dumps(request).encode())


def test_bytes_that_are_no_protobuf_are_refused() -> None:
    with pytest.raises(InputError, match="no OTLP request in protobuf"):
        read(otlp_protobuf, LOGS, b"\x0a\xff\xff")


@pytest.mark.parametrize("signal", [METRICS, LOGS, TRACES])
def test_null_and_nothing_are_as_missing(signal: str) -> None:
    assert read(otlp_json, signal, b"{}") == read(otlp_protobuf, signal, b"") == []
    nulls = {"resourceLogs": None, "resourceMetrics": [{"resource": None, "scopeMetrics": None}], "resourceSpans": []}
    assert read(otlp_json, signal, json.dumps(nulls).encode()) == []


@pytest.mark.parametrize("encoding", [otlp_json, otlp_protobuf])
def test_a_value_that_was_not_recorded_is_none(encoding: Any) -> None:
    request = counter("claude_code.token.usage", ({"type": "input", "model": "m"}, 0.0))
    request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"]["dataPoints"][0]["flags"] = 1
    body = json.dumps(request).encode() if encoding is otlp_json else protobuf(METRICS, request)
    assert read(encoding, METRICS, body) == []


@dataclass(frozen=True)
class Changed:
    """Ways in which two points or records differ."""

    request: Json

    def variants(self) -> Iterator[Json]:
        for attribute in ("session.id", "effort"):
            yield counter("claude_code.token.usage", ({"type": "input", "model": "m", attribute: "b"}, 1.0))
        yield counter("claude_code.token.usage", ({"type": "input", "model": "m"}, 1.0), start="1")
        yield counter("claude_code.token.usage", ({"type": "input", "model": "m"}, 1.0), host="b")


@pytest.mark.parametrize("encoding", [otlp_json, otlp_protobuf])
def test_a_point_is_recognised_by_all_that_identifies_it_and_by_nothing_else(encoding: Any) -> None:
    def mark(request: Json) -> bytes:
        body = json.dumps(request).encode() if encoding is otlp_json else protobuf(METRICS, request)
        (point,) = read(encoding, METRICS, body)
        found: bytes = point.mark
        return found

    first = counter("claude_code.token.usage", ({"type": "input", "model": "m"}, 1.0))
    other_value = counter("claude_code.token.usage", ({"type": "input", "model": "m"}, 2.0))
    variants = list(Changed(first).variants())
    assert mark(first) == mark(other_value)
    assert len({mark(first), *map(mark, variants)}) == 1 + len(variants)


def test_a_series_is_the_same_whenever_it_is_read() -> None:
    def series(encoding: Any, start: str) -> bytes:
        request = counter(
            "gemini_cli.token.usage", ({"type": "input", "model": "m"}, 1.0), start=start, cumulative=True
        )
        body = json.dumps(request).encode() if encoding is otlp_json else protobuf(METRICS, request)
        (read_out,) = read(encoding, METRICS, body)
        found: bytes = read_out.series
        return found

    for encoding in (otlp_json, otlp_protobuf):
        assert series(encoding, "1") == series(encoding, "2")


def test_records_with_the_same_numbers_and_another_request_are_two() -> None:
    told = {"event.name": "api_request", "model": "m", "input_tokens": "5"}
    records = read(otlp_json, LOGS, json.dumps(logs({**told, "request_id": "1"}, {**told, "request_id": "2"})).encode())
    assert len({record.mark for record in records if isinstance(record, Record)}) == 2


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "9" * 5000, -1, 1.5, 10**12 + 1, float("nan"), float("inf")])
def test_a_count_that_is_none_is_rejected(value: str | float) -> None:
    with pytest.raises(UnusableError, match="negative, absurd or not whole"):
        whole(value)
    if isinstance(value, float):
        with pytest.raises(UnusableError):
            whole(Decimal(str(value)))


@given(st.integers(0, 10**12))
def test_a_count_is_the_same_in_every_form(count: int) -> None:
    assert {whole(count), whole(float(count)), whole(str(count)), whole(Decimal(count))} == {count}


@given(st.decimals("0", "1000000", places=9))
def test_an_amount_is_exact(amount: Decimal) -> None:
    assert exact_nano_usd(f"{amount:f}") == exact_nano_usd(amount) == int(amount * 10**9)


@pytest.mark.parametrize("value", ["", "free", "-0.1", "NaN", "Infinity", "1e30", float("nan")])
def test_an_amount_that_is_none_is_rejected(value: str | float) -> None:
    with pytest.raises(UnusableError, match="an amount"):
        exact_nano_usd(value)
