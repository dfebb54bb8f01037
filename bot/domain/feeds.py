"""What each source of a person's figures brings: in which money, and which of several is believed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from bot.domain.counting import Overlaps, count_once
from bot.domain.people import Delivered
from bot.domain.reconciliation import Verdict
from bot.domain.usage import UsageRow

SEAT: Final = "seat"
BILLED: Final = "billed"


class Feed(NamedTuple):
    """What one source delivered for a person, whose money it is, and how the source stands to its bill.

    *money* has BILLED, SEAT and who estimated list values where nothing was billed; None without any row.
    """

    delivered: Delivered
    money: Sequence[str] | None
    verdict: Verdict = "too few"


class Silent(NamedTuple):
    """A connected source that has delivered nothing for a person, and whether it knows them."""

    kind: str
    knows: bool


class Believed(NamedTuple):
    """The kinds of sources that count for one tool, and those that reported the same work as well."""

    tool: str
    counted: Sequence[str]
    also_reported: Sequence[str]


def money_of(rows: Iterable[UsageRow]) -> dict[int, list[str]]:
    """Return by source instance in which money its rows are: what was billed first, estimates after it."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        money = found[row.source_id]
        if row.billed_nano_usd is not None:
            money.add(SEAT if row.is_seat else BILLED)
        elif row.list_value_nano_usd is not None:
            money.add(row.list_value_by)
    order = (BILLED, SEAT)
    return {
        source: [*(each for each in order if each in money), *sorted(money.difference(order))]
        for source, money in found.items()
    }


def believed_of(rows: Iterable[UsageRow], overlaps: Overlaps) -> list[Believed]:
    """Return by tool which kinds of sources count and which are kept beside them, over all *rows*."""
    split = count_once(rows, overlaps)
    counted, others = _kinds(split.counted), _kinds(split.also_reported)
    return [Believed(tool, sorted(kinds), sorted(others.get(tool, ()))) for tool, kinds in sorted(counted.items())]


def _kinds(rows: Iterable[UsageRow]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.tool].add(row.source)
    return dict(found)
