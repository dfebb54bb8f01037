"""Telemetry in the small form in which it is counted, whatever encoding it came in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from msgspec import Struct

from bot.connectors.push_event import Cost, Person
from bot.domain.money import MAX_NANO_USD, nano_usd, usd
from bot.domain.people import normal_email

Value = str | int | float | Decimal
Attributes = Mapping[str, Value]
# How a request says what was sent: the last part of its path.
METRICS: Final = "metrics"
LOGS: Final = "logs"
TRACES: Final = "traces"
# That a client's own events are counted, and that its counters are: two kinds of source, never in one sum.
EVENTS_KIND: Final = "otel"
METRICS_KIND: Final = "otel-metrics"

MAX_COUNT: Final = 10**12
_MAX_NAME: Final = 200
_DAY_NS: Final = 86_400 * 10**9
_EMAILS: Final = ("user.email", "enduser.id", "user.id")
_USAGE: Final = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
)
# A span without any of these tells of no tokens.
USAGE: Final = frozenset(_USAGE)
# The only attributes that are ever read.
READ: Final = frozenset(
    {
        *("service.name", "event.name", "event.kind", *_EMAILS),
        *("session.id", "event.sequence", "event.timestamp", "request_id", "conversation.id"),
        *("model", "type", "query_source", "app.entrypoint", "session_source", "originator"),
        *("decision", "worthwhile.trigger", "worthwhile.work", "worthwhile.run"),
        *("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"),
        *("cost_usd", "cost_usd_micros"),
        *("input_token_count", "output_token_count", "cached_token_count", "tool_token_count"),
        *("cached_content_token_count", "thoughts_token_count"),
        *("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.system"),
        *("gen_ai.request.model", "gen_ai.response.model", "gen_ai.response.id", "gen_ai.conversation.id"),
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", *_USAGE),
    }
)
_MOST_USD: Final = usd(MAX_NANO_USD)


class UnusableError(Exception):
    """A point or record that is rejected; the message is a plain reason that names nobody."""


class Origin(Struct, frozen=True, gc=False):
    """What sent: its service, the scope, the attributes that are read, and a hash of all of resource and scope."""

    service: str
    scope: str
    attributes: Attributes
    mark: bytes


class Point(Struct, frozen=True, gc=False):
    """One value of a counter; *start_ns* 0 is unknown."""

    metric: str
    origin: Origin
    attributes: Attributes
    mark: bytes  # of resource, scope, name, attributes, start and time
    series: bytes  # of the same without the times; only where the value is cumulative
    start_ns: int
    time_ns: int
    value: Value
    is_cumulative: bool


class Record(Struct, frozen=True, gc=False):
    """An event of a log, by its name, or a span, then without one."""

    name: str
    origin: Origin
    attributes: Attributes
    start_ns: int
    time_ns: int

    @property
    def mark(self) -> bytes:
        """The 16 bytes by which it is remembered: everything that is read of it, the times first."""
        told = f"{self.start_ns} {self.time_ns} {self.name} {self.origin.service!r} {self.attributes!r}"
        return mark_of(told.encode("utf-8", "replace"))


def mark_of(content: bytes) -> bytes:
    """Return 16 bytes by which *content* is recognised."""
    return blake2b(content, digest_size=16).digest()


def text_of(attributes: Attributes, key: str) -> str:
    """Return an attribute as text; empty where it is missing."""
    return str(attributes.get(key, ""))


def person_of(attributes: Attributes, origin: Origin) -> Person:
    """Return whose it is by mail address, of the point or record itself or else of what sent; or nobody."""
    for told in (attributes, origin.attributes):
        for key in _EMAILS:
            name = told.get(key)
            if name is not None and "@" in str(name):
                return _person(str(name))
    return NOBODY


NOBODY: Final = Person()


@lru_cache(4096)
def _person(name: str) -> Person:
    return Person(email=normal_email(plain_name(name)))


def model_of(attributes: Attributes, *keys: str) -> str:
    """Return the model by the first of *keys* that is given."""
    return plain_model(next((attributes[key] for key in keys if attributes.get(key)), None))


@lru_cache(1024)
def plain_model(name: Value | None) -> str:
    """Return a model's name without the suffix of a long context; raises UnusableError when there is none."""
    if not name:
        raise UnusableError("without a model")
    return plain_name(str(name).strip().removesuffix("[1m]"))


def plain_name(name: str) -> str:
    """Return a name without space around it; raises UnusableError when it cannot be kept."""
    name = name.strip()
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise UnusableError("with a name that is blank, too long or not printable")
    return name


def count_of(attributes: Attributes, key: str) -> int | None:
    """Return a count of tokens, which may come as text; None where it is missing."""
    value = attributes.get(key)
    return None if value is None else whole(value)


def whole(value: Value) -> int:
    """Return a count; raises UnusableError when it is negative, absurd or not whole."""
    try:
        number = int(value)
    except (ValueError, OverflowError):  # not a number, or an infinite one
        number = -1
    if 0 <= number <= MAX_COUNT and (isinstance(value, str) or number == value):
        return number
    raise UnusableError("with a count that is negative, absurd or not whole")


def exact_nano_usd(value: Value) -> int:
    """Return an amount of USD in nano-USD; raises UnusableError when it is negative, absurd or no number."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        raise UnusableError("with an amount that is negative, absurd or no number")
    return nano_usd(amount)


def vendor_cost(value: Value) -> Cost:
    """Return what a vendor's client says a request is worth, in USD."""
    exact_nano_usd(value)
    return Cost(str(value), "USD", "vendor_list_estimate")


def day_of(time_ns: int) -> int:
    """Return the number of the UTC day in which a moment lies."""
    return time_ns // _DAY_NS


@lru_cache(256)
def midnight(day: int) -> datetime:
    """Return the beginning of a day by its number."""
    return datetime.fromtimestamp(day * 86_400, UTC)


def midnight_of(time_ns: int) -> datetime:
    """Return the beginning of the UTC day in which a moment lies; the time of day goes no further."""
    return midnight(day_of(time_ns))
