"""What a sender of telemetry is told, over real HTTP, and that everything counts once."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from sqlmodel import select

from bot.web.app import web_app
from bot.web.otlp import MAX_BODY
from storage.engine import Database, open_database
from storage.tables import OtelSeries
from tests.cast import T0, switched_on
from tests.senders import services_for
from tests.telemetry import Json, counter, logs, ns, protobuf, sample, spans, together
from tests.web.conftest import served
from tests.web.telemetry_bot import ADAS, CALL, EVENT, JSON, POINT, PROTOBUF, TOKENS, Bot


@pytest.fixture
def bot(sqlite_database: Database) -> Iterator[Bot]:
    """The application over SQLite, at the time of the tests."""
    with served(web_app(services_for(sqlite_database))) as client:
        yield Bot(client, sqlite_database)


@pytest.fixture
def on_both(database: Database) -> Iterator[Bot]:
    """The application over each engine."""
    with served(web_app(services_for(database))) as client:
        yield Bot(client, database)


# the samples, and what is said to a sender


@pytest.mark.parametrize(
    ("signal", "name", "measures"),
    [
        ("logs", "claude_code_logs", (9, 21_000, 412, 29_100_000, 1)),
        ("metrics", "claude_code_metrics", (9, 21_000, 412, 29_100_000, None)),
        ("logs", "codex_logs", (3_000, 9_000, 300, None, 1)),
    ],
)
@pytest.mark.parametrize("encoded", [JSON, PROTOBUF], ids=["json", "protobuf"])
def test_a_sample_is_stored_exactly(
    bot: Bot, signal: str, name: str, measures: Sequence[int | None], encoded: dict[str, str]
) -> None:
    switched_on(bot.database)
    body = json.dumps(sample(name)).encode() if encoded is JSON else protobuf(signal, sample(name))
    for _ in range(2):
        answer = bot.client.post(f"/v1/{signal}", content=body, headers=encoded | bot.operator)
        assert (answer.status_code, answer.content) == (200, b"{}" if encoded is JSON else b"")
        assert answer.headers["content-type"] == encoded["Content-Type"]
    names = ("uncached_input_tokens", "cache_read_tokens", "output_tokens", "list_value_nano_usd", "requests")
    stored = [bot.total(each) for each in names]
    if "codex" in name:
        assert stored[3] is not None  # from the price list
        stored[3] = None
    assert tuple(stored) == measures
    assert bot.total("billed_nano_usd") is None


@pytest.mark.parametrize(
    ("signal", "name", "make"),
    [
        ("metrics", "rejectedDataPoints", lambda told: counter(TOKENS, (POINT | told, 5.0), (POINT, 5.0))),
        ("logs", "rejectedLogRecords", lambda told: logs(EVENT | told, EVENT)),
        ("traces", "rejectedSpans", lambda told: spans(CALL | told, CALL)),
    ],
)
def test_what_cannot_be_used_is_counted_in_the_answer_and_the_rest_lands(
    bot: Bot, signal: str, name: str, make: Callable[[Json], Json]
) -> None:
    switched_on(bot.database)
    spoilt = make({"model": "", "gen_ai.request.model": ""})
    assert bot.said(signal, spoilt) == {"partialSuccess": {name: "1", "errorMessage": "1 without a model"}}
    assert bot.total() in {5, 9}


def test_in_protobuf_the_answer_says_the_same(bot: Bot) -> None:
    body = protobuf("metrics", counter(TOKENS, ({"type": "input"}, 5.0)))
    answer = bot.client.post("/v1/metrics", content=body, headers=PROTOBUF | bot.operator)
    told = ExportMetricsServiceResponse.FromString(answer.content).partial_success
    assert (told.rejected_data_points, told.error_message) == (1, "1 without a model")


@pytest.mark.parametrize("signal", ["metrics", "logs", "traces"])
def test_a_sender_that_makes_no_sense_is_told_so(bot: Bot, signal: str) -> None:
    def status(content: bytes, **headers: str) -> int:
        sent = bot.operator | {name.replace("_", "-"): value for name, value in headers.items()}
        return bot.client.post(f"/v1/{signal}", content=content, headers=sent).status_code

    assert status(b"{", content_type="application/json") == 400
    assert status(b"\x0a\xff\xff", content_type="application/x-protobuf") == 400
    assert status(b"no gzip", content_type="application/json", content_encoding="gzip") == 400
    assert status(b"{}", content_type="application/json; charset=utf-8") == 200
    assert status(b"{}", content_type="text/plain") == 415
    assert status(b"{}") == 415
    assert status(b" " * (MAX_BODY + 1), content_type="application/json") == 413
    bomb = gzip.compress(b" " * (64 * 2**20 + 1), compresslevel=1)
    assert status(bomb, content_type="application/json", content_encoding="gzip") == 413
    assert status(b"{}", content_type="application/json", Authorization="Bearer ww_nobody") == 401


def test_a_token_may_send_so_often_whatever_the_path(bot: Bot) -> None:
    paths = ["/v1/usage", "/v1/metrics", "/v1/logs"] * 200  # so many only on a machine that is busy
    answers = (bot.client.post(path, content=b"{}", headers=JSON | bot.operator) for path in paths)
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"


def test_while_the_database_is_away_senders_are_asked_to_come_back(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with served(web_app(services_for(database))) as client:
        answer = client.post("/v1/logs", content=b"{}", headers=JSON | {"Authorization": "Bearer ww_x"})
    database.dispose()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


# once


REPEATABLE: Final = [
    ("metrics", counter(TOKENS, (POINT, 5.0), (POINT | {"effort": "high"}, 4.0)), 9),
    ("metrics", counter(TOKENS, (POINT, 9.0), start="1", cumulative=True), 9),
    ("metrics", counter(TOKENS, (POINT, 9.0), start="0", cumulative=True), 9),
    ("logs", logs(EVENT), 9),
    ("traces", spans(CALL), 9),
]


@pytest.mark.parametrize(("signal", "request_", "total"), REPEATABLE)
def test_a_repeat_adds_nothing(on_both: Bot, signal: str, request_: Json, total: int) -> None:
    switched_on(on_both.database)
    for _ in range(3):
        assert on_both.said(signal, request_) == {}
    assert on_both.said(signal, together(request_, request_)) == {}
    assert (on_both.total(), on_both.total(table="source_day")) == (total, total)


@pytest.mark.parametrize(("signal", "request_", "total"), REPEATABLE)
def test_what_two_replicas_get_at_once_counts_once(on_both: Bot, signal: str, request_: Json, total: int) -> None:
    switched_on(on_both.database)
    with served(web_app(services_for(on_both.database))) as second, ThreadPoolExecutor(8) as threads:
        other = Bot.__new__(Bot)
        other.client, other.database, other.operator = second, on_both.database, on_both.operator
        answers = list(threads.map(lambda bot: bot.send(signal, request_).status_code, [on_both, other] * 6))
    assert answers == [200] * 12
    assert (on_both.total(), on_both.total(table="source_day")) == (total, total)


def test_a_cumulative_series_adds_what_it_grew_by_and_starts_again(bot: Bot) -> None:
    switched_on(bot.database)

    def say(value: float, started: int, minute: int) -> int | None:
        at, start = T0 - timedelta(minutes=30 - minute), ns(T0 - timedelta(hours=9 - started))
        assert bot.said("metrics", counter(TOKENS, (POINT, value), at=at, start=start, cumulative=True)) == {}
        return bot.total()

    assert say(100, started=1, minute=1) == 100  # it had counted before the bot knew it
    assert say(130, started=1, minute=2) == 130
    assert say(130, started=1, minute=3) == 130
    assert say(110, started=1, minute=2) == 130  # late
    assert say(20, started=2, minute=4) == 150  # begun again
    assert say(140, started=1, minute=3) == 150  # late, from before it began again
    assert say(25, started=2, minute=5) == 155


def test_when_a_series_began_is_not_kept(bot: Bot) -> None:
    switched_on(bot.database)
    start = ns(T0 - timedelta(hours=1))
    bot.said("metrics", counter(TOKENS, (POINT, 9.0), start=start, cumulative=True))
    with bot.database.reading() as session:
        (kept,) = session.exec(select(OtelSeries.started_at))

    assert kept > int(start) + 10**9 * 3600


def test_values_of_one_request_are_taken_in_the_order_of_their_times(bot: Bot) -> None:
    switched_on(bot.database)
    values = [(POINT, 30.0, 3), (POINT, 10.0, 1), (POINT, 20.0, 2)]
    requests = [
        counter(TOKENS, (point, value), at=T0 - timedelta(minutes=9 - minute), start="0", cumulative=True)
        for point, value, minute in values
    ]
    bot.said("metrics", together(*requests))
    assert bot.total() == 30


def test_events_and_counters_of_the_same_work_are_two_sources_and_the_events_are_believed(bot: Bot) -> None:
    switched_on(bot.database)
    bot.said("logs", logs(EVENT))
    bot.said("metrics", counter(TOKENS, (POINT, 9.0)))
    order = services_for(bot.database).overlaps["claude-code"]
    assert bot.kinds() == ["otel", "otel-metrics"]
    assert order.index("otel") < order.index("otel-metrics")


def test_tokens_and_cost_that_arrive_apart_make_one_whole_row(on_both: Bot) -> None:
    switched_on(on_both.database)
    on_both.said("metrics", counter(TOKENS, (POINT, 9.0)))
    on_both.said("metrics", counter("claude_code.cost.usage", ({"model": "claude-opus-4-7", **ADAS}, 0.5)))
    on_both.said("metrics", counter(TOKENS, (POINT | {"type": "output"}, 4.0)))
    values = [on_both.total(name) for name in ("uncached_input_tokens", "output_tokens", "list_value_nano_usd")]
    assert values == [9, 4, 5 * 10**8]
    assert (on_both.total("1"), on_both.total("partly_unknown")) == (1, 0)
