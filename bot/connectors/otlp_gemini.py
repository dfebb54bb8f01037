"""Gemini CLI's telemetry: its events of responses, or its counter of tokens."""

from typing import Final

from bot.connectors.otlp import Point, Record, count_of, midnight_of, model_of, person_of, text_of, whole
from bot.connectors.otlp_genai import apart
from bot.connectors.otlp_readings import CACHED_INPUT, Reading, Subject
from bot.connectors.push_event import Event, Tokens

TOOL: Final = "gemini-cli"
PROVIDER: Final = "google"
EVENT: Final = "gemini_cli.api_response"
METRIC: Final = "gemini_cli.token.usage"
# Thoughts are output. Results of tools that are given back to the model are no part of the prompt's
# count, and are charged as new input.
_LANES: Final = {"input": "input", "tool": "input", "cache": CACHED_INPUT, "output": "output", "thought": "output"}


def event(record: Record) -> Event:
    """Return what a response adds."""
    attributes = record.attributes
    prompt, cached = count_of(attributes, "input_token_count"), count_of(attributes, "cached_content_token_count")
    uncached, cache_read, _ = apart(prompt, cached, None)
    tools, thoughts = count_of(attributes, "tool_token_count"), count_of(attributes, "thoughts_token_count")
    output = count_of(attributes, "output_token_count")
    return Event(
        event_id="",
        occurred_at=midnight_of(record.time_ns),
        person=person_of(attributes, record.origin),
        tool=TOOL,
        model=model_of(attributes, "model"),
        provider=PROVIDER,
        tokens=Tokens(
            None if uncached is None else uncached + (tools or 0),
            cache_read,
            0,
            0,
            None if output is None else output + (thoughts or 0),
        ),
        requests=1,
    )


def reading(point: Point) -> Reading | None:
    """Return what a counter's value adds to; None for a kind of token that is not known."""
    lane = _LANES.get(text_of(point.attributes, "type"))
    if lane is None:
        return None
    of = Subject(
        person_of(point.attributes, point.origin),
        midnight_of(point.time_ns).date(),
        TOOL,
        model_of(point.attributes, "model"),
        "unknown",
        PROVIDER,
        is_priced=True,
    )
    value = whole(point.value)
    return Reading(
        of, lane, value, point.mark, point.series, point.start_ns, point.time_ns, is_cumulative=point.is_cumulative
    )
