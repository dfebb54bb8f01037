"""The organisation's report: made once a block, when all that carry its figures have gone; and the month's budget."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block, last_settled_block
from bot.domain.chain import FIGURE, Entry, Readers
from bot.domain.organisation import Tree
from bot.domain.privacy import Figure
from bot.domain.released import Range, Released
from bot.domain.report import bill as bills
from bot.domain.report.content import CompanyReport, CurveOfWeeks, NotCovered
from bot.domain.report.counted import (
    CURVE_CELL,
    PART_CELLS,
    Employee,
    counted_figures,
    counted_in,
    counted_share,
    parts_of,
)
from bot.domain.report.work import came_back
from bot.jobs import release, report_mail
from bot.jobs.report_reading import Prepared, prepare
from bot.services import Services
from storage.access_log import last_sealed, note
from storage.company_report import last_report, put_report, report_of
from storage.consents import persons_counted
from storage.failures import ConflictError
from storage.organisation import homes, tree
from storage.released import note_parts
from storage.released import release as put_figures

log = structlog.get_logger()
_TRIES: Final = 3  # somebody in the curve may change their mind while it is drawn


def run(services: Services) -> dict[str, int]:
    """Make the report of the last settled block, once, and tell its readers where the month's budget will not last."""
    return {"reports": _make(services), "alerts": report_mail.tell_of_budget(services)}


def _make(services: Services) -> int:
    block = last_settled_block(services.now().date())
    if services.now() < release.latest(services, block) or _is_made(services, block):
        return 0
    release.run(services)  # the figures of the block first: the ledger is asked whether they are there
    for _ in range(_TRIES):
        prepared = prepare(services, block)
        if services.database.writing(partial(_release, services=services, prepared=prepared)):
            return 1
    return 0


def _is_made(services: Services, block: Block) -> bool:
    with services.database.reading() as session:
        return report_of(session, block) is not None


def _release(session: Session, services: Services, prepared: Prepared) -> bool:
    """Write the report, its figures into the ledger, who is counted in them, and the plan: all of it or nothing.

    Who is counted is read in the same transaction: an opt-out just before counts. Returns False where that takes
    somebody out of the curve. Raises ConflictError where somebody else does the same at this moment.
    """
    block = prepared.company.block
    if report_of(session, block) is not None:
        return True
    counted = frozenset(persons_counted(session, release.holding_marks(session, services)))
    if not prepared.curved.persons <= counted:
        return False
    groups = tree(session)
    roster = [
        Employee(person, prepared.spending.get(person) if person in counted else None)
        for person, group in homes(session)
        if group in groups.parents
    ]
    figures = counted_figures(roster, release.rules_in(services.policy.rules))
    report = _report(session, services, prepared, groups, figures)
    if not put_report(session, report, services.now()):
        raise ConflictError("somebody else has made it")
    _put_into_ledger(session, services, report, figures, prepared)
    parts = [*parts_of(roster, figures), *((person, CURVE_CELL) for person in prepared.curved.persons)]
    note_parts(session, block, parts)
    report_mail.plan_report(session, services, block)
    log.info("report_made", block=block.word)
    return True


def _report(
    session: Session, services: Services, prepared: Prepared, groups: Tree, figures: Mapping[str, Figure | None]
) -> CompanyReport:
    company, rules = prepared.company, release.rules_in(services.policy.rules)
    counted, shown = counted_in(figures), bills.shown_bill(company.bill)
    return CompanyReport(
        block=company.block.number,
        company=_name_of(groups),
        finished=company.work and company.work.finished,
        per_change=bills.cost_per_change(company.bill, company.work, company.people, rules),
        per_change_before=bills.cost_per_change(company.bill_before, company.work_before, company.people, rules),
        bill=shown,
        counted=counted,
        growth=bills.growth(company.bill, company.bill_before, company.work, company.work_before),
        came_back=came_back(company.work, company.authors),
        unused_seats=next(iter(company.seats), None),
        run_out=company.run_out,
        spread=company.spread,
        worth_rolling_out=company.worth_rolling_out,
        curve=prepared.curved.curve if company.block.ends_twelve_weeks else _curve_that_stands(session, company.block),
        not_covered=NotCovered(
            company.silent,
            bills.unowned_percent(company.bill),
            counted_share(counted, shown.whole_nano_usd) if shown and not shown.late else None,
        ),
        policy_mark=services.policy.mark,
        log_mark=last_sealed(session),
    )


def _curve_that_stands(session: Session, block: Block) -> CurveOfWeeks | None:
    """Return the curve that was released of the last twelve weeks that are over by the end of *block*."""
    before = last_report(session)
    curve = before.curve if before is not None else None
    return curve if curve is not None and curve.last == block.twelve_weeks[1] else None


def _name_of(groups: Tree) -> str:
    tops = groups.tops()
    return tops[0] if len(tops) == 1 else "the company"


def _put_into_ledger(
    session: Session,
    services: Services,
    report: CompanyReport,
    figures: Mapping[str, Figure | None],
    prepared: Prepared,
) -> None:
    """Write what is shown into the ledger, for good, and into the log; a curve has no amounts."""
    now, readers = services.now(), Readers(report.company, 0, len(services.policy.people.report_readers)).stored()
    ranges = {
        PART_CELLS[name]: Range(figure.low_nano_usd, figure.high_nano_usd)
        for name, figure in figures.items()
        if figure is not None
    }
    cells: dict[str, Range | None] = {**ranges, **({CURVE_CELL: None} if prepared.curved.persons else {})}
    line = partial(Released, block=report.weeks, policy_mark=report.policy_mark, log_mark=report.log_mark)
    for cell in cells:
        note(session, Entry(FIGURE, cell, report.weeks.word, None, readers, report.policy_mark), now)
    rows = [
        line(cell=cell, group=report.company, amounts=amounts, readers=readers, released_at=now)
        for cell, amounts in cells.items()
    ]
    if rows and not put_figures(session, rows):
        raise ConflictError("somebody else has released them")
