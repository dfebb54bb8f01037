"""What pushed events add up to: exact integers in the order of MEASURES."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import UNSET

from bot.connectors.push_event import Event
from bot.domain.money import NANO_PER_USD, nano_usd
from bot.domain.pricing import Rates, Tokens, list_value_nano_usd
from bot.domain.usage import BIT, MEASURES

PRICE_LIST: Final = "price list"
SENDER: Final = "sender"
_BITS: Final = tuple(BIT[name] for name in MEASURES)

Column = Sequence[int | None]


class Basis(Enum):
    """Where an event's money comes from."""

    BILLED = "billed"  # an operator's platform says what the provider billed
    SENDER = "sender"  # the sender's own estimate
    PRICE_LIST = "price list"  # nothing was said
    UNKNOWN = "unknown"  # null was said


class Sums(NamedTuple):
    """Measures of several events: a lower bound where the measure's bit is set in *partly*."""

    values: tuple[int | None, ...]
    by: str
    partly: int


def basis_of(event: Event, *, own: bool) -> Basis:
    """Return what an event's money rests on; nobody vouches for what a person's *own* token says."""
    cost = event.cost
    if cost is UNSET:
        return Basis.PRICE_LIST
    if not cost:
        return Basis.UNKNOWN
    return Basis.BILLED if cost.basis == "billed" and not own else Basis.SENDER


def add_up(events: Sequence[Event], basis: Basis, rates: Rates | None, runs: tuple[int, int]) -> Sums:
    """Add up events of one *basis*, day, model and provider.

    *rates* are the list's on that day; *runs* is how many runs, and runs with a result, begin here.
    """
    tokens = _tokens(events)
    amounts: Column = (None,)
    if basis in {Basis.BILLED, Basis.SENDER}:
        amounts = [nano_usd(Decimal(event.cost.amount)) for event in events if event.cost]
    listed: Column = (None,)
    if basis in {Basis.BILLED, Basis.PRICE_LIST}:
        listed = _list_values(tokens, rates)
    columns: tuple[Column, ...] = (
        *tokens,
        [event.requests for event in events],
        [event.failed_requests for event in events],
        *_run_columns(events, runs),
        amounts if basis is Basis.BILLED else (None,),
        amounts if basis is Basis.SENDER else listed,
    )
    totals = [_total(column) for column in columns]
    partly = sum(bit for bit, (_, complete) in zip(_BITS, totals, strict=True) if not complete)
    values = tuple(value for value, _ in totals)
    return Sums(values, _estimator(basis, values[-1]), partly)


def _estimator(basis: Basis, list_value: int | None) -> str:
    if list_value is None:
        return ""
    return SENDER if basis is Basis.SENDER else PRICE_LIST


def _tokens(events: Sequence[Event]) -> tuple[list[int | None], ...]:
    tokens = [event.tokens for event in events]
    return (
        [each.input for each in tokens],
        [each.cache_read for each in tokens],
        [each.cache_write for each in tokens],
        # a sender that does not tell the lifetimes apart counts all of it as cache_write
        [0 if each.cache_write_1h is None and each.cache_write is not None else each.cache_write_1h for each in tokens],
        [each.output for each in tokens],
    )


def _run_columns(events: Sequence[Event], runs: tuple[int, int]) -> tuple[Column, Column]:
    """Return what *runs* says, with an unknown part for events that name no run."""
    named = [bool(event.run_id) for event in events]
    if all(named):
        return (runs[0],), (runs[1],)
    return ((runs[0], None), (runs[1], None)) if any(named) else ((None,), (None,))


def _list_values(tokens: Sequence[Column], rates: Rates | None) -> Column:
    """Return the events' list values, exactly as each alone has it; in one sum where that is the same."""
    if rates is None:
        return (None,)
    nano = _nano_rates(rates)
    if nano is not None and not any(None in column for column in tokens):
        return (sum(rate * (_total(column)[0] or 0) for rate, column in zip(nano, tokens, strict=True)),)
    return [list_value_nano_usd(Tokens(*each), rates) for each in zip(*tokens, strict=True)]


@lru_cache(1024)
def _nano_rates(rates: Rates) -> tuple[int, ...] | None:
    """Return the rates as whole nano-USD for a token, None where one is finer and amounts are rounded."""
    nano = [rate * NANO_PER_USD for rate in rates]
    return tuple(map(int, nano)) if all(rate == int(rate) for rate in nano) else None


def _total(column: Column) -> tuple[int | None, bool]:
    """Return the sum of what is known, and whether that is all or nothing."""
    if None not in column:
        return sum(column), True  # type: ignore[arg-type]
    known = [value for value in column if value is not None]
    return (sum(known), False) if known else (None, True)
