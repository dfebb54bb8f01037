"""What is released about a block of four weeks, and the issue of a team's digest that carries it."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from msgspec import Struct, json
from msgspec.structs import replace

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import SealedMark
from bot.domain.outcomes.rounding import round_digits
from bot.domain.privacy import Decided
from bot.domain.team_digest import BlockWork, LibraryLine, TeamDigest

# Cells of the ledger: a group's cost, and what a change that stayed cost the whole company.
COMPANY_CELL: Final = "company cost per change"
_GROUP_CELL: Final = "group cost "
# Digits that are said of an amount; its range is far wider.
_DIGITS: Final = 3


def group_cell(group: str) -> str:
    """Return the cell of a group's cost."""
    return f"{_GROUP_CELL}{group}"


class Range(NamedTuple):
    """From *low* to *high*, in nano-USD."""

    low_nano_usd: int
    high_nano_usd: int


class Released(NamedTuple):
    """A line of the ledger: a cell's figure for a block; None is not shown."""

    cell: str
    block: Block
    group: str  # a group's name; of the company's cell what the company is called
    amounts: Range | None
    readers: str
    policy_mark: str
    log_mark: SealedMark | None  # of the last day that was sealed by then
    released_at: datetime
    without: tuple[str, ...] = ()  # kinds of sources that have no bill, of the company's cell


class GroupFigure(Struct, frozen=True):
    """A figure as a digest carries it: of which group, from what to what (nano-USD)."""

    group: str
    low_nano_usd: int
    high_nano_usd: int
    without: tuple[str, ...] = ()  # kinds of sources that have no bill
    first: date | None = None  # of other weeks than the block's: from when
    last: date | None = None


class FourthWeek(Struct, frozen=True):
    """What every fourth digest has beside the week: cost by the ledger, and the team's work of the block."""

    first: date
    last: date
    cost: GroupFigure | None  # of the team's group, or of the nearest larger one that is shown
    per_change: GroupFigure | None  # of the whole company
    work: BlockWork | None
    what_worked: LibraryLine | None
    log_mark: SealedMark | None  # of the last day that was sealed when the figures were released


class Issue(Struct, frozen=True):
    """A team's digest of a week as it was released; nothing changes it afterwards."""

    team_id: int
    digest: TeamDigest
    fourth: FourthWeek | None = None

    def stored(self) -> str:
        """Return it as JSON."""
        return json.encode(self).decode()


def for_reader(issue: Issue, groups: Collection[str], *, is_lead: bool) -> Issue:
    """Return an issue as somebody in the team reads it whose home lies in *groups*.

    What it carries of a group's cost is for that group and for the team's lead.
    """
    cost = issue.fourth.cost if issue.fourth is not None else None
    if cost is None or is_lead or cost.group in groups:
        return issue
    return replace(issue, fourth=None)


def issue_in(stored: str) -> Issue:
    """Return what `Issue.stored` wrote; raises msgspec.ValidationError."""
    return json.decode(stored, type=Issue)


def fourth_week(
    block: Block,
    cost: Released | None,
    per_change: Released | None,
    work: BlockWork | None,
    log_mark: SealedMark | None,
) -> FourthWeek:
    """Return what a digest carries of *block*; a figure that is not shown is None.

    What a change cost the company is of twelve weeks, and stands until the next are over.
    """
    company = _figure(per_change)
    if per_change is not None and company is not None:
        first, last = per_change.block.twelve_weeks
        company = replace(company, first=first, last=last)
    return FourthWeek(block.first, block.last, _figure(cost), company, work, None, log_mark)


def _figure(released: Released | None) -> GroupFigure | None:
    if released is None or released.amounts is None:
        return None
    low, high = (round_digits(nano_usd, _DIGITS) for nano_usd in released.amounts)
    return GroupFigure(released.group, low, high, released.without)


def nearest_group(upwards: Iterable[str], decided: Decided) -> str:
    """Return the first of the groups *upwards* (the smallest first) that is shown; "" if none is."""
    return next((group for group in upwards if decided.get(group) is not None), "")


def nearest_shown(upwards: Iterable[str], released: Iterable[Released]) -> Released | None:
    """Return the figure of the first of the groups *upwards* (the smallest first) that is shown."""
    shown = {each.cell: each for each in released if each.amounts is not None}
    return next((shown[cell] for group in upwards if (cell := group_cell(group)) in shown), None)
