"""Reading what internal platforms and scripts push; every bad event is named."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from bot.connectors.push_event import Cost, Event
from bot.domain.money import MAX_NANO_USD, usd
from bot.errors import InputError

MAX_EVENTS: Final = 10_000
MAX_AGE: Final = timedelta(days=35)
MAX_SKEW: Final = timedelta(minutes=5)  # of the sender's clock
# So many bad events are named one by one; a request cannot have more.
MAX_NAMED: Final = MAX_EVENTS
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Window(NamedTuple):
    """Between which moments an event may have happened."""

    earliest: datetime
    latest: datetime


_MOST_USD: Final = usd(MAX_NANO_USD)  # compared and not multiplied: 1e999999999 has no product
_event: Final = msgspec.json.Decoder(Event)
_array: Final = msgspec.json.Decoder(list[Event])
_raw_array: Final = msgspec.json.Decoder(list[Raw])
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_canonical: Final = msgspec.json.Encoder()


def window(now: datetime) -> Window:
    """Return when events that arrive at *now* may have happened."""
    return Window(now - MAX_AGE, now + MAX_SKEW)


def canonical(event: Event) -> bytes:
    """Return the event's content in one form, whatever the order and spacing in which it was sent."""
    return _canonical.encode(event)


def parse(content: bytes, now: datetime) -> list[Event]:
    """Decode and validate one request: lines of JSON, or an array of at most 10,000 events.

    Raises InputError that names every bad event by its line (in an array by its number).
    """
    content = content.removeprefix(BYTE_ORDER_MARK)
    is_array = content.lstrip()[:1] == b"["
    events, problems = (_parse_array if is_array else parse_lines)(content, window(now))
    refuse(problems)
    if len(events) > MAX_EVENTS:
        raise InputError(f"At most {MAX_EVENTS:,} events in one request; this one has {len(events):,}: split it.")
    return events


def refuse(problems: Sequence[str], more: int = 0) -> None:
    """Raise InputError that names every problem; without any, do nothing."""
    if problems:
        count = len(problems) + more
        rest = [f"and {more:,} more"] if more else []
        what = "1 event cannot be used" if count == 1 else f"{count:,} events cannot be used"
        raise InputError(f"{what}; nothing was stored. Mend and send again.", [*problems, *rest])


def parse_lines(block: bytes, allowed: Window, first_line: int = 1) -> tuple[list[Event], list[str]]:
    """Return the events of whole lines of JSON, and what is wrong with which line."""
    with suppress(*_UNREADABLE):
        events = _event.decode_lines(block)
        if _all_fine(events, allowed):
            return events, []
    numbered = enumerate(block.split(b"\n"), first_line)
    return _one_by_one(((f"line {n}", line) for n, line in numbered if line.strip()), allowed)


def _parse_array(content: bytes, allowed: Window) -> tuple[list[Event], list[str]]:
    """Return the events of a JSON array, and what is wrong with which."""
    with suppress(*_UNREADABLE):
        events = _array.decode(content)
        if _all_fine(events, allowed):
            return events, []
    try:
        items = _raw_array.decode(content)
    except _UNREADABLE as error:
        return [], [f"the array is not whole JSON in UTF-8: {error}"]
    return _one_by_one(((f"event {n}", bytes(item)) for n, item in enumerate(items, 1)), allowed)


def _one_by_one(items: Iterable[tuple[str, bytes]], allowed: Window) -> tuple[list[Event], list[str]]:
    """Return the events that can be used, and a line for each other, its place first."""
    events, problems = [], []
    for place, item in items:
        try:
            event = _event.decode(item)
            reason = _reason(event, allowed)
        except msgspec.ValidationError as error:
            reason = str(error)
        except _UNREADABLE as error:
            reason = f"not JSON in UTF-8: {error}"
        if reason:
            problems.append(f"{place}: {reason}")
        else:
            events.append(event)
    return events, problems


def _all_fine(events: Sequence[Event], allowed: Window) -> bool:
    """Whether no event has a `_reason`, found out in a few passes over what they share."""
    if not events:
        return True
    moments = [event.occurred_at for event in events]
    if max(moments) > allowed.latest or min(moments) < allowed.earliest:
        return False
    ids = [event.event_id for event in events]
    needed = {name for event in events for name in (event.tool, event.model)}
    needed.update(person.identity.name for person in {event.person for event in events})
    others = {name for event in events for name in (event.work, event.run_id, event.provider, *event.outcomes)}
    printable = "".join((*ids, *needed, *others)).isprintable()
    named = all(map(str.strip, ids)) and all(map(str.strip, needed))
    return printable and named and not any(map(_cost_reason, {event.cost for event in events}))


def _reason(event: Event, allowed: Window) -> str:
    """Return why a decoded event cannot be used, or nothing."""
    if event.occurred_at > allowed.latest:
        return "occurred_at lies in the future"
    if event.occurred_at < allowed.earliest:
        return f"occurred_at is more than {MAX_AGE.days} days ago"
    name = event.person.identity.name
    if not name.strip():
        return "person needs an email, slack_user_id or external_id"
    if not event.event_id.strip() or not event.tool.strip() or not event.model.strip():
        return "event_id, tool and model must not be blank"
    # databases refuse NUL in a text, and people read these names
    texts = (event.event_id, name, event.tool, event.model, event.work, event.run_id, event.provider, *event.outcomes)
    if not "".join(texts).isprintable():
        return "a name has characters that cannot be printed"
    return _cost_reason(event.cost)


def _cost_reason(cost: Cost | UnsetType | None) -> str:
    if cost is None or cost is UNSET:
        return ""
    if cost.currency != "USD":
        return "cost.currency: only USD is taken, amounts are never converted"
    try:
        amount = Decimal(cost.amount)
    except InvalidOperation:
        return 'cost.amount is not a decimal string like "0.0912"'
    if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        return "cost.amount is negative or absurd"
    return ""
