"""What is read for the organisation's report before it is made; in a large company that takes minutes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block
from bot.domain.money import nano_usd
from bot.domain.organisation import sizes
from bot.domain.outcomes.sources import WORK_SOURCES
from bot.domain.outcomes.weeks import WEEKS
from bot.domain.report.bill import BlockBill, block_bill, told_throughout
from bot.domain.report.budget import known_to, run_out
from bot.domain.report.content import CurveOfWeeks, RunOut, UnusedSeats
from bot.domain.report.counted import Spending
from bot.domain.report.coverage import silent_groups
from bot.domain.report.curve import Spent, curve_of
from bot.domain.report.library import spread_in, worth_rolling_out
from bot.domain.report.seats import unused_seats
from bot.domain.report.work import Authors, BlockWork, WorkSource, work_of
from bot.domain.team_digest import LibraryLine
from bot.jobs.release import holding_marks, rules_in
from bot.services import Services
from storage import report_bills, report_work
from storage.consents import persons_counted
from storage.costs import people_here
from storage.organisation import homes, tree
from storage.report_coverage import team_places
from storage.report_library import teams_here, verified
from storage.report_usage import spent_by_each


@dataclass(frozen=True, slots=True)
class Curved:
    """The curve of twelve weeks, and the persons behind it."""

    curve: CurveOfWeeks | None = None
    persons: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CompanyRead:
    """What is known of a block and the one before: bills and finished work, over everybody."""

    block: Block
    bill: BlockBill
    bill_before: BlockBill
    work: BlockWork | None
    work_before: BlockWork | None
    authors: Authors
    people: int
    seats: tuple[UnusedSeats, ...]
    silent: tuple[str, ...]
    spread: tuple[LibraryLine, ...]
    worth_rolling_out: tuple[LibraryLine, ...]
    run_out: RunOut | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a report is made of: the company's, and what was billed for each who may be counted."""

    company: CompanyRead
    spending: Mapping[int, Spending]
    curved: Curved


def prepare(services: Services, block: Block) -> Prepared:
    """Read what the report of *block* needs."""
    with services.database.reading() as session:
        session.connection(execution_options={"worthwhile_patience": None})  # nobody waits for it, and it takes long
        company = _company(session, services, block)
        since = _since(services, block)
        persons = _who_may_be_counted(session, services) if since is not None else []
        spending = dict(spent_by_each(session, persons, block, since or block.first, services.overlaps))
        curved = _curved(session, services, block, spending) if since == block.twelve_weeks[0] else Curved()
        return Prepared(company, spending, curved)


def _company(session: Session, services: Services, block: Block) -> CompanyRead:
    before, today = Block(block.number - 1), services.now().date()
    asked = {(source.kind, source.name) for source in services.sources}
    both = (before.first, block.last)
    bills = [
        block_bill(report_bills.told_by_sources(session, each.first, each.last, both, asked), each.first, each.last)
        for each in (block, before)
    ]
    # how much weekly counts vary is told by the twelve weeks up to the end of each block
    days = report_work.work_by_day(session, before.last - timedelta(weeks=WEEKS, days=-1), block.last)
    work_sources = report_work.work_sources(session, before.first)
    library = verified(session, today)
    return CompanyRead(
        block=block,
        bill=bills[0],
        bill_before=bills[1],
        work=work_of(days, block, work_sources),
        work_before=work_of(days, before, work_sources),
        authors=report_work.authors_of(session, block.first, block.last),
        people=people_here(session),
        seats=_seats(session, services, block),
        silent=_silent_groups(session),
        spread=spread_in(block, library),
        worth_rolling_out=worth_rolling_out(library, teams_here(session)),
        run_out=budget_of_month(session, services),
    )


def _seats(session: Session, services: Services, block: Block) -> tuple[UnusedSeats, ...]:
    prices = {kind: nano_usd(usd) for kind, usd in services.policy.seats.items()}
    counts = report_bills.seats_on(session, block.last)
    found = (unused_seats(count, prices.get(count.source), block) for count in counts)
    return tuple(each for each in found if each is not None)


def _silent_groups(session: Session) -> tuple[str, ...]:
    groups = tree(session)
    return silent_groups(groups, team_places(session), sizes(groups, homes(session)))


def _who_may_be_counted(session: Session, services: Services) -> list[int]:
    groups = tree(session).parents
    at_home = {person for person, group in homes(session) if group in groups}
    return [person for person in persons_counted(session, holding_marks(session, services)) if person in at_home]


def _since(services: Services, block: Block) -> date | None:
    """Return the first day that is read of persons; None where the policy keeps days for less long than the block."""
    kept_from = services.now().date() - timedelta(days=services.policy.retention.daily_days)
    first = block.twelve_weeks[0]
    if block.ends_twelve_weeks and first >= kept_from:
        return first
    return block.first if block.first >= kept_from else None


def _curved(session: Session, services: Services, block: Block, spending: Mapping[int, Spending]) -> Curved:
    """Return the curve of the twelve weeks that *block* ends: of those of whom, and by sources that, all was told."""
    first, last = block.twelve_weeks
    asked = {(source.kind, source.name) for source in services.sources}
    bills = report_bills.told_by_sources(session, first, last, (first, last), asked)
    if not told_throughout(bills, first, last) or not _work_is_whole(report_work.work_sources(session, first), block):
        return Curved()
    known = report_work.told_throughout(session, first, last, WORK_SOURCES)
    persons = [person for person, spent in spending.items() if person in known and spent.twelve_weeks > 0]
    stayed = report_work.stayed_of_each(session, persons, first, last)
    people = [Spent(spending[person].twelve_weeks, stayed.get(person, 0)) for person in persons]
    curve = curve_of(people, rules_in(services.policy.rules), block.number)
    return Curved(CurveOfWeeks(first, last, curve), frozenset(persons)) if curve is not None else Curved()


def _work_is_whole(sources: Collection[WorkSource], block: Block) -> bool:
    """Return whether every source of finished work told of all of the twelve weeks that *block* ends."""
    first_of_three = Block(block.number - 2)
    return work_of((), first_of_three, sources) is not None and work_of((), block, sources) is not None


def budget_of_month(session: Session, services: Services) -> RunOut | None:
    """Return when the policy's budget of the current month is spent; None without one, or where nobody can say."""
    budget, today = services.policy.report.budget_usd, services.now().date()
    if not budget:
        return None
    month, asked = today.replace(day=1), {(source.kind, source.name) for source in services.sources}
    lately = (month - timedelta(days=1), today)
    until = known_to(report_bills.told_by_sources(session, month, today, lately, asked), today)
    if until is None or until < month:
        return None
    told = report_bills.told_by_sources(session, month, until, lately, asked)
    return run_out(told, nano_usd(budget), month, until)
