"""Comparing what sources reported with what was billed, and telling the operators where the two do not agree."""

from datetime import timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.connectors.pull import PullSource
from bot.domain.reconciliation import ComparedMonth
from bot.jobs.kind import Payload, ToChannel
from bot.services import Services
from bot.views.alerts import bill_differs
from bot.views.blocks import Message
from storage.bills import compared_months
from storage.choices import ALERT, take_slot
from storage.planning import plan

_LATE: Final = timedelta(days=7)  # it is composed from what is known when it goes


def run(services: Services) -> dict[str, int]:
    """Plan a message to the operator channel of every source that does not match its bill, once a source and month."""
    compared = told = 0
    for source in services.sources:
        months = _months(services, source)
        compared += sum(each.reconciled.verdict in {"matches", "differs"} for each in months)
        told += sum(_tell(services, source, each) for each in months)
    return {"compared": compared, "told": told}


def _months(services: Services, source: PullSource) -> list[ComparedMonth]:
    today = services.now().date()
    with services.database.reading() as session:
        found = compared_months(
            session,
            source.kind,
            source.name,
            today,
            revised_days=source.windows.each_run,
            comparable=source.bill_covers_rows,
        )
    return [each for each in found if each.tells_on(today)]


def _tell(services: Services, source: PullSource, compared: ComparedMonth) -> bool:
    """Plan the alert if there has to be one; the slot is kept for longer than the message."""
    channel = services.policy.people.operator_channel
    if _message(source, compared) is None or not channel:
        return False
    return services.database.writing(partial(_plan, services=services, source=source, compared=compared))


def _plan(session: Session, services: Services, source: PullSource, compared: ComparedMonth) -> bool:
    month, now = f"{compared.month.first:%Y-%m}", services.now()
    period = f"{source.kind}/{source.name} {month}"
    if not take_slot(session, ALERT, f"bill {period}", now):
        return False
    payload = {"source": source.kind, "name": source.name, "month": month}
    channel = services.policy.people.operator_channel
    return plan(session, ALERT, period, [(0, now)], now, payload=payload, channel=channel) == 1


def _compose(services: Services, payload: Payload) -> Message | None:
    """Return the alert by what is known now; None where the source has come to match meanwhile."""
    wanted = (payload["source"], payload["name"])
    for source in services.sources:
        for each in _months(services, source) if (source.kind, source.name) == wanted else ():
            if f"{each.month.first:%Y-%m}" == payload["month"]:
                return _message(source, each)
    return None


def _message(source: PullSource, compared: ComparedMonth) -> Message | None:
    gap = compared.reconciled.gap_per_cent
    if compared.reconciled.verdict != "differs" or gap is None:
        return None
    return bill_differs(source.kind, compared.month.first, compared.reconciled.lane, gap)


KIND = ToChannel(_compose, late=_LATE)
