"""What ties AI use to finished work: what runs said themselves, and use in the same place just before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from bot.domain.outcomes.work import FinishedItem
from bot.domain.usage import UsageRow

# Use on the finishing day or one of the three days before it may have helped: 72 hours, in whole days.
DAYS_BEFORE: Final = tuple(timedelta(days=days) for days in range(4))

Help = Literal["shown", "maybe", "none"]
WorkDay = tuple[str, date]  # a place or job, and a day of use


class StatedLink(NamedTuple):
    """Runs of one day that named a finished item, and what they came to for it, in the form of a usage row."""

    reference: str
    used: UsageRow


class OwnMarks(NamedTuple):
    """What a person marked: items by reference as [Not mine], jobs by name as [Shared job]."""

    not_mine: frozenset[str] = frozenset()
    shared_jobs: frozenset[str] = frozenset()


NO_MARKS: Final = OwnMarks()


def stated_links(used: UsageRow, references: Iterable[str]) -> list[StatedLink]:
    """Return a link to each of *references*, among which the cost of *used* is divided to the nano-USD."""
    names = sorted(set(references))
    parts = [
        (_part(used.billed_nano_usd, number, len(names)), _part(used.list_value_nano_usd, number, len(names)))
        for number in range(len(names))
    ]
    return [
        StatedLink(name, replace(used, billed_nano_usd=billed, list_value_nano_usd=value))
        for name, (billed, value) in zip(names, parts, strict=True)
    ]


def _part(nano_usd: int | None, number: int, parts: int) -> int | None:
    return None if nano_usd is None else nano_usd * (number + 1) // parts - nano_usd * number // parts


def is_own(row: UsageRow, shared_jobs: Collection[str]) -> bool:
    """Return whether *row* is in its person's own cost: not a job that ran on its own and is marked as shared."""
    return not (row.ran_on_its_own and (row.work or row.tool) in shared_jobs)


def by_reference(links: Iterable[StatedLink]) -> dict[str, list[UsageRow]]:
    """Return what runs stated, by the item that they named."""
    found: dict[str, list[UsageRow]] = {}
    for link in links:
        found.setdefault(link.reference, []).append(link.used)
    return found


def help_of(item: FinishedItem, stated: Mapping[str, Sequence[UsageRow]], used: Collection[WorkDay]) -> Help:
    """Return whether *item* shows AI help, may have had some, or neither; *used* are the person's days by place."""
    if item.ai_evidence == "shown" or item.reference in stated:
        return "shown"
    return "maybe" if any(day in used for day in just_before(item)) else "none"


def just_before(item: FinishedItem) -> list[WorkDay]:
    """Return the days on which use in the item's place may have helped it."""
    return [(item.place, item.finished_on - days) for days in DAYS_BEFORE]


def work_days(rows: Iterable[UsageRow]) -> set[WorkDay]:
    """Return where and when AI was used, as far as the rows name a place or job."""
    return {(row.work, row.day) for row in rows if row.work and not row.is_seat}
