"""Taking finished work that was reported: items of places for everybody, whose they are for those who are on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple

from msgspec.structs import replace
from sqlmodel import Session

from bot.connectors.finished import ReportedItem, ReportedWork, WorkSource
from bot.domain.outcomes.revised import Asked, Key, key_of, revised
from bot.domain.outcomes.same_work import MergedChange
from bot.domain.outcomes.work import FinishedItem
from bot.jobs.asking import provider_of
from bot.services import Services
from storage import finished, pulls
from storage.finished import Owned

_AT_ONCE: Final = 50_000  # items in one transaction
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkAsking:
    """One system of record that is asked, for everybody who is on.

    Those for whom it never delivered wait for their back-fill, unless they are *filled* now.
    """

    services: Services
    source: WorkSource
    instance: int
    filled: Collection[int] = frozenset()


class Piece(NamedTuple):
    """The days whose items are kept, and the days that are asked for, which also tell what became of them."""

    first: date
    last: date
    asked: Asked


def take_work(asking: WorkAsking, work: ReportedWork, piece: Piece) -> int:
    """Keep what was reported; return how many items that was. What is no longer reported stays."""
    reported = {key_of(each.item): each for each in work.items}
    held = _held(asking.services, work)
    items = _revised(asking, work, list(reported.values()), held, piece.asked)
    kept = [item for item in items if piece.first <= item.finished_on <= piece.last or key_of(item) not in reported]
    for start in range(0, len(kept), _AT_ONCE):
        store = partial(_store, asking=asking, items=kept[start : start + _AT_ONCE], reported=reported, held=held)
        asking.services.database.writing(store)
    return len(work.items)


def _held(services: Services, work: ReportedWork) -> dict[Key, FinishedItem]:
    """Return what is remembered of what is reported, and of what something returned to."""
    references = {each.item.reference for each in work.items}
    references |= {revert.of for revert in work.reverts} | {each.reference for each in work.reopenings}
    with services.database.reading() as session:
        return finished.held(session, references)


def accounts_that_are_on(session: Session, asking: WorkAsking) -> list[pulls.Collected]:
    """Return the accounts of people who are on, without those that wait for their back-fill."""
    collected = pulls.collected_accounts(session, provider_of(asking.source), asking.services.marks)
    new = {each.account_id for each in pulls.without_delivery(session, asking.instance, collected)}
    return [each for each in collected if each.account_id not in new or each.account_id in asking.filled]


def _revised(
    asking: WorkAsking,
    work: ReportedWork,
    reported: Sequence[ReportedItem],
    held: Mapping[Key, FinishedItem],
    asked: Asked,
) -> list[FinishedItem]:
    marks = _author_marks(asking, reported)
    changes: list[MergedChange] = []
    others: list[FinishedItem] = []
    for each in reported:
        item = replace(each.item, author=marks[each.author]) if each.author else each.item
        if each.merged_at is not None and each.files:
            changes.append(MergedChange(item, each.merged_at, each.files))
        else:
            others.append(item)
    return revised(changes, others, work.reverts, work.reopenings, held, asked)


def _author_marks(asking: WorkAsking, reported: Sequence[ReportedItem]) -> dict[str, bytes]:
    provider, marks = provider_of(asking.source), asking.services.marks
    return {name: marks.of_author(provider, name) for name in {each.author for each in reported if each.author}}


def _store(
    session: Session,
    asking: WorkAsking,
    items: Sequence[FinishedItem],
    reported: Mapping[Key, ReportedItem],
    held: Mapping[Key, FinishedItem],
) -> None:
    finished.disown(session, items, held)
    finished.put_items(session, asking.instance, items)
    kept_from = asking.services.now().date() - timedelta(days=asking.services.policy.retention.daily_days)
    told = [reported[key] for item in items if (key := key_of(item)) in reported and item.finished_on >= kept_from]
    whose = _whose(session, asking, told)  # anew: somebody may have paused while pages were read
    owned = [
        Owned(whose[each.author].account_id, each.item.place, each.item.reference, each.title, each.link)
        for each in told
        if each.author in whose and whose[each.author].takes(each.item.finished_on)
    ]
    finished.put_owned(session, owned)


def _whose(session: Session, asking: WorkAsking, told: Iterable[ReportedItem]) -> dict[str | None, pulls.Collected]:
    """Return whose the authors of items are who are on; an account that is shared is nobody's from that day on."""
    shared = pulls.shared_from(session, provider_of(asking.source))
    authors = {each.author for each in told}
    return {
        each.name: each._replace(last=min(each.last, shared[each.name] - _DAY)) if each.name in shared else each
        for each in accounts_that_are_on(session, asking)
        if each.name in authors
    }
