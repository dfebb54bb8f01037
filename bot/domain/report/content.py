"""What the organisation's report of a block says; it is kept as it was released, and nothing changes it afterwards.

None is "not shown", whatever the reason. Amounts are nano-USD.
"""

from datetime import date

from msgspec import Struct, json

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import SealedMark
from bot.domain.report.curve import Curve
from bot.domain.team_digest import LibraryLine


class Amounts(Struct, frozen=True):
    """At least *low*, less than *high*."""

    low_nano_usd: int
    high_nano_usd: int


class BilledBy(Struct, frozen=True):
    """What one kind of source billed, as billed; of the kind "" those that too few people stand behind, together."""

    source: str
    nano_usd: int


class Bill(Struct, frozen=True):
    """What was billed to the company in a block; *without* are kinds that report no bill.

    *late* are kinds that had not told of all days when the report was made, or joined in the middle: the real
    sum is higher.
    """

    whole_nano_usd: int
    by_source: tuple[BilledBy, ...]
    without: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


class Counted(Struct, frozen=True):
    """Of those who chose to be counted, as capped sums in bands: who started the work, and what came of it.

    Seats are nobody's work and in none of them.
    """

    at_keyboard: Amounts | None = None
    on_its_own: Amounts | None = None
    unknown: Amounts | None = None
    not_tied: Amounts | None = None  # to finished work yet: at most so much, of what names what it was for
    without_result: Amounts | None = None  # of what ran on its own: runs that saved nothing


class Growth(Struct, frozen=True):
    """How much more or less than in the block before, in whole per cent; a question to the company, no verdict."""

    billed_percent: int
    finished_percent: int


class CameBack(Struct, frozen=True):
    """Of 100 finished changes likely so many came back within 14 days."""

    low: int
    high: int


class UnusedSeats(Struct, frozen=True):
    """What seats cost in the block that nobody used in it; one sum for the company."""

    source: str
    nano_usd: int


class Share(Struct, frozen=True):
    """From *low* to *high* per cent."""

    low: int
    high: int


class NotCovered(Struct, frozen=True):
    """What the report cannot see: groups whose finished work no connected system tells, spend that has no owner.

    *counted* is how much of the bill stands behind the figures of those counted that are shown; it is worked out
    from those figures and the bill, which its readers have, and from nothing else.
    """

    groups: tuple[str, ...] = ()
    unowned_percent: int | None = None  # of what was billed, by what providers name nobody for; None is unknown
    counted: Share | None = None


class RunOut(Struct, frozen=True):
    """When the month's budget of the policy is spent at the pace so far; None of *on* is not before it ends."""

    budget_nano_usd: int
    month: date
    on: date | None


class CurveOfWeeks(Struct, frozen=True):
    """The curve of twelve weeks; it stands until the next twelve are settled."""

    first: date
    last: date
    curve: Curve


class CompanyReport(Struct, frozen=True):
    """A block's report as it was released."""

    block: int
    company: str
    finished: int | None  # changes; None where no system that tells of them covers the block
    per_change: Amounts | None = None
    per_change_before: Amounts | None = None
    bill: Bill | None = None
    counted: Counted = Counted()
    growth: Growth | None = None
    came_back: CameBack | None = None
    unused_seats: UnusedSeats | None = None
    run_out: RunOut | None = None
    spread: tuple[LibraryLine, ...] = ()
    worth_rolling_out: tuple[LibraryLine, ...] = ()
    curve: CurveOfWeeks | None = None
    not_covered: NotCovered = NotCovered()
    policy_mark: str = ""
    log_mark: SealedMark | None = None

    @property
    def weeks(self) -> Block:
        """Return the block that it is about."""
        return Block(self.block)

    @property
    def says_anything_to_everybody(self) -> bool:
        """Whether any figure is shown of those that everybody in the company may read."""
        return self.counted != Counted() or self.curve is not None

    def stored(self) -> str:
        """Return it as JSON."""
        return json.encode(self).decode()


def report_in(stored: str) -> CompanyReport:
    """Return what `CompanyReport.stored` wrote; raises msgspec.ValidationError."""
    return json.decode(stored, type=CompanyReport)
