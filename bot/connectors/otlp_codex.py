"""Codex's telemetry: its events of completed responses. Its histograms name nobody and are not counted."""

from typing import Final

from bot.connectors.otlp import Record, count_of, midnight_of, model_of, person_of, text_of
from bot.connectors.otlp_genai import apart
from bot.connectors.otlp_runs import Observed, said_of_run
from bot.connectors.push_event import Tokens

TOOL: Final = "codex"
EVENT: Final = "codex.sse_event"
# What a run without anybody at the keyboard calls itself.
_EXEC: Final = frozenset({"codex_exec", "exec"})
_NAMED_BY: Final = ("service.name", "originator", "session_source")


def event(record: Record) -> Observed | None:
    """Return what a completed response adds; None for the many other steps of a stream."""
    attributes, origin = record.attributes, record.origin
    if text_of(attributes, "event.kind") != "response.completed":
        return None
    names = {text_of(told, key) for told in (attributes, origin.attributes) for key in _NAMED_BY}
    whole = count_of(attributes, "input_token_count")
    uncached, cache_read, _ = apart(whole, count_of(attributes, "cached_token_count"), None)
    is_exec = not _EXEC.isdisjoint(names)
    said = said_of_run(attributes, origin, "service" if is_exec else "unknown", on_its_own=is_exec)
    return Observed(
        event_id="",
        occurred_at=midnight_of(record.time_ns),
        person=person_of(attributes, origin),
        tool=TOOL,
        model=model_of(attributes, "model"),
        trigger=said.trigger,
        work=said.work,
        provider="openai",
        # reasoning is part of the output; what is written to the cache is part of new input
        tokens=Tokens(uncached, cache_read, 0, 0, count_of(attributes, "output_token_count")),
        requests=1,
        session=said.session,
        at_ns=record.time_ns,
    )
