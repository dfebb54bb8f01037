"""What pushed events add up to: exact integers in the order of MEASURES."""

from collections.abc import Sequence
from decimal import Decimal
from enum import IntEnum, auto
from operator import mul
from typing import Final, NamedTuple

from msgspec import UNSET

from bot.connectors.estimates import VENDOR
from bot.connectors.push_event import Event
from bot.domain.money import NANO_PER_USD, nano_usd
from bot.domain.pricing import Rates, Tokens, list_value_nano_usd
from bot.domain.usage import BIT, MEASURES

PRICE_LIST: Final = "price list"
SENDER: Final = "sender"
_BITS: Final = tuple(BIT[name] for name in MEASURES)

Column = Sequence[int | None]
_UNTOLD: Final[Column] = (None,)


class Basis(IntEnum):
    """Where an event's money comes from; numbers, since every event is put into a group by it."""

    BILLED = auto()  # an operator's platform says what the provider billed
    SENDER = auto()  # the sender's own estimate
    VENDOR = auto()  # the vendor's client says what it is worth at list price
    PRICE_LIST = auto()  # nothing was said
    UNKNOWN = auto()  # null was said


# Who estimated, where the estimate came along.
_ESTIMATED: Final = {Basis.SENDER: SENDER, Basis.VENDOR: VENDOR}
_SAID: Final = frozenset({Basis.BILLED, *_ESTIMATED})


class ListPrice(NamedTuple):
    """Rates of the price list, and the same in whole nano-USD for a token where none of them is finer."""

    rates: Rates
    nano_usd: tuple[int, ...] | None


class Sums(NamedTuple):
    """Measures of several events: a lower bound where the measure's bit is set in *partly*."""

    values: Sequence[int | None]
    by: str
    partly: int


def list_price(rates: Rates | None) -> ListPrice | None:
    """Return *rates* ready for adding up; None where the price is unknown."""
    if rates is None:
        return None
    nano = [rate * NANO_PER_USD for rate in rates]
    return ListPrice(rates, tuple(map(int, nano)) if all(rate == int(rate) for rate in nano) else None)


def basis_of(event: Event, *, own: bool) -> Basis:
    """Return what an event's money rests on; nobody vouches for what a person's *own* token says."""
    cost = event.cost
    if cost is UNSET:
        return Basis.PRICE_LIST
    if not cost:
        return Basis.UNKNOWN
    return Basis.BILLED if cost.basis == "billed" and not own else Basis.SENDER


def add_up(events: Sequence[Event], basis: Basis, price: ListPrice | None, runs: tuple[int, int]) -> Sums:
    """Add up events of one *basis*, day, model and provider.

    *price* is the list's on that day; *runs* is how many runs, and runs with a result, begin here.
    """
    tokens = _tokens(events)
    counts, partly = _totals(tokens, _BITS[: len(tokens)])
    amounts: Column = _UNTOLD
    if basis in _SAID:
        amounts = [nano_usd(Decimal(event.cost.amount)) for event in events if event.cost]
    listed: Column = amounts
    if basis not in _ESTIMATED:
        listed = _UNTOLD if basis is Basis.UNKNOWN else _list_values(tokens, counts, price)
    others = (
        [event.requests for event in events],
        [event.failed_requests for event in events],
        *_run_columns(events, runs),
        amounts if basis is Basis.BILLED else _UNTOLD,
        listed,
    )
    values, others_partly = _totals(others, _BITS[len(tokens) :])
    return Sums(counts + values, _estimator(basis, values[-1]), partly | others_partly)


def _estimator(basis: Basis, list_value: int | None) -> str:
    if list_value is None:
        return ""
    return _ESTIMATED.get(basis, PRICE_LIST)


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
    return ((runs[0], None), (runs[1], None)) if any(named) else (_UNTOLD, _UNTOLD)


def _list_values(tokens: Sequence[Column], counts: Sequence[int | None], price: ListPrice | None) -> Column:
    """Return the events' list values, exactly as each alone has it; in one sum where that is the same."""
    if price is None:
        return _UNTOLD
    if price.nano_usd is not None and not any(None in column for column in tokens):
        return (sum(map(mul, price.nano_usd, counts)),)
    return [list_value_nano_usd(Tokens(*each), price.rates) for each in zip(*tokens, strict=True)]


def _totals(columns: Sequence[Column], bits: Sequence[int]) -> tuple[list[int | None], int]:
    """Return each column's sum of what is known, and the bits of those where that is not all."""
    sums: list[int | None] = []
    partly = 0
    for column, bit in zip(columns, bits, strict=True):
        if None not in column:
            sums.append(sum(column))  # type: ignore[arg-type]
            continue
        known = [value for value in column if value is not None]
        sums.append(sum(known) if known else None)
        partly |= bit if known else 0
    return sums, partly
