"""The company's bill of a block: what each source billed, how much of it is there, and what of it is said alone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from bot.domain.outcomes.cost_per_change import MIN_STAYED
from bot.domain.outcomes.intervals import cost_each, overdispersion
from bot.domain.privacy import MIN_PEOPLE, Rules
from bot.domain.report.content import Amounts, Bill, BilledBy, Growth
from bot.domain.report.work import LATE, MIN_CHANGES, BlockWork

# Its report of cost is of what goes beyond the seats, which its rows have: both are billed.
SEATS_APART: Final = frozenset({"copilot"})
# An invoice that is so much lower than the feed of the same days is not the whole invoice.
_LOWER_PERCENT: Final = 5
_TO_PERCENT: Final = 5  # growth is said in steps of so many
OTHERS: Final = ""

Days = tuple[date, date]


class SourceBill(NamedTuple):
    """What one source of the company told of some days, over everybody; amounts are None where unknown.

    *bill* is the provider's own report of cost, *rows* what its rows call billed. *told* is from when to when it
    reported, days without use included, *used* from when to when there was any, *began* the first day that it ever
    told of; *accounts* is how many it named on the day with the most. One that *is_asked* last answered on
    *answered_on*; another sends what it has, and nobody can say what it has not.
    """

    kind: str
    bill_nano_usd: int | None = None
    bill_days: Days | None = None
    rows_nano_usd: int | None = None
    used: Days | None = None
    told: Days | None = None
    began: date | None = None
    accounts: int = 0
    unowned_nano_usd: int | None = None
    is_asked: bool = False
    answered_on: date | None = None

    @property
    def nano_usd(self) -> int | None:
        """Return what it billed, seats included; None where it knows of no amount."""
        if self.kind not in SEATS_APART and self.bill_nano_usd is not None:
            return self.bill_nano_usd
        known = [part for part in (self.bill_nano_usd, self.rows_nano_usd) if part is not None]
        return sum(known) if known else None

    @property
    def known_to(self) -> date | None:
        """Return the last day that it has told of, its invoice too where it has one."""
        ends = [days[1] for days in (self.told or self.used, self.bill_days) if days is not None]
        return min(ends, default=None)

    def is_late(self, first: date, last: date) -> bool:
        """Return whether it has not told of all days from *first* to *last*, or its invoice is not the whole one."""
        if self.is_asked:
            answered = self.answered_on is not None and self.answered_on > last
            whole = answered and self._reaches(first, last)
        else:
            whole = self.began is not None and self.began <= first + LATE
        return not whole or self._has_a_late_invoice or self._is_lower_than_its_feed

    def _reaches(self, first: date, last: date) -> bool:
        told = self.told or self.bill_days
        if told is None:  # there was no use, if it told of anything before, or has not to this day
            return self.began is None or self.began <= first + LATE
        return told[0] <= first + LATE and told[1] >= last - LATE

    @property
    def _has_a_late_invoice(self) -> bool:
        if self.kind in SEATS_APART or self.bill_days is None or self.used is None:
            return False
        return self.bill_days[0] > self.used[0] + LATE or self.bill_days[1] < self.used[1] - LATE

    @property
    def _is_lower_than_its_feed(self) -> bool:
        if self.kind in SEATS_APART or self.bill_nano_usd is None or self.rows_nano_usd is None:
            return False
        return self.rows_nano_usd * 100 > self.bill_nano_usd * (100 + _LOWER_PERCENT)


class BlockBill(NamedTuple):
    """What was billed by kind of source, and how many accounts surely stand behind each; *unowned* is nobody's."""

    by_kind: dict[str, int]
    accounts: dict[str, int]
    without: tuple[str, ...]
    late: tuple[str, ...]
    unowned_nano_usd: int | None

    @property
    def whole_nano_usd(self) -> int:
        """Return all that was billed as far as it is known."""
        return sum(self.by_kind.values())

    @property
    def is_complete(self) -> bool:
        """Whether every source that bills has told of everything."""
        return bool(self.by_kind) and not self.late


def block_bill(sources: Sequence[SourceBill], first: date, last: date) -> BlockBill:
    """Return the bill of the days from *first* to *last*, of every source that tells of them or should."""
    by_kind: dict[str, int] = {}
    accounts: dict[str, int] = {}
    for each in sources:
        # the same people may be in several sources of a kind: the most of one is what is surely known
        accounts[each.kind] = max(accounts.get(each.kind, 0), each.accounts)
        if each.nano_usd is not None:
            by_kind[each.kind] = by_kind.get(each.kind, 0) + each.nano_usd
    late = {each.kind for each in sources if each.is_late(first, last)}
    without = {each.kind for each in sources if each.used is not None} - by_kind.keys() - late
    return BlockBill(by_kind, accounts, tuple(sorted(without)), tuple(sorted(late)), _unowned(sources))


def _unowned(sources: Iterable[SourceBill]) -> int | None:
    """Return what is nobody's; None where any source that bills does not say, as one whose rows have no amounts."""
    said = [
        None if each.rows_nano_usd is None else each.unowned_nano_usd for each in sources if each.nano_usd is not None
    ]
    known = [each for each in said if each is not None]
    return sum(known) if known and len(known) == len(said) else None


def shown_bill(bill: BlockBill) -> Bill | None:
    """Return what report readers see: a source by itself from 12 billed users on, the others together.

    Behind those others stand 12 as well, for what is left of the whole would be theirs alone: else the smallest of
    the large ones joins them. None where no source has as many, and where nothing was billed.
    """
    kinds = sorted((kind for kind in bill.by_kind if bill.by_kind[kind]), key=lambda kind: (-bill.by_kind[kind], kind))
    large = [kind for kind in kinds if bill.accounts.get(kind, 0) >= MIN_PEOPLE]
    if not large or not bill.whole_nano_usd:
        return None
    small = [kind for kind in kinds if kind not in large]
    if small:
        small.append(large.pop(_fewest(large, bill)))
    lines = [BilledBy(kind, bill.by_kind[kind]) for kind in large]
    if small:
        lines.append(BilledBy(OTHERS, sum(bill.by_kind[kind] for kind in small)))
    return Bill(bill.whole_nano_usd, tuple(lines), bill.without, bill.late)


def _fewest(large: Sequence[str], bill: BlockBill) -> int:
    return min(range(len(large)), key=lambda place: (bill.accounts[large[place]], bill.by_kind[large[place]]))


def cost_per_change(bill: BlockBill, work: BlockWork | None, people: int, rules: Rules) -> Amounts | None:
    """Return what a change that stayed likely came to in one block: all that was billed over all that stayed.

    For report readers alone. They have the bill as billed, and how many changes stayed stands in the repositories:
    whoever divides the one by the other learns nothing that is not in the two, so the range says how much chance
    there is in the count and hides nothing. What everybody reads is the door's figure of twelve weeks. None where
    the bill itself is not shown, is not complete, or the count is unknown or under five.
    """
    if work is None or shown_bill(bill) is None or not bill.is_complete:
        return None
    if people < rules.min_roster or work.stayed < MIN_STAYED:
        return None
    likely = cost_each(bill.whole_nano_usd, work.stayed, overdispersion(work.weekly)).rounded()
    return Amounts(likely.low, likely.high)


def growth(bill: BlockBill, before: BlockBill, work: BlockWork | None, work_before: BlockWork | None) -> Growth | None:
    """Return how much more was billed and finished than in the block before, in steps of 5 per cent.

    None where any of the four is not complete, is about other sources, or is of fewer than 20 changes.
    """
    if shown_bill(bill) is None or shown_bill(before) is None or bill.by_kind.keys() != before.by_kind.keys():
        return None
    if not (bill.is_complete and before.is_complete) or work is None or work_before is None:
        return None
    if min(work.finished, work_before.finished) < MIN_CHANGES:
        return None
    return Growth(
        _percent_more(bill.whole_nano_usd, before.whole_nano_usd), _percent_more(work.finished, work_before.finished)
    )


def _percent_more(now: int, before: int) -> int:
    return _TO_PERCENT * round((now - before) * 100 / before / _TO_PERCENT)


def unowned_percent(bill: BlockBill) -> int | None:
    """Return how much of the bill its providers name nobody for; None where they do not say."""
    if bill.unowned_nano_usd is None or not bill.is_complete or not bill.whole_nano_usd:
        return None
    return min(100, round(bill.unowned_nano_usd * 100 / bill.whole_nano_usd))


def told_throughout(sources: Collection[SourceBill], first: date, last: date) -> bool:
    """Return whether there are sources, and each told of all days from *first* to *last*."""
    return bool(sources) and not any(each.is_late(first, last) for each in sources)
