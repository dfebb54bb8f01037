"""What each client's telemetry is taken for: the tokens, the model, who was at the keyboard, what it is worth."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.connectors.otlp_batch import Rejected, basis_of
from bot.connectors.otlp_readings import Reading, sums
from bot.connectors.push_event import Event, Tokens
from bot.connectors.push_measures import Basis
from bot.domain.usage import MEASURES
from tests.cast import T0
from tests.senders import PRICES
from tests.telemetry import Json, calls_in, counter, events_in, logs, readings_in, sample, spans, together

REQUEST = {"event.name": "api_request", "model": "claude-opus-4-7", "input_tokens": "9", "output_tokens": "4"}
COMPLETED = {
    "event.name": "codex.sse_event",
    "event.kind": "response.completed",
    "model": "gpt-5.5",
    "input_token_count": "100",
    "output_token_count": "10",
    "cached_token_count": 60,
}
RESPONSE = {
    "event.name": "gemini_cli.api_response",
    "model": "gemini-2.5-pro",
    "input_token_count": 12_000,
    "cached_content_token_count": 8_000,
    "output_token_count": 350,
    "thoughts_token_count": 420,
    "tool_token_count": 65,
}
CALL = {"gen_ai.request.model": "gpt-5.5", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
Make = Callable[[Json], Json]


def only(events: list[Event]) -> Event:
    (event,) = events
    return event


def added(request: Json) -> list[dict[str, Any]]:
    """Return what a request of counters adds, as the measures that it knows."""
    readings = ((reading, reading.value) for reading in readings_in(request))
    return [
        {name: value for name, value in zip(MEASURES, each.values, strict=True) if value is not None} | {"by": each.by}
        for each in sums(readings, PRICES).values()
    ]


# Claude Code


def test_the_sample_of_claude_codes_events_is_read_exactly() -> None:
    event = only(events_in(sample("claude_code_logs")))

    assert (event.person.email, event.tool, event.model) == ("ada@example.com", "claude-code", "claude-opus-4-7")
    assert event.tokens == Tokens(input=9, cache_read=21_000, cache_write=1_300, output=412)
    assert (event.requests, event.failed_requests, event.provider) == (1, 0, "anthropic")
    assert (event.day, event.cost and event.cost.amount) == (date(2026, 11, 10), "0.0291")
    assert basis_of(event) is Basis.VENDOR


def test_the_sample_of_claude_codes_counters_is_read_exactly() -> None:
    assert added(sample("claude_code_metrics")) == [
        {
            "uncached_input_tokens": 9,
            "cache_read_tokens": 21_000,
            "cache_write_tokens": 1_300,
            "cache_write_1h_tokens": 0,
            "output_tokens": 412,
            "list_value_nano_usd": 29_100_000,
            "by": "vendor",
        }
    ]


def test_counters_name_the_model_without_the_suffix_of_a_long_context() -> None:
    assert {reading.of.model for reading in readings_in(sample("claude_code_metrics"))} == {"claude-opus-4-7"}


def test_a_request_without_a_cost_has_an_unknown_one_and_never_nothing() -> None:
    event = only(events_in(logs(REQUEST)))
    assert (event.cost, basis_of(event)) == (None, Basis.UNKNOWN)


def test_tokens_that_are_not_told_are_unknown() -> None:
    tokens = only(events_in(logs(REQUEST))).tokens
    assert (tokens.input, tokens.output, tokens.cache_read, tokens.cache_write) == (9, 4, None, None)


def test_a_request_that_failed_is_one_that_used_nothing() -> None:
    event = only(events_in(logs({"event.name": "api_error", "model": "claude-opus-4-7"})))
    assert (event.requests, event.failed_requests, event.tokens.output) == (1, 1, 0)
    assert event.cost is not None


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"query_source": "main"}, "person"),
        ({"query_source": "auxiliary"}, "person"),
        ({"query_source": "repl_main_thread:outputStyle:default"}, "person"),
        ({"query_source": "subagent"}, "subagent"),
        ({"query_source": "agent:builtin:Explore"}, "subagent"),
        ({"query_source": "main", "app.entrypoint": "cli"}, "person"),
        ({"query_source": "main", "app.entrypoint": "sdk-py"}, "service"),
        ({"query_source": "subagent", "app.entrypoint": "sdk-py"}, "subagent"),
        ({"query_source": "sdk"}, "unknown"),
        ({"query_source": "sdk", "app.entrypoint": "claude-vscode"}, "person"),
        ({"query_source": "sdk", "app.entrypoint": "sdk-cli"}, "service"),
        ({"query_source": "compact"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_who_is_behind_a_request_of_claude_code_is_said_and_never_guessed(told: Json, kind: str) -> None:
    point = {"type": "input", "model": "m", **told}
    assert only(events_in(logs({**REQUEST, **told}))).trigger == kind
    assert [each.of.run_kind for each in readings_in(counter("claude_code.token.usage", (point, 1.0)))] == [kind]


def test_an_event_of_the_same_name_from_something_else_is_not_claude_codes() -> None:
    assert events_in(logs(REQUEST, service="a-shop")) == []
    assert len(events_in(logs(REQUEST, service="renamed", scope="com.anthropic.claude_code.events"))) == 1


@pytest.mark.parametrize("name", ["user_prompt", "tool_result", "tool_decision", "mcp_server_connection", ""])
def test_other_events_count_nothing_and_are_no_mistake(name: str) -> None:
    rejected = Rejected()
    assert events_in(logs({**REQUEST, "event.name": name}), rejected) == []
    assert not rejected


# Codex


def test_the_sample_of_codex_is_read_exactly() -> None:
    event = only(events_in(sample("codex_logs")))

    assert (event.person.email, event.tool, event.provider) == ("ada@example.com", "codex", "openai")
    assert event.tokens == Tokens(3_000, 9_000, 0, 0, 300)
    assert (event.model, event.requests, event.trigger) == ("gpt-5.5", 1, "unknown")
    assert basis_of(event) is Basis.PRICE_LIST


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (logs(COMPLETED, service="codex_exec"), "service"),
        (logs({**COMPLETED, "originator": "codex_exec"}, service="codex"), "service"),
        (logs({**COMPLETED, "session_source": "exec"}, service="codex"), "service"),
        (logs(COMPLETED, service="codex_vscode"), "unknown"),
    ],
)
def test_codex_without_anybody_at_the_keyboard_is_a_service(request_: Json, kind: str) -> None:
    assert only(events_in(request_)).trigger == kind


def test_only_a_completed_response_counts() -> None:
    assert events_in(logs({**COMPLETED, "event.kind": "response.output_item.done"})) == []


# Gemini CLI


def test_of_gemini_thoughts_are_output_and_what_tools_gave_back_is_new_input() -> None:
    event = only(events_in(logs(RESPONSE, service="gemini-cli")))
    assert event.tokens == Tokens(4_065, 8_000, 0, 0, 770)
    assert (event.tool, event.provider, event.trigger) == ("gemini-cli", "google", "unknown")


def test_geminis_counter_adds_up_to_what_its_events_do() -> None:
    values = {"input": 12_000, "cache": 8_000, "output": 350, "thought": 420, "tool": 65}
    points = [({"type": kind, "model": "gemini-2.5-pro"}, float(value)) for kind, value in values.items()]
    (told,) = added(counter("gemini_cli.token.usage", *points))
    names = ("uncached_input_tokens", "cache_read_tokens", "output_tokens")

    assert [told[name] for name in names] == [4_065, 8_000, 770]
    assert (told["by"], told["list_value_nano_usd"] > 0) == ("price list", True)


# spans


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        ({}, Tokens(100, 0, 0, 0, 10)),
        ({"gen_ai.usage.cache_read.input_tokens": 60}, Tokens(40, 60, 0, 0, 10)),
        (
            {"gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.cache_creation.input_tokens": 30},
            Tokens(10, 60, 30, 0, 10),
        ),
        ({"gen_ai.usage.output_tokens": ...}, Tokens(100, 0, 0, 0, None)),
        ({"gen_ai.usage.input_tokens": ..., "gen_ai.usage.prompt_tokens": "7"}, Tokens(7, 0, 0, 0, 10)),
        ({"gen_ai.usage.input_tokens": ...}, Tokens(None, None, None, 0, 10)),
    ],
)
def test_a_span_counts_the_cache_within_its_input(told: Json, tokens: Tokens) -> None:
    assert only(calls_in(spans({**CALL, **told}))).tokens == tokens


@pytest.mark.parametrize(
    ("service", "tool"), [("opencode", "opencode"), ("triage", "otel"), ("a-shop", "otel"), ("", "otel")]
)
def test_a_span_is_the_work_of_a_tool_that_is_known_or_of_another(service: str, tool: str) -> None:
    assert only(calls_in(spans(CALL, service=service))).tool == tool


@pytest.mark.parametrize("service", ["claude-code", "codex_exec", "codex_cli_rs", "gemini-cli"])
def test_spans_of_services_whose_events_are_counted_are_not(service: str) -> None:
    assert calls_in(spans(CALL, service=service)) == []


@pytest.mark.parametrize(
    ("operation", "count"), [("chat", 1), ("embeddings", 1), ("invoke_agent", 0), ("execute_tool", 0)]
)
def test_a_span_that_repeats_what_others_used_is_not_counted(operation: str, count: int) -> None:
    assert len(calls_in(spans({**CALL, "gen_ai.operation.name": operation}))) == count


@pytest.mark.parametrize(
    ("told", "provider"),
    [
        ({"gen_ai.provider.name": "openai"}, "openai"),
        ({"gen_ai.system": "anthropic"}, "anthropic"),
        ({"gen_ai.provider.name": "aws.bedrock"}, "aws"),
        ({"gen_ai.provider.name": "gcp.vertex_ai"}, "google"),
        ({}, ""),
    ],
)
def test_the_provider_of_a_span_is_named_as_the_price_list_does(told: Json, provider: str) -> None:
    assert only(calls_in(spans({**CALL, **told}))).provider == provider


# all of them


@pytest.mark.parametrize(
    ("told", "resource", "email"),
    [
        ({"user.email": "Ada@Example.com "}, {}, "ada@example.com"),
        ({}, {"user.email": "ada@example.com"}, "ada@example.com"),
        ({"user.email": "ada@example.com"}, {"user.email": "shared@example.com"}, "ada@example.com"),
        ({"enduser.id": "ada@example.com"}, {}, "ada@example.com"),
        ({"user.id": "ada@example.com"}, {}, "ada@example.com"),
        ({"user.id": "a" * 64, "enduser.id": "4711"}, {}, None),
        ({}, {}, None),
    ],
)
def test_a_person_is_who_is_named_by_mail_address(told: Json, resource: Json, email: str | None) -> None:
    everywhere: list[Event | Reading] = [
        only(events_in(logs({**REQUEST, **told}, **resource))),
        only(calls_in(spans({**CALL, **told}, **resource))),
        *readings_in(counter("claude_code.token.usage", ({"type": "input", "model": "m", **told}, 1.0), **resource)),
    ]
    assert [each.person.email for each in everywhere] == [email] * 3


def _events(told: Json) -> Iterable[object]:
    return events_in(logs({**COMPLETED, **told}), WHY)


def _calls(told: Json) -> Iterable[object]:
    return calls_in(spans({**CALL, **told}), WHY)


def _readings(told: Json) -> Iterable[object]:
    point = {"type": "input", "model": "m", **told}
    value, start, at = point.pop("value", 1.0), point.pop("start", None), point.pop("time", T0)
    return readings_in(counter("claude_code.token.usage", (point, value), start=start, at=at), WHY)


WHY = Rejected()


@pytest.mark.parametrize(
    ("read", "told", "reason"),
    [
        (_events, {"input_token_count": "-5"}, "with a count that is negative, absurd or not whole"),
        (_events, {"input_token_count": str(10**13)}, "with a count that is negative, absurd or not whole"),
        (_events, {"cached_token_count": 101}, "with more cached input than input"),
        (_events, {"model": ...}, "without a model"),
        (_events, {"model": "a\x00b"}, "with a name that is blank, too long or not printable"),
        (_events, {"user.email": "@" * 201}, "with a name that is blank, too long or not printable"),
        (_events, {"time": T0 + timedelta(minutes=6)}, "in the future or more than 35 days ago"),
        (_events, {"time": T0 - timedelta(days=36)}, "in the future or more than 35 days ago"),
        (_calls, {"gen_ai.usage.input_tokens": 1.5}, "with a count that is negative, absurd or not whole"),
        (_calls, {"gen_ai.system": "a\nb"}, "with a name that is blank, too long or not printable"),
        (_calls, {"time": T0 - timedelta(days=36)}, "in the future or more than 35 days ago"),
        (_readings, {"value": 0.5}, "with a count that is negative, absurd or not whole"),
        (_readings, {"value": -1.0}, "with a count that is negative, absurd or not whole"),
        (_readings, {"time": T0 + timedelta(days=1)}, "in the future or more than 35 days ago"),
        (_readings, {"start": str(2**63)}, "with a start after its time"),
        (_readings, {"model": ...}, "without a model"),
    ],
)
def test_what_cannot_be_used_is_rejected_with_a_plain_reason(
    read: Callable[[Json], Iterable[object]], told: Json, reason: str
) -> None:
    WHY.clear()
    assert list(read(told)) == []
    assert Counter({reason: 1}) == WHY


def test_reasons_are_counted_in_one_line() -> None:
    rejected = Rejected()
    events_in(logs({**COMPLETED, "model": ...}, {**COMPLETED, "input_token_count": "x"}, COMPLETED), rejected)
    assert rejected.message == "1 with a count that is negative, absurd or not whole; 1 without a model"


def test_what_one_request_tells_of_several_people_stays_apart() -> None:
    def of(email: str, cost: float) -> Json:
        return counter("claude_code.cost.usage", ({"model": "m", "user.email": email}, cost))

    told = added(together(of("a@example.com", 0.1), of("b@example.com", 0.2), of("a@example.com", 0.3)))

    assert sorted(each["list_value_nano_usd"] for each in told) == [2 * 10**8, 4 * 10**8]
    assert Decimal("0.4") == Decimal(max(each["list_value_nano_usd"] for each in told)).scaleb(-9)
