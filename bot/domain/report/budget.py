"""When the month's budget is spent at the pace so far."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.domain.report.bill import SourceBill, block_bill, shown_bill
from bot.domain.report.content import RunOut

MIN_DAYS: Final = 7


def run_out(sources: Sequence[SourceBill], budget_nano_usd: int, month: date, known_to: date) -> RunOut | None:
    """Return when the budget of *month* (its first day) is spent: the bill by day up to *known_to*, carried on.

    None under seven known days, and where a source has not told of all of them: the real date would be earlier. So it
    is where the bill itself is not shown.
    """
    days = (known_to - month).days + 1
    if days < MIN_DAYS:
        return None
    bill = block_bill(sources, month, known_to)
    if shown_bill(bill) is None or not bill.is_complete:
        return None
    last = month + timedelta(days=monthrange(month.year, month.month)[1] - 1)
    # the first day at whose end all of it is spent
    spent_on = month + timedelta(days=-(-budget_nano_usd * days // bill.whole_nano_usd) - 1)
    return RunOut(budget_nano_usd, month, spent_on if spent_on <= last else None)


def known_to(sources: Sequence[SourceBill], today: date) -> date | None:
    """Return the last day before today of which all *sources* have told; None where one never did."""
    known = [each.known_to for each in sources]
    ends = [end for end in known if end is not None]
    return min(*ends, today - timedelta(days=1)) if ends and len(ends) == len(known) else None
