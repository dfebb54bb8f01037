"""Claude Code's telemetry: its events of requests, or its counters of tokens and cost; and what says that it saved."""

from functools import lru_cache
from typing import Final

from bot.connectors.otlp import (
    Attributes,
    Origin,
    Point,
    Record,
    count_of,
    day_of,
    exact_nano_usd,
    midnight,
    midnight_of,
    model_of,
    person_of,
    plain_model,
    text_of,
    vendor_cost,
    whole,
)
from bot.connectors.otlp_readings import COST, SAVED, Reading, Subject
from bot.connectors.otlp_runs import Observed, Said, said_of_run
from bot.connectors.push_event import Cost, Person, Tokens
from bot.domain.usage import RunKind

TOOL: Final = "claude-code"
PROVIDER: Final = "anthropic"
_REQUEST: Final = "api_request"
_ERROR: Final = "api_error"
_PREFIX: Final = "claude_code."
EVENTS: Final = frozenset({_REQUEST, _ERROR, _PREFIX + _REQUEST, _PREFIX + _ERROR})
_TOKENS: Final = "claude_code.token.usage"
_COST: Final = "claude_code.cost.usage"
METRICS: Final = frozenset({_TOKENS, _COST})
_EDITS: Final = "claude_code.code_edit_tool.decision"
# They say that a run has saved something.
SAVES: Final = frozenset(
    {_EDITS, "claude_code.commit.count", "claude_code.pull_request.count", "claude_code.lines_of_code.count"}
)
_SCOPE: Final = "com.anthropic.claude_code"
_LANES: Final = {"input": "input", "output": "output", "cacheRead": "cache_read", "cacheCreation": "cache_write"}
_SDK: Final = "sdk-"
_NOTHING: Final = Tokens(input=0, cache_read=0, cache_write=0, cache_write_1h=0, output=0)


def event(record: Record) -> Observed | None:
    """Return what an event of a request adds; None when the event is not Claude Code's."""
    origin, attributes = record.origin, record.attributes
    if not origin.scope.startswith(_SCOPE) and origin.service != TOOL:
        return None  # others may call an event `api_request` too
    is_error = record.name.endswith(_ERROR)
    said = _said(attributes, origin)
    return Observed(
        event_id="",
        occurred_at=midnight_of(record.time_ns),
        person=person_of(attributes, origin),
        tool=TOOL,
        model=model_of(attributes, "model"),
        trigger=said.trigger,
        work=said.work,
        provider=PROVIDER,
        tokens=_NOTHING if is_error else _tokens(attributes),
        requests=1,
        failed_requests=1 if is_error else 0,
        cost=Cost("0", "USD") if is_error else _cost(attributes),
        session=said.session,
        at_ns=record.time_ns,
    )


def _tokens(attributes: Attributes) -> Tokens:
    return Tokens(
        input=count_of(attributes, "input_tokens"),
        cache_read=count_of(attributes, "cache_read_tokens"),
        cache_write=count_of(attributes, "cache_creation_tokens"),
        output=count_of(attributes, "output_tokens"),
    )


def _cost(attributes: Attributes) -> Cost | None:
    """Return what the client says a request is worth: a list price even where a seat is paid; None is unknown."""
    amount = attributes.get("cost_usd")
    return None if amount is None else vendor_cost(amount)


def reading(point: Point) -> Reading | None:
    """Return what a counter's value adds to; None for a kind of token that is not known."""
    is_cost = point.metric == _COST
    lane = COST if is_cost else _LANES.get(text_of(point.attributes, "type"))
    if lane is None:
        return None
    told, origin = point.attributes, point.origin
    said = _said(told, origin)
    person, model = person_of(told, origin), plain_model(told.get("model"))
    of = _subject(person, day_of(point.time_ns), model, said.trigger, said.work)
    value = exact_nano_usd(point.value) if is_cost else whole(point.value)
    return _reading(point, of, lane, value, said.session)


def saved(point: Point) -> Reading | None:
    """Return that a run which started on its own has saved something; None of any other, and of what was declined."""
    told, origin = point.attributes, point.origin
    said = _said(told, origin)
    if not said.session or (point.metric == _EDITS and text_of(told, "decision") != "accept"):
        return None
    of = _subject(person_of(told, origin), day_of(point.time_ns), "", said.trigger, said.work)
    return _reading(point, of, SAVED, whole(point.value), said.session)


def _reading(point: Point, of: Subject, lane: str, value: int, session: str) -> Reading:
    times = (point.start_ns, point.time_ns)
    return Reading(of, lane, value, point.mark, point.series, *times, point.is_cumulative, session)


@lru_cache(4096)
def _subject(person: Person, day: int, model: str, kind: RunKind, work: str) -> Subject:
    return Subject(person, midnight(day).date(), TOOL, model, kind, PROVIDER, is_priced=False, work=work)


def _said(attributes: Attributes, origin: Origin) -> Said:
    """Return who is behind a request, where the client says; a program that calls the SDK runs on its own."""
    entrypoint = str(attributes.get("app.entrypoint") or origin.attributes.get("app.entrypoint", ""))
    told = _run_kind(str(attributes.get("query_source", "")), entrypoint)
    return said_of_run(attributes, origin, told, on_its_own=entrypoint.startswith(_SDK))


@lru_cache(1024)
def _run_kind(source: str, entrypoint: str) -> RunKind:
    """Counters name a request's source in three words, events in finer ones."""
    if source == "subagent" or source.startswith("agent:"):
        return "subagent"
    if entrypoint.startswith(_SDK):
        return "service"
    # an editor's own window runs on the SDK too: that alone says nothing without the entry point
    if source in {"main", "auxiliary"} or source.startswith("repl_main_thread") or (source == "sdk" and entrypoint):
        return "person"
    return "unknown"
