"""The accounts that providers list, and whose they are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.connectors.pull import ListedAccount
from bot.jobs.asking import provider_of
from bot.services import Services, Source
from storage import listings
from storage.ids import source_id
from storage.listings import Listing

_AT_ONCE: Final = 500
_MAX_NAME: Final = 500


class Listed(NamedTuple):
    """What came of a listing: how many accounts it has, and how many of people match nobody in the directory."""

    accounts: int
    unmatched: int


def take_listing(services: Services, source: Source) -> Listed:
    """Remember every account that *source* lists, and link those of people who are on; raises ConnectorError.

    An account that has left the list stays remembered. A source that lists none leaves everything as it is.
    """
    provider = provider_of(source)
    accounts = unmatched = 0
    for part in _parts(source.accounts()):
        unmatched += services.database.writing(partial(_take, services=services, provider=provider, part=part))
        accounts += len(part)
    if accounts:
        services.database.writing(partial(_note, source=source, unmatched=unmatched))
    return Listed(accounts, unmatched)


def _parts(accounts: Iterable[ListedAccount]) -> Iterator[Sequence[Listing]]:
    part: list[Listing] = []
    for each in accounts:
        if 0 < len(each.name) <= _MAX_NAME and each.name.isprintable():
            part.append(Listing(each.name, each.email, each.kind))
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _take(session: Session, services: Services, provider: str, part: Sequence[Listing]) -> int:
    today = services.now().date()
    from_day = today - timedelta(days=services.policy.retention.daily_days)
    return listings.take_listed(session, provider, part, services.marks, today, from_day)


def _note(session: Session, source: Source, unmatched: int) -> None:
    listings.note_unmatched(session, source_id(session, source.kind, source.name), unmatched)
