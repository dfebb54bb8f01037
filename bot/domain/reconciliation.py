"""Whether what a source reported of everybody agrees with what the provider billed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from bot.domain.period import Period
from bot.domain.summary import Lane

Verdict = Literal["matches", "differs", "no bill", "too few"]

# Of fewer people a ratio would tell something about single ones.
MIN_PEOPLE: Final = 12
# A gap of one in so many, 5 %, is still agreement: bills are rounded, taxed and corrected.
_ONE_IN: Final = 20
# Of a month that has just begun few days are billed: one odd day would be its gap.
_TELLING_FROM_DAY: Final = 10


class ReportedSums(NamedTuple):
    """One day over everybody, in nano-USD; None is unknown.

    *bill* is what the provider billed, *billed* and *list_value* what the source's rows came to.
    *settled* says that the source has reported the day and no longer revises it.
    """

    day: date
    bill: int | None
    billed: int | None
    list_value: int | None
    accounts: int | None
    settled: bool


class Reconciled(NamedTuple):
    """How a month's reports stand to its bill; *gap_per_cent* is above 0 where more was reported than billed."""

    verdict: Verdict
    lane: Lane = "billed"
    gap_per_cent: Decimal | None = None


class ComparedMonth(NamedTuple):
    """How one month of a source stands to its bill."""

    month: Period
    reconciled: Reconciled

    def tells_on(self, today: date) -> bool:
        """Return whether enough of the month is over for its gap to mean something."""
        return self.month.last < today or today.day >= _TELLING_FROM_DAY


def reconcile(days: Sequence[ReportedSums]) -> Reconciled:
    """Compare what was reported with what was billed, over the settled days that have a bill.

    Only where none of these days has an amount in the billed lane is the list value compared; the
    lanes are never mixed. Where nothing was billed in all, there is nothing to compare with.
    """
    if max((each.accounts or 0 for each in days), default=0) < MIN_PEOPLE:
        return Reconciled("too few")
    both = [each for each in days if each.settled and each.bill is not None]
    bill = sum(each.bill or 0 for each in both)
    if bill <= 0:
        return Reconciled("no bill")
    lane: Lane = "billed" if any(each.billed is not None for each in both) else "list"
    reported = sum((each.billed if lane == "billed" else each.list_value) or 0 for each in both)
    gap = reported - bill
    verdict: Verdict = "matches" if abs(gap) * _ONE_IN <= bill else "differs"
    return Reconciled(verdict, lane, Decimal(gap) * 100 / Decimal(bill))


def overall(months: Sequence[ComparedMonth], today: date) -> Verdict:
    """Return what several months say together: one that differs counts most, then one that matches."""
    said = {each.reconciled.verdict for each in months if each.tells_on(today)}
    order: Sequence[Verdict] = ("differs", "matches", "no bill")
    return next((verdict for verdict in order if verdict in said), "too few")
