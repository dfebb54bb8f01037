"""What pushed events came to for the finished items that they name. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.connectors.push_batch import BasisOf
from bot.connectors.push_event import Event, Identity
from bot.connectors.push_measures import ListPrice, add_up, list_price
from bot.domain.outcomes.links import StatedLink, stated_links
from bot.domain.pricing import PriceBook
from bot.domain.usage import STANDARD_TIER, UsageRow

_NO_RUNS = (0, 0)


def costs_by_reference(
    events: Iterable[Event], source_id: int, basis_of: BasisOf, prices: PriceBook
) -> Mapping[Identity, Sequence[StatedLink]]:
    """Return by person the links that *events* state, the cost of each divided among what it names.

    Of the measures only the two lanes of money are in them.
    """
    found: defaultdict[Identity, list[StatedLink]] = defaultdict(list)
    known: dict[tuple[str, str, date], ListPrice | None] = {}
    for event in events:
        references = [name for name in event.outcomes if name.strip()]
        if not references:
            continue
        priced = (event.provider, event.model, event.day)
        if priced not in known:
            known[priced] = list_price(prices(*priced, STANDARD_TIER))
        used = _used(event, source_id, basis_of, known[priced])
        found[event.person.identity] += stated_links(used, references)
    return found


def _used(event: Event, source_id: int, basis_of: BasisOf, price: ListPrice | None) -> UsageRow:
    sums = add_up([event], basis_of(event), price, _NO_RUNS)
    billed, list_value = sums.values[-2:]
    return UsageRow(
        day=event.day,
        source="push",
        source_id=source_id,
        tool=event.tool,
        model="",
        run_kind=event.trigger,
        work=event.work,
        billed_nano_usd=billed,
        list_value_nano_usd=list_value,
        list_value_by=sums.by,
    )
