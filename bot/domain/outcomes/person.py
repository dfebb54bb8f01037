"""What one person finished in a period, and what the AI part of it came to: for that person alone."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.domain.outcomes.cost_per_change import CostPerChange, cost_per_change
from bot.domain.outcomes.links import (
    NO_MARKS,
    Help,
    OwnMarks,
    StatedLink,
    WorkDay,
    by_reference,
    help_of,
    is_own,
    work_days,
)
from bot.domain.outcomes.not_tied import NotTied, not_tied
from bot.domain.outcomes.states import State, Work, counted_once, merged_by_author
from bot.domain.outcomes.work import KINDS, Kind, OwnItem
from bot.domain.period import Period
from bot.domain.quantity import Quantity
from bot.domain.summary import Lane, cost_of
from bot.domain.usage import UsageRow


class KindCounts(NamedTuple):
    """How much of one kind was finished, what became of it, and what of it shows or may have had AI help."""

    kind: Kind
    finished: int
    stayed: int
    came_back: int
    too_new: int
    shows_help: int
    may_have_had_help: int


class LinkedCost(NamedTuple):
    """What the runs that named an item came to, in the lane that is named."""

    lane: Lane
    nano_usd: Quantity


class ListedItem(NamedTuple):
    """One finished item of the person's list; *counts_as* is the ticket (or the item itself) that counts once."""

    item: OwnItem
    counts_as: str
    state: State  # of what counts once, so that the list agrees with the sums
    help: Help
    cost: LinkedCost | None  # None where no run named it


@dataclass(frozen=True, slots=True)
class PersonOutcomes:
    """The finished work of one person in *period*; *listed* has the latest first."""

    period: Period
    counts: tuple[KindCounts, ...]
    listed: tuple[ListedItem, ...]
    merged_by_author: tuple[OwnItem, ...]
    cost_per_change: CostPerChange | None
    not_tied: NotTied | None


class _Seen(NamedTuple):
    """What is known of AI use beside the items: stated by runs, own of it, and days of use by place."""

    stated: Mapping[str, Sequence[UsageRow]]
    own_stated: Mapping[str, Sequence[UsageRow]]
    used: Collection[WorkDay]


def person_outcomes(
    items: Iterable[OwnItem],
    usage: Iterable[UsageRow],
    links: Sequence[StatedLink],
    period: Period,
    today: date,
    known_from: date,
    marks: OwnMarks = NO_MARKS,
) -> PersonOutcomes:
    """Return what one person finished in *period*, as known on *today*.

    *items* are all of the person's, not the period's alone, since a ticket counts once; *usage* are the
    counted rows of the period and of the last 15 weeks; *known_from* is the first day from which both
    were collected.
    """
    mine = [item for item in items if item.reference not in marks.not_mine]
    rows = [row for row in usage if is_own(row, marks.shared_jobs)]
    own_links = [link for link in links if is_own(link.used, marks.shared_jobs)]
    seen = _Seen(by_reference(links), by_reference(own_links), work_days(rows))
    works = counted_once(mine, today)
    finished = [work for work in works if period.contains(work.finished_on)]
    listed = [_listed(item, work, seen) for work in finished for item in work.items]
    return PersonOutcomes(
        period=period,
        counts=tuple(_counts(kind, finished, listed) for kind in KINDS if any(w.kind == kind for w in finished)),
        listed=tuple(sorted(listed, key=lambda line: (-line.item.finished_on.toordinal(), line.item.reference))),
        merged_by_author=tuple(item for item in merged_by_author(mine) if period.contains(item.finished_on)),
        cost_per_change=cost_per_change(works, rows, today, known_from),
        not_tied=not_tied([item for work in works for item in work.items], rows, own_links, period),
    )


def _listed(item: OwnItem, work: Work[OwnItem], seen: _Seen) -> ListedItem:
    stated = seen.own_stated.get(item.reference)
    cost = LinkedCost(*cost_of(stated)) if stated else None
    return ListedItem(item, work.reference, work.state, help_of(item, seen.stated, seen.used), cost)


def _counts(kind: Kind, finished: Iterable[Work[OwnItem]], listed: Iterable[ListedItem]) -> KindCounts:
    """Count each work once; it shows help when anything of it does."""
    states = [work.state for work in finished if work.kind == kind]
    helped = [(line.counts_as, line.help) for line in listed if line.item.kind == kind]
    shows = {name for name, help_ in helped if help_ == "shown"}
    maybe = {name for name, help_ in helped if help_ == "maybe"} - shows
    return KindCounts(
        kind,
        len(states),
        states.count("stayed"),
        states.count("came_back"),
        states.count("too_new"),
        len(shows),
        len(maybe),
    )
