"""The collector's configuration: nothing is lost before the bot has it, and no prompt comes as far as the bot."""

import re
from pathlib import Path
from typing import Any, Final, cast

import yaml
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from bot.connectors.otlp import READ
from bot.web.bodies import MAX_UNPACKED
from bot.web.otlp import MAX_BODY, Telemetry

COLLECTOR: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "extras/collector.yaml").read_text("utf-8")
)
SIGNALS: Final = ("log", "trace", "metric")
# What clients call a prompt, an answer, or what a tool was told: none is an attribute that is kept.
TEXTS: Final = (
    *("prompt", "user_prompt", "gen_ai.prompt", "gen_ai.completion", "gen_ai.input.messages", "gen_ai.output.messages"),
    *("gen_ai.system_instructions", "tool_input", "tool_parameters", "message", "response_text", "request_text"),
)
TELLING: Final = (
    *("service.name", "service.instance.id", "host.name", "process.pid", "user.email", "app.entrypoint"),
    *("worthwhile.trigger", "worthwhile.work", "worthwhile.run"),
)
STARTED: Final = ("process.command", "process.command_line", "process.command_args", "app.argv")


def statements(signal: str) -> list[str]:
    (group,) = COLLECTOR["processors"]["transform/needed"][f"{signal}_statements"]
    return list(group["statements"])


def deleted(signal: str, where: str) -> re.Pattern[str]:
    (pattern,) = re.findall(rf'delete_matching_keys\({where}, "(.+)"\)', "\n".join(statements(signal)))
    return re.compile(pattern)


def test_where_the_exporter_sends_to_the_bot_listens() -> None:
    listening = {
        (route.path, method)
        for route in Telemetry(cast(Any, None), cast(Any, None)).routes
        for method in route.methods or ()
    }
    (exporter,) = COLLECTOR["exporters"].values()
    assert exporter["endpoint"].count("/") == 2  # no path: the exporter adds one for each signal
    assert listening == {(f"/v1/{signal}", "POST") for signal in COLLECTOR["service"]["pipelines"]}
    assert (exporter["encoding"], exporter["compression"]) == ("proto", "gzip")


def test_memory_is_bounded_first_and_what_the_bot_cannot_take_waits_on_the_disk() -> None:
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        assert pipeline["processors"] == ["memory_limiter", "filter/counted", "transform/needed", "batch"]
    (exporter,) = COLLECTOR["exporters"].values()
    assert COLLECTOR["extensions"][exporter["sending_queue"]["storage"]]["directory"].startswith("/var/")
    assert exporter["retry_on_failure"]["max_elapsed_time"].endswith("h")


def test_a_batch_of_the_longest_records_fits_into_a_request() -> None:
    long = [KeyValue(key=name, value=AnyValue(string_value="x" * 200)) for name in sorted(READ)]
    record = LogRecord(time_unix_nano=1_795_000_000 * 10**9, attributes=long).ByteSize()
    # a batch is sent once it is full, so the last export that goes in may come on top: clients send 512 at a time
    most = (COLLECTOR["processors"]["batch"]["send_batch_size"] + 512) * record
    assert most <= MAX_UNPACKED
    assert most / 4 <= MAX_BODY  # such text packs to a quarter at least


def test_no_processor_lets_a_prompt_through() -> None:
    assert not READ & set(TEXTS)
    for signal in ("log", "trace"):
        assert any(each.startswith("keep_keys(attributes, ") for each in statements(signal))
    assert 'set(body, "")' in statements("log")
    assert 'set(status.message, "")' in statements("trace")
    assert COLLECTOR["processors"]["filter/counted"]["traces"]["spanevent"] == ["true"]
    found = deleted("metric", "attributes")
    assert [
        name for name in ("prompt", "user_prompt", "message", "tool_input", "tool_parameters") if not found.search(name)
    ] == []


def test_how_a_program_was_started_stays_outside_and_what_tells_programs_apart_comes_in() -> None:
    for signal in SIGNALS:
        found = deleted(signal, "resource.attributes")
        assert [name for name in STARTED if not found.search(name)] == []
        assert [name for name in TELLING if found.search(name)] == []
