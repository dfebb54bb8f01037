"""What values of counters add to, and how those of one request come together."""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bot.connectors.estimates import PRICE_LIST, VENDOR
from bot.connectors.push_batch import Group
from bot.connectors.push_event import Person
from bot.connectors.push_measures import Basis, Sums
from bot.domain.pricing import PriceBook, Tokens, list_value_nano_usd
from bot.domain.usage import MEASURES, STANDARD_TIER, TOKEN_MEASURES, RunKind

COST: Final = "cost"
SAVED: Final = "saved"  # that something was saved, which adds to no measure
CACHED_INPUT: Final = "cached_input"  # a part of what "input" counts too
_PLACES: Final = {name: place for place, name in enumerate(MEASURES)}
_LIST_VALUE: Final = _PLACES["list_value_nano_usd"]
_WRITTEN_1H: Final = _PLACES["cache_write_1h_tokens"]
# lane -> the measures that a value adds to, and how often
_ADDS: Final = {
    "input": ((_PLACES["uncached_input_tokens"], 1),),
    CACHED_INPUT: ((_PLACES["uncached_input_tokens"], -1), (_PLACES["cache_read_tokens"], 1)),
    "cache_read": ((_PLACES["cache_read_tokens"], 1),),
    # a client that does not tell the lifetimes apart counts all of it as written for the short one
    "cache_write": ((_PLACES["cache_write_tokens"], 1), (_WRITTEN_1H, 0)),
    "output": ((_PLACES["output_tokens"], 1),),
    COST: ((_LIST_VALUE, 1),),
    SAVED: (),
}


class Subject(NamedTuple):
    """What readings have in common that are added up."""

    person: Person
    day: date
    tool: str
    model: str
    run_kind: RunKind
    provider: str
    is_priced: bool  # from the price list, since the client says no cost
    work: str = ""


class Reading(Struct, frozen=True, gc=False):
    """What a point says, and how it is recognised; *value* is tokens, or nano-USD in the lane of cost.

    *session* names the run if that started on its own; it and the time of day are for the buffer of 72 hours.
    """

    of: Subject
    lane: str
    value: int
    mark: bytes
    series: bytes
    start_ns: int
    time_ns: int
    is_cumulative: bool
    session: str = ""

    @property
    def person(self) -> Person:
        """Whose it is."""
        return self.of.person

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.of.day

    def about(self, person: Person) -> "Reading":
        """Return the same, about *person*."""
        return replace(self, of=self.of._replace(person=person))


def sums(readings: Iterable[tuple[Reading, int]], prices: PriceBook) -> dict[Group, Sums]:
    """Add up what each reading adds; what no reading tells of stays None, which says nothing."""
    added: dict[Subject, list[int | None]] = {}
    for reading, amount in readings:
        values = added.get(reading.of)
        if values is None:
            values = added[reading.of] = [None] * len(MEASURES)
        for place, times in _ADDS[reading.lane]:
            values[place] = (values[place] or 0) + times * amount
    return {_group(key): _valued(key, values, prices) for key, values in added.items() if any(values)}


def _group(key: Subject) -> Group:
    basis = Basis.PRICE_LIST if key.is_priced else Basis.VENDOR
    return Group(key.person.identity, key.day, key.tool, key.model, key.run_kind, key.work, key.provider, basis)


def _valued(key: Subject, values: list[int | None], prices: PriceBook) -> Sums:
    by = VENDOR
    if key.is_priced:
        by = PRICE_LIST
        tokens = Tokens(*(values[place] or 0 for place in range(len(TOKEN_MEASURES))))
        rates = prices(key.provider, key.model, key.day, STANDARD_TIER)
        values[_LIST_VALUE] = list_value_nano_usd(tokens, rates)
    return Sums(values, "" if values[_LIST_VALUE] is None else by, 0)
