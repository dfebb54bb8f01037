"""Months before the daily rows: what would have remained, had the company used the bot for a year."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace
from sqlmodel import Session

from bot.demo.company.interactive import growth
from bot.domain.counting import count_once
from bot.domain.people import SlackId
from bot.domain.period import month_of
from bot.domain.usage import MEASURES, UsageRow
from bot.services import Services
from storage.people import viewer_of
from storage.retention import add_to_months
from storage.usage import usage_of

_MONTHS: Final = 9
_SAMPLE_DAYS: Final = 28


def remember_months(session: Session, services: Services, user_id: str) -> None:
    """Give one person the monthly sums of the nine months before their first day, after the way they began."""
    viewer = viewer_of(session, SlackId(services.slack.org_id, user_id))
    if viewer is None:
        return
    today = services.now().date()
    first = today - timedelta(days=services.policy.retention.daily_days)
    rows = usage_of(session, viewer.person_id, first, first + timedelta(days=_SAMPLE_DAYS - 1))
    sample = count_once(rows, services.overlaps).counted
    remembered = []
    for month in _months_before(first):
        share = growth(month, today) / growth(first, today) * month_of(month).days / _SAMPLE_DAYS
        remembered += [_scaled(row, month, share) for row in sample]
    add_to_months(session, viewer, remembered)


def _months_before(first: date) -> Iterator[date]:
    month = first.replace(day=1)
    for _ in range(_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        yield month


def _scaled(row: UsageRow, month: date, share: float) -> UsageRow:
    amounts = {name: getattr(row, name) for name in MEASURES}
    scaled = {name: None if amount is None else round(amount * share) for name, amount in amounts.items()}
    return replace(row, day=month, **scaled)
