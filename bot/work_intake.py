"""What other systems of record send in about finished work: checked whole, then kept in one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from sqlmodel import Session

from bot.connectors import finished_upload
from bot.connectors.finished_upload import UploadedItem
from bot.domain.outcomes.revised import Key
from bot.domain.outcomes.sources import UPLOADS
from bot.services import Services
from storage import finished, holders, usage
from storage.finished import Owned
from storage.ids import source_id


def take_outcomes(services: Services, content: bytes, name: str, *, most: int | None = None) -> int:
    """Keep what the system called *name* says of its items, the last of a reference; return how many came.

    Whose they are is kept of people who are on. Raises InputError that names every bad item, with
    nothing stored.
    """
    uploaded = finished_upload.parse(content, services.now().date(), most)
    newest = {(each.place, each.reference): each for each in uploaded}
    services.database.writing(partial(_store, services=services, newest=newest, name=name))
    return len(uploaded)


def _store(session: Session, services: Services, newest: Mapping[Key, UploadedItem], name: str) -> None:
    items = [each.item(_author(services, each)) for each in newest.values()]
    finished.disown(session, items, finished.held(session, [item.reference for item in items]))
    source = source_id(session, UPLOADS, name)
    finished.put_items(session, source, items)
    owned = list(_owned(session, services, newest.values()))
    finished.put_owned(session, [each for each, _ in owned])
    usage.note_delivery(session, source, _reached(owned), services.now())


def _author(services: Services, uploaded: UploadedItem) -> bytes:
    return b"" if uploaded.person is None else services.marks.of_author(*uploaded.person.identity)


def _owned(session: Session, services: Services, uploaded: Collection[UploadedItem]) -> Iterator[tuple[Owned, date]]:
    """Yield whose the items of people who are on are, and when they were finished; old ones stay without."""
    kept_from = services.now().date() - timedelta(days=services.policy.retention.daily_days)
    identities = {each.person.identity for each in uploaded if each.person is not None}
    whose = holders.by_identity(session, services.slack.org_id, identities, services.marks)
    for each in uploaded:
        if each.person is None or each.finished_on < kept_from:
            continue
        theirs = whose.get(each.person.identity, ())
        account = next((one.account_id for one in theirs if one.takes(each.finished_on, own=False)), None)
        if account is not None:
            yield Owned(account, each.place, each.reference, each.kept_title, each.link), each.finished_on


def _reached(owned: Iterable[tuple[Owned, date]]) -> dict[int, tuple[date, date]]:
    """Return by account the first and the last day of its items."""
    reached: dict[int, tuple[date, date]] = {}
    for each, day in owned:
        first, last = reached.get(each.account_id, (day, day))
        reached[each.account_id] = (min(first, day), max(last, day))
    return reached
