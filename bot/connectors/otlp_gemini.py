"""Gemini CLI's telemetry: its events of responses, or its counter of tokens; and what says that it saved."""

from typing import Final

from bot.connectors.otlp import Point, Record, count_of, midnight_of, model_of, person_of, text_of, whole
from bot.connectors.otlp_genai import apart
from bot.connectors.otlp_readings import CACHED_INPUT, SAVED, Reading, Subject
from bot.connectors.otlp_runs import Observed, Said, said_of_run
from bot.connectors.push_event import Tokens

TOOL: Final = "gemini-cli"
PROVIDER: Final = "google"
EVENT: Final = "gemini_cli.api_response"
METRIC: Final = "gemini_cli.token.usage"
SAVES: Final = "gemini_cli.lines.changed"
# Thoughts are output. Results of tools that are given back to the model are no part of the prompt's
# count, and are charged as new input.
_LANES: Final = {"input": "input", "tool": "input", "cache": CACHED_INPUT, "output": "output", "thought": "output"}


def event(record: Record) -> Observed:
    """Return what a response adds."""
    attributes = record.attributes
    prompt, cached = count_of(attributes, "input_token_count"), count_of(attributes, "cached_content_token_count")
    uncached, cache_read, _ = apart(prompt, cached, None)
    tools, thoughts = count_of(attributes, "tool_token_count"), count_of(attributes, "thoughts_token_count")
    output = count_of(attributes, "output_token_count")
    said = _said(record)
    return Observed(
        event_id="",
        occurred_at=midnight_of(record.time_ns),
        person=person_of(attributes, record.origin),
        tool=TOOL,
        model=model_of(attributes, "model"),
        work=said.work,
        trigger=said.trigger,
        provider=PROVIDER,
        tokens=Tokens(
            None if uncached is None else uncached + (tools or 0),
            cache_read,
            0,
            0,
            None if output is None else output + (thoughts or 0),
        ),
        requests=1,
        session=said.session,
        at_ns=record.time_ns,
    )


def reading(point: Point) -> Reading | None:
    """Return what a counter's value adds to; None for a kind of token that is not known."""
    lane = _LANES.get(text_of(point.attributes, "type"))
    if lane is None:
        return None
    return _reading(point, lane, model_of(point.attributes, "model"), _said(point))


def saved(point: Point) -> Reading | None:
    """Return that a run which started on its own has changed a file; None of any other."""
    said = _said(point)
    return _reading(point, SAVED, "", said) if said.session else None


def _reading(point: Point, lane: str, model: str, said: Said) -> Reading:
    person, day = person_of(point.attributes, point.origin), midnight_of(point.time_ns).date()
    of = Subject(person, day, TOOL, model, said.trigger, PROVIDER, is_priced=True, work=said.work)
    marks, times = (point.mark, point.series), (point.start_ns, point.time_ns)
    return Reading(of, lane, whole(point.value), *marks, *times, point.is_cumulative, said.session)


def _said(told: Record | Point) -> Said:
    """Return what started the work: the client itself does not say."""
    return said_of_run(told.attributes, told.origin, "unknown", on_its_own=False)
