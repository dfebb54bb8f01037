"""Which run a record of telemetry belongs to, and when it is taken for one that started on its own."""

from typing import Any, Final

import pytest

from bot.connectors.otlp_readings import SAVED, sums
from tests.senders import PRICES
from tests.telemetry import Json, calls_in, counter, events_in, logs, readings_in, spans

CLAUDE: Final = {"event.name": "api_request", "model": "claude-opus-4-7", "session.id": "s1"}
CODEX: Final = {
    "event.name": "codex.sse_event",
    "event.kind": "response.completed",
    "model": "gpt-5.5",
    "conversation.id": "c1",
}
GEMINI: Final = {"event.name": "gemini_cli.api_response", "model": "gemini-2.5-pro", "session.id": "s1"}
CALL: Final = {"gen_ai.request.model": "gpt-5.5", "gen_ai.usage.input_tokens": 9, "gen_ai.conversation.id": "g1"}
NIGHTLY: Final = {"worthwhile.trigger": "schedule", "worthwhile.work": "nightly-triage"}


def of(record: Json, resource: Json) -> tuple[str, str, str | None]:
    """Return the kind, the job and the run of the only record of a request."""
    service = "codex_cli_rs" if record is CODEX else "gemini-cli" if record is GEMINI else "claude-code"
    if "gen_ai.request.model" in record:
        (event,) = calls_in(spans(record, **resource))
    else:
        (event,) = events_in(logs(record, service=resource.pop("service", service), **resource))
    moment = event.moment()
    assert event.run_id == ""  # which would count it
    return event.trigger, event.work, moment and moment.run


@pytest.mark.parametrize(
    ("record", "resource", "said"),
    [
        (CLAUDE, {}, ("unknown", "", None)),
        (CLAUDE | {"query_source": "main"}, {}, ("person", "", None)),
        (CLAUDE | {"query_source": "main", "app.entrypoint": "cli"}, {}, ("person", "", None)),
        (CLAUDE | {"query_source": "subagent", "app.entrypoint": "cli"}, {}, ("subagent", "", None)),
        (CLAUDE | {"query_source": "agent:builtin:Explore"}, {}, ("subagent", "", None)),
        (CLAUDE | {"query_source": "main", "app.entrypoint": "sdk-cli"}, {}, ("service", "", "s1")),
        (CLAUDE | {"query_source": "subagent", "app.entrypoint": "sdk-py"}, {}, ("subagent", "", "s1")),
        (CLAUDE | {"query_source": "main"}, {"app.entrypoint": "sdk-ts"}, ("service", "", "s1")),
        (CLAUDE | {"query_source": "main"}, NIGHTLY, ("schedule", "nightly-triage", "s1")),
        (CLAUDE, {**NIGHTLY, "worthwhile.run": "r1"}, ("schedule", "nightly-triage", "r1")),
        (CLAUDE | {"app.entrypoint": "sdk-py"}, {"worthwhile.trigger": "person"}, ("person", "", None)),
        (CLAUDE, {"worthwhile.trigger": "by hand"}, ("unknown", "", None)),
        (CLAUDE, {"worthwhile.work": "triage"}, ("unknown", "triage", None)),
        (CODEX, {}, ("unknown", "", None)),
        (CODEX, {"service": "codex_exec"}, ("service", "", "c1")),
        (CODEX, NIGHTLY, ("schedule", "nightly-triage", "c1")),
        (GEMINI, {}, ("unknown", "", None)),
        (GEMINI, NIGHTLY, ("schedule", "nightly-triage", "s1")),
        (CALL, {}, ("unknown", "", None)),
        (CALL, NIGHTLY, ("schedule", "nightly-triage", "g1")),
        (CALL | {"gen_ai.conversation.id": ...}, NIGHTLY, ("schedule", "nightly-triage", None)),
    ],
)
def test_a_run_is_on_its_own_where_its_client_or_its_resource_says_so(
    record: Json, resource: dict[str, Any], said: tuple[str, str, str | None]
) -> None:
    assert of(record, dict(resource)) == said


OWN: Final = {"session.id": "s1", "app.entrypoint": "sdk-cli"}


@pytest.mark.parametrize(
    ("metric", "told", "is_saved"),
    [
        ("claude_code.commit.count", OWN, True),
        ("claude_code.pull_request.count", OWN, True),
        ("claude_code.lines_of_code.count", OWN | {"type": "added"}, True),
        ("claude_code.code_edit_tool.decision", OWN | {"decision": "accept"}, True),
        ("claude_code.code_edit_tool.decision", OWN | {"decision": "reject"}, False),
        ("claude_code.commit.count", OWN | {"app.entrypoint": "cli"}, False),
        ("claude_code.session.count", OWN, False),
        ("gemini_cli.lines.changed", OWN | {"worthwhile.trigger": "schedule"}, True),
        ("gemini_cli.lines.changed", OWN, False),
    ],
)
def test_what_a_run_on_its_own_saves_is_told_and_adds_to_no_measure(metric: str, told: Json, is_saved: bool) -> None:
    readings = readings_in(counter(metric, (told, 1.0)))

    assert [each.lane for each in readings] == [SAVED] * is_saved
    assert sums([(each, each.value) for each in readings], PRICES) == {}
