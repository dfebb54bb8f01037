"""What events say of runs while they run: a cost a minute, and whether something was saved. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from bot.connectors.push_batch import BasisOf
from bot.connectors.push_event import Event, Identity, Moment
from bot.connectors.push_measures import ListPrice, add_up, list_price
from bot.domain.pricing import PriceBook
from bot.domain.usage import STANDARD_TIER

_NO_RUNS = (0, 0)


class MinuteOf(NamedTuple):
    """A minute of one run of somebody's; the same name with another tool is another run."""

    identity: Identity
    tool: str
    run: str
    minute: datetime


class MinuteSum(NamedTuple):
    """What a minute came to in both lanes, and whether something was saved or finished in it."""

    work: str
    run_kind: str
    billed_nano_usd: int | None
    list_value_nano_usd: int | None
    has_progress: bool

    def plus(self, other: "MinuteSum") -> "MinuteSum":
        """Return both together; what is unknown of one adds nothing here, where a sum only says "at least"."""
        return self._replace(
            billed_nano_usd=_plus(self.billed_nano_usd, other.billed_nano_usd),
            list_value_nano_usd=_plus(self.list_value_nano_usd, other.list_value_nano_usd),
            has_progress=self.has_progress or other.has_progress,
        )


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def by_minute(told: Iterable[tuple[MinuteOf, MinuteSum]]) -> Mapping[MinuteOf, MinuteSum]:
    """Return what is told of the same minute of a run in one."""
    found: dict[MinuteOf, MinuteSum] = {}
    for key, one in told:
        found[key] = found[key].plus(one) if key in found else one
    return found


def minutes_of(
    told: Iterable[tuple[Event, Moment]], basis_of: BasisOf, prices: PriceBook
) -> Mapping[MinuteOf, MinuteSum]:
    """Return by minute what events of runs came to."""
    known: dict[tuple[str, str, date], ListPrice | None] = {}

    def summed(event: Event) -> MinuteSum:
        priced = (event.provider, event.model, event.day)
        if priced not in known:
            known[priced] = list_price(prices(*priced, STANDARD_TIER))
        billed, list_value = add_up([event], basis_of(event), known[priced], _NO_RUNS).values[-2:]
        has_progress = event.has_result or event.is_turn
        return MinuteSum(event.work, event.trigger, billed, list_value, has_progress)

    return by_minute((_minute(event, moment), summed(event)) for event, moment in told)


def _minute(event: Event, moment: Moment) -> MinuteOf:
    minute = moment.at.astimezone(UTC).replace(second=0, microsecond=0)
    return MinuteOf(event.person.identity, event.tool, moment.run, minute)
