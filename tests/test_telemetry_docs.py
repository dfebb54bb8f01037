"""What the page on telemetry tells people to type or paste works, and the collector's configuration fits the bot."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

from bot.connectors import otlp_batch
from bot.connectors.otlp import READ
from extras.openclaw_usage import _options

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs/telemetry.md").read_text("utf-8")
COLLECTOR: Final[dict[str, Any]] = yaml.safe_load((ROOT / "extras/collector.yaml").read_text("utf-8"))
OURS: Final = "http://127.0.0.1:8080"


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def statements(signal: str) -> str:
    (group,) = COLLECTOR["processors"]["transform/needed"][f"{signal}_statements"]
    return " ".join(group["statements"])


def test_every_snippet_can_be_read() -> None:
    languages = re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)
    assert set(languages) == {"json", "toml", "sh", "text"}
    for snippet in snippets("sh"):
        assert all(shlex.split(line) for line in snippet.splitlines())


def test_claude_code_is_told_to_send_protobuf_and_no_prompts() -> None:
    environment = json.loads(snippets("json")[0])["env"]
    assert environment["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf"
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == OURS
    assert environment["OTEL_EXPORTER_OTLP_HEADERS"].startswith("Authorization=Bearer ")
    assert {value for name, value in environment.items() if name.startswith("OTEL_LOG_")} == {"0"}
    assert all(isinstance(value, str) for value in environment.values())


def test_codex_is_told_to_send_its_log_and_no_prompts() -> None:
    (told,) = map(tomllib.loads, snippets("toml"))
    exporter = told["otel"]["exporter"]["otlp-http"]
    assert (told["otel"]["log_user_prompt"], exporter["endpoint"]) == (False, f"{OURS}/v1/logs")
    assert exporter["protocol"] in {"binary", "json"}


def test_gemini_cli_is_told_to_send_no_prompts() -> None:
    told = json.loads(snippets("json")[1])["telemetry"]
    assert (told["enabled"], told["logPrompts"], told["otlpProtocol"]) == (True, False, "http")
    assert told["otlpEndpoint"].endswith(COLLECTOR["receivers"]["otlp"]["protocols"]["http"]["endpoint"][-5:])


def test_the_options_of_the_script_are_those_on_the_page() -> None:
    (line,) = (line for snippet in snippets("sh") for line in snippet.splitlines() if "openclaw_usage" in line)
    assert vars(_options(shlex.split(line)[3:])).keys() == {
        name.removeprefix("--") for name in re.findall(r"^\| `(--\w+)`", PAGE, re.MULTILINE)
    }


def test_every_part_of_the_collectors_pipelines_is_there_and_is_used() -> None:
    service = COLLECTOR["service"]
    assert service["pipelines"].keys() == {"metrics", "logs", "traces"}
    for kind in ("receivers", "processors", "exporters"):
        used = {name for pipeline in service["pipelines"].values() for name in pipeline[kind]}
        assert used == COLLECTOR[kind].keys()
    assert set(service["extensions"]) == COLLECTOR["extensions"].keys()
    assert all(pipeline["processors"][-1] == "batch" for pipeline in service["pipelines"].values())


def test_the_collector_waits_for_the_bot_and_takes_its_token_from_the_environment() -> None:
    exporter = COLLECTOR["exporters"]["otlphttp"]
    assert exporter["headers"] == {"Authorization": "Bearer ${env:TOKEN}"}
    assert exporter["retry_on_failure"]["enabled"]
    assert exporter["sending_queue"]["enabled"]
    assert exporter["sending_queue"]["storage"] in COLLECTOR["extensions"]


def test_the_collector_lets_through_what_the_bot_counts() -> None:
    dropped = COLLECTOR["processors"]["filter/counted"]
    patterns = {
        signal: re.findall(r'IsMatch\([^,]+, "(.+)"\)', " ".join(told))
        for signal, told in (("metrics", dropped["metrics"]["metric"]), ("logs", dropped["logs"]["log_record"]))
    }
    (metrics,), (events,) = patterns["metrics"], patterns["logs"]
    assert all(re.search(metrics, name) for name in otlp_batch.METRICS)
    assert all(re.search(events, name) for name in otlp_batch.EVENTS)
    assert not re.search(events, "user_prompt")


def test_the_collector_keeps_the_attributes_that_the_bot_reads_and_no_other() -> None:
    for signal in ("log", "trace"):
        (kept,) = re.findall(r"keep_keys\(attributes, \[(.*?)\]\)", statements(signal))
        assert set(json.loads(f"[{kept}]")) == READ
    assert 'set(body, "")' in statements("log")
    assert "keep_keys" not in statements("metric")  # points that differ in another attribute are not the same
