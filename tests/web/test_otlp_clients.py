"""The clients' own library sends to the bot, over real HTTP, and everything adds up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from bot.web.app import web_app
from storage.engine import Database
from tests.cast import switched_on
from tests.senders import services_for
from tests.telemetry import ns
from tests.web.conftest import served
from tests.web.telemetry_bot import ADAS, CALL, EVENT, POINT, TOKENS, Bot


@pytest.fixture
def live(sqlite_database: Database) -> Iterator[Bot]:
    """The application at the present time, for clients that have a clock of their own; Ada is on."""
    switched_on(sqlite_database, now=datetime.now(UTC))
    with served(web_app(services_for(sqlite_database, now=lambda: datetime.now(UTC)))) as client:
        yield Bot(client, sqlite_database)


def _where(bot: Bot, signal: str) -> dict[str, Any]:
    return {"endpoint": f"{str(bot.client.base_url).rstrip('/')}/v1/{signal}", "headers": bot.operator}


@pytest.mark.parametrize("temporality", [AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE])
@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_counters_of_a_real_client_add_up(
    live: Bot, temporality: AggregationTemporality, compression: Compression
) -> None:
    exporter = OTLPMetricExporter(
        **_where(live, "metrics"), compression=compression, preferred_temporality={Counter: temporality}
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=10**8)
    provider = MeterProvider([reader], Resource({"service.name": "claude-code"}), shutdown_on_exit=False)
    meter = provider.get_meter("com.anthropic.claude_code")
    used, cost = meter.create_counter(TOKENS, "tokens"), meter.create_counter("claude_code.cost.usage", "USD")
    for tokens_used in (100, 20):
        used.add(tokens_used, POINT)
        used.add(7, POINT | {"type": "output"})
        cost.add(0.0125, {"model": "claude-opus-4-7", **ADAS})
        assert provider.force_flush()
    assert provider.force_flush()  # nothing new: a cumulative client says the same again
    provider.shutdown()

    assert (live.total(), live.total("output_tokens")) == (120, 14)
    assert live.total("list_value_nano_usd") == 25_000_000
    assert live.total("partly_unknown") == 0
    assert live.total("requests") is None
    assert live.kinds() == ["otel-metrics"]


def test_events_of_a_real_client_add_up(live: Bot) -> None:
    exporter = OTLPLogExporter(**_where(live, "logs"), compression=Compression.Gzip)
    provider = LoggerProvider(Resource({"service.name": "claude-code"}), shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger = provider.get_logger("com.anthropic.claude_code.events")
    for sequence in (1, 2):
        attributes = {**EVENT, "cost_usd": "0.5", "event.sequence": sequence}
        logger.emit(LogRecord(timestamp=int(ns(datetime.now(UTC))), body="an event", attributes=attributes))
    provider.shutdown()

    assert (live.total(), live.total("requests"), live.total("list_value_nano_usd")) == (18, 2, 10**9)
    assert live.kinds() == ["otel"]


def test_spans_of_a_real_client_add_up(live: Bot) -> None:
    provider = TracerProvider(resource=Resource({"service.name": "triage"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(**_where(live, "traces"))))
    tracer = provider.get_tracer("any")
    agent: dict[str, Any] = CALL | {"gen_ai.operation.name": "invoke_agent"}
    call: dict[str, Any] = CALL | {"gen_ai.operation.name": "chat"}
    with tracer.start_as_current_span("invoke_agent", attributes=agent):
        for _ in range(2):
            with tracer.start_as_current_span("chat", attributes=call):
                pass
    provider.shutdown()

    assert (live.total(), live.total("output_tokens"), live.total("requests")) == (18, 8, 2)
