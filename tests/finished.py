"""Finished work for tests of the whole bot: what GitHub and Jira would have told of somebody."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.work import FinishedItem, OwnItem
from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from bot.services import Services
from storage import finished, finished_links, links, people, usage
from storage.finished import Owned
from storage.ids import account_id, source_id
from tests.cast import T0, TODAY
from tests.domain.outcomes.cast import ago

SINCE = ago(105)
_FIELDS = FinishedItem.__struct_fields__


def plant(
    services: Services,
    viewer: Viewer,
    items: Sequence[OwnItem],
    stated: Sequence[StatedLink] = (),
    kind: str = "github",
    last_day: date = TODAY,
) -> None:
    """Store *items* as *kind* tells of them, on an account of the person's there, and what runs stated."""

    def store(session: Session) -> None:
        source = source_id(session, kind, "company", owner=0)
        account = account_id(session, kind, f"login-{viewer.person_id}")
        links.link(session, account, viewer.person_id, SINCE, how="the tests", by="the tests")
        finished.put_items(session, source, [_bare(item) for item in items])
        finished.put_owned(
            session, [Owned(account, item.place, item.reference, item.title, item.link) for item in items]
        )
        usage.note_delivery(session, source, {account: (SINCE, last_day)}, T0)
        if stated:
            own = people.own_account(session, viewer.slack_id)
            pushed = source_id(session, "push", "meshclaw", owner=0)
            told = [StatedLink(each.reference, replace(each.used, source_id=pushed)) for each in stated]
            finished_links.add_links(session, {own: told})

    services.database.writing(store)


def plant_usage(services: Services, viewer: Viewer, rows: Sequence[UsageRow], kind: str = "ccusage") -> None:
    """Store *rows* as everything that one source said of the person in the last 15 weeks."""

    def store(session: Session) -> None:
        account = people.own_account(session, viewer.slack_id)
        source = source_id(session, kind, "laptop", owner=account)
        mine = [replace(row, source_id=source) for row in rows]
        usage.replace_days(session, account, source, {ago(back) for back in range(1, 106)}, mine, T0)

    services.database.writing(store)


def _bare(item: OwnItem) -> FinishedItem:
    return FinishedItem(**{name: getattr(item, name) for name in _FIELDS})
