"""Spans of the GenAI conventions, as many libraries write them: what a call of a model used."""

from collections.abc import Container
from typing import Final

from bot.connectors.otlp import Record, UnusableError, count_of, midnight_of, model_of, person_of, text_of
from bot.connectors.otlp_runs import Observed, said_of_run
from bot.connectors.push_event import Tokens

OTHER_TOOL: Final = "otel"
# Calls of a model. The span of an agent or of a workflow repeats what the calls in it used.
_CALLS: Final = frozenset({"", "chat", "text_completion", "generate_content", "embeddings"})
# Services whose events are counted.
_COUNTED_ELSEWHERE: Final = ("claude-code", "codex", "gemini-cli")


def event(span: Record, tools: Container[str]) -> Observed | None:
    """Return what a span adds; None when it is no call of a model, or of a service whose events are counted.

    *tools* are the names of tools that a service may have; the work of any other is "otel".
    """
    attributes, service = span.attributes, span.origin.service
    if text_of(attributes, "gen_ai.operation.name") not in _CALLS or service.startswith(_COUNTED_ELSEWHERE):
        return None
    said = said_of_run(attributes, span.origin, "unknown", on_its_own=False)
    return Observed(
        event_id="",
        occurred_at=midnight_of(span.time_ns),
        person=person_of(attributes, span.origin),
        tool=service if service in tools else OTHER_TOOL,
        model=model_of(attributes, "gen_ai.response.model", "gen_ai.request.model"),
        work=said.work,
        trigger=said.trigger,
        provider=_provider(text_of(attributes, "gen_ai.provider.name") or text_of(attributes, "gen_ai.system")),
        tokens=_tokens(span),
        requests=1,
        session=said.session,
        at_ns=span.time_ns,
    )


def _provider(name: str) -> str:
    """Return the provider; "aws.bedrock" and "gcp.vertex_ai" say whose cloud it is."""
    if not name.isprintable() or len(name) > 200:
        raise UnusableError("with a name that is blank, too long or not printable")
    cloud = name.partition(".")[0]
    return {"aws": "aws", "gcp": "google", "azure": "azure", "vertex_ai": "google"}.get(cloud, name)


def _tokens(span: Record) -> Tokens:
    def either(name: str, old: str) -> int | None:
        told = count_of(span.attributes, f"gen_ai.usage.{name}")
        return count_of(span.attributes, f"gen_ai.usage.{old}") if told is None else told

    uncached, cache_read, cache_write = apart(
        either("input_tokens", "prompt_tokens"),
        count_of(span.attributes, "gen_ai.usage.cache_read.input_tokens"),
        count_of(span.attributes, "gen_ai.usage.cache_creation.input_tokens"),
    )
    return Tokens(uncached, cache_read, cache_write, 0, either("output_tokens", "completion_tokens"))


def apart(
    whole: int | None, cache_read: int | None, cache_write: int | None
) -> tuple[int | None, int | None, int | None]:
    """Return new input, cache reads and writes where *whole* has all of them in it.

    Senders leave the cache out where it had no part. Raises UnusableError when the parts are more than the whole.
    """
    if whole is None:
        return None, cache_read, cache_write
    read, written = cache_read or 0, cache_write or 0
    if read + written > whole:
        raise UnusableError("with more cached input than input")
    return whole - read - written, read, written
