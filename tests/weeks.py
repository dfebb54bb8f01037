"""Ana's week 46 of 2026, planted as sources would deliver it, with figures that were worked out by hand.

Finished: a change on 10 and one on 12 November, a ticket on the 13th. Of two weeks before: two changes that
stayed and one that came back. Cost: $61.10, of which $37.00 on Tuesday; the weeks before about $44.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.usage import UsageRow
from storage import finished, people, usage
from storage.engine import Database
from storage.finished import Owned
from storage.ids import source_id
from storage.usage import note_delivery
from tests.cast import DAILY_DAYS, MARKS, T0, row
from tests.domain.outcomes.cast import change, ticket

WEEK: Final = IsoWeek(date(2026, 11, 9))
DUE: Final = datetime(2026, 11, 17, 8, tzinfo=UTC)  # Tuesday 9:00 in Berlin
ANA: Final = Profile(SlackId("T0LOCAL", "U01ANA"), "Ana Ruiz", "ana@larkfield.example", "Europe/Berlin")
MO: Final = Profile(SlackId("T0LOCAL", "U01MO"), "Mo Hale", "mo@larkfield.example", "Europe/Berlin")
CENT: Final = 10**7
_SUNDAY: Final = date(2026, 11, 15)
_BEFORE: Final = (4400, 4420, 4380, 4410, 4390, 4500, 4430, 4420)  # cents, the latest week first
_DAYS: Final = {date(2026, 11, 10): 3700, date(2026, 11, 11): 1210, date(2026, 11, 13): 1200}
ITEMS: Final = (
    (change(431, date(2026, 11, 12)), "Retry on 429"),
    (change(98, date(2026, 11, 10), place="acme/web"), "Faster checkout page"),
    (ticket(12, date(2026, 11, 13)), "Refunds arrive twice"),
    (change(1, date(2026, 10, 26)), "Sort the imports"),
    (change(2, date(2026, 10, 30)), "Cache the prices"),
    (change(3, date(2026, 11, 1), came_back_on=date(2026, 11, 5)), "Batch the writes"),
)


def paid_rows() -> list[UsageRow]:
    """Return what the company's Anthropic bill has of Ana, for nine weeks."""
    weeks = [(WEEK.before(back).monday + timedelta(days=2), cents) for back, cents in enumerate(_BEFORE, start=1)]
    days = [*weeks, *_DAYS.items()]
    return [
        row(day=day, source="anthropic", model="claude-opus-4-7", billed_nano_usd=cents * CENT) for day, cents in days
    ]


def on(database: Database, profile: Profile = ANA, at: datetime = T0 - timedelta(days=30)) -> Viewer:
    """Switch somebody on."""
    return database.writing(lambda session: people.switch_on(session, profile, MARKS, at, DAILY_DAYS))


def plant(
    database: Database,
    viewer: Viewer,
    rows: Sequence[UsageRow] = (),
    items: Sequence[tuple[FinishedItem, str]] = (),
    *,
    told_to: date = _SUNDAY,
) -> None:
    """Deliver usage of nine weeks up to *told_to*, and finished work if there is any."""

    def fill(session: Session) -> None:
        account = people.own_account(session, viewer.slack_id)
        source = source_id(session, "anthropic", "company")
        own = [UsageRow(**{n: getattr(r, n) for n in r.__struct_fields__} | {"source_id": source}) for r in rows]
        days = {date(2026, 8, 1) + timedelta(days=number) for number in range((told_to - date(2026, 8, 1)).days + 1)}
        usage.replace_days(session, account, source, days, own, DUE)
        if items:
            github = source_id(session, "github", "company")
            finished.put_items(session, github, [item for item, _ in items])
            finished.put_owned(session, [_owned(account, item, title) for item, title in items])
            note_delivery(session, github, {account: (date(2026, 8, 1), told_to)}, DUE)

    database.writing(fill)


def _owned(account: int, item: FinishedItem, title: str) -> Owned:
    return Owned(account, item.place, item.reference, title, f"https://git.example/{item.reference.replace('#', '/')}")
