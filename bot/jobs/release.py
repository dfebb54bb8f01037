"""Opening the door: the one job that turns what persons cost into figures of groups, once a block, for good."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block, last_settled_block
from bot.domain.chain import FIGURE, Entry, Readers
from bot.domain.company_cost import company_cost_per_change
from bot.domain.organisation import Tree
from bot.domain.privacy import Decided, Figure, Member, Rules, consent_holds, decide
from bot.domain.quantity import UNKNOWN
from bot.domain.released import COMPANY_CELL, Range, Released, group_cell, nearest_group
from bot.domain.rules import PolicyRules
from bot.domain.subscription import LONGEST_WAIT, usual_time
from bot.domain.teams import Team
from bot.services import Services
from storage.access_log import last_sealed, note
from storage.consents import persons_counted
from storage.costs import CompanyBill, billed_costs, changes_that_stayed, company_bill, people_here
from storage.failures import ConflictError
from storage.organisation import cost_group_of, group_of, homes, tree
from storage.policies import versions
from storage.released import figures_of, note_parts
from storage.released import release as put_figures
from storage.teams import running_teams

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is read of a block before the door opens, which may take a minute; nothing of it is decided yet.

    *bill* and *stayed* are the company's of twelve weeks, unknown and 0 of a block that does not end them.
    """

    block: Block
    costs: Mapping[int, int]
    bill: CompanyBill
    stayed: int


def run(services: Services) -> dict[str, int]:
    """Release the last settled block where no digest has done so by the time that all that carry it may wait for.

    How many figures are shown is not said: who writes the groups could try whether enough of some people said yes.
    """
    now = services.now()
    block = last_settled_block(now.date())
    if now < latest(services, block) or is_released(services, block):
        return {"blocks": 0}
    prepared = prepare(services, block)
    services.database.writing(lambda session: figures_in(session, services, prepared))
    return {"blocks": 1}


def latest(services: Services, block: Block) -> datetime:
    """Return when the last of the digests that carry *block* has gone, as they usually go."""
    usual = usual_time(services.policy.digest.weekday, services.policy.digest.hour)
    monday = block.carrying_week.sunday + timedelta(days=1)
    return datetime.combine(monday + timedelta(days=usual.weekday), time(usual.hour), UTC) + LONGEST_WAIT


def is_released(services: Services, block: Block) -> bool:
    """Return whether the figures of *block* are in the ledger."""
    with services.database.reading() as session:
        return bool(figures_of(session, block))


def prepare(services: Services, block: Block) -> Prepared:
    """Read what everybody who may be counted cost in *block*, and what was billed to the whole company.

    Of a block that is released already it is nothing; nor of persons where the policy keeps days for less long.
    """
    with services.database.reading() as session:
        if figures_of(session, block):
            return Prepared(block, {}, CompanyBill(UNKNOWN), 0)
        is_whole = block.first >= services.now().date() - timedelta(days=services.policy.retention.daily_days)
        persons = persons_counted(session, holding_marks(session, services)) if is_whole else []
        costs = dict(billed_costs(session, persons, block.first, block.last, services.overlaps))
        if not block.ends_twelve_weeks:
            return Prepared(block, costs, CompanyBill(UNKNOWN), 0)
        weeks = block.twelve_weeks
        return Prepared(block, costs, company_bill(session, *weeks), changes_that_stayed(session, *weeks))


def holding_marks(session: Session, services: Services) -> set[str]:
    """Return the marks of the policies under which a yes covers the rules of now."""
    now = rules_in(services.policy.rules)
    known = {version.mark: version.rules for version in versions(session)} | {
        services.policy.mark: services.policy.rules
    }
    return {mark for mark, rules in known.items() if consent_holds(rules_in(rules), now)}


def rules_in(rules: PolicyRules) -> Rules:
    """Return what a policy says of sharing."""
    return Rules(**rules["sharing"])


def figures_in(session: Session, services: Services, prepared: Prepared) -> list[Released]:
    """Return the figures of a block; where there are none yet, decide them now, for good.

    Who is counted, and whose home is where, is read in the same transaction: an opt-out just before counts.
    Raises ConflictError where somebody else does the same at this moment; then it is tried again.
    """
    known = figures_of(session, prepared.block)
    if known:
        return known
    counted = frozenset(persons_counted(session, holding_marks(session, services)))
    groups = tree(session)
    rules = rules_in(services.policy.rules)
    parents = {group: parent or None for group, parent in groups.parents.items()}
    decided = decide(_members(session, prepared.costs, counted), parents, rules)
    company = company_cost_per_change(prepared.bill.billed, prepared.stayed, people_here(session), rules)
    figures = _ledger(session, services, prepared, groups, decided, company)
    if not put_figures(session, figures):
        raise ConflictError("somebody else has released it")
    note_parts(session, prepared.block, _parts(session, groups, decided, prepared.costs, counted))
    log.info("block_released", block=prepared.block.word)
    return figures


def _members(session: Session, costs: Mapping[int, int], counted: frozenset[int]) -> Iterator[Member]:
    for person_id, group in homes(session):
        is_counted = person_id in counted
        yield Member(person_id, group, is_counted, costs.get(person_id) if is_counted else None)


def _parts(
    session: Session, groups: Tree, decided: Decided, costs: Mapping[int, int], counted: frozenset[int]
) -> Iterator[tuple[int, str]]:
    """Yield everybody who is counted in a figure that is shown, with its cell."""
    cells = {
        group: [group_cell(each) for each in groups.upwards(group) if decided.get(each)] for group in groups.parents
    }
    for person_id, group in homes(session):
        if person_id in counted and costs.get(person_id, 0) > 0:
            yield from ((person_id, cell) for cell in cells.get(group, ()))


def _ledger(
    session: Session,
    services: Services,
    prepared: Prepared,
    groups: Tree,
    decided: Decided,
    company: Figure | None,
) -> list[Released]:
    """Return the lines of the ledger, the company's first, once the log tells of them."""
    now, mark, tops = services.now(), services.policy.mark, groups.tops()
    name = tops[0] if len(tops) == 1 else "the company"
    leads = _leads_from_outside(session, groups, decided)
    report = len(services.policy.people.report_readers)
    cells = [(COMPANY_CELL, name, company, Readers(name, 0, report))]
    cells += [
        (group_cell(group), group, figure, Readers(group, leads.get(group, 0), report))
        for group, figure in sorted(decided.items())
        if figure is not None
    ]
    for cell, _, figure, readers in cells:
        if figure is not None:
            note(session, Entry(FIGURE, cell, prepared.block.word, None, readers.stored(), mark), now)
    line = partial(Released, block=prepared.block, policy_mark=mark, log_mark=last_sealed(session), released_at=now)
    return [
        line(
            cell=cell,
            group=group,
            amounts=Range(figure.low_nano_usd, figure.high_nano_usd) if figure else None,
            readers=readers.stored(),
            without=prepared.bill.without if cell == COMPANY_CELL else (),
        )
        for cell, group, figure, readers in cells
    ]


def _leads_from_outside(session: Session, groups: Tree, decided: Decided) -> dict[str, int]:
    """Return how many leads get each group's figure with their digest whose home is elsewhere."""
    found: dict[str, int] = {}
    for team in running_teams(session):
        group = nearest_group(groups.upwards(cost_group_of(session, team)), decided)
        if group and _leads_from_elsewhere(session, groups, team, group):
            found[group] = found.get(group, 0) + 1
    return found


def _leads_from_elsewhere(session: Session, groups: Tree, team: Team, group: str) -> bool:
    home = group_of(session, team.lead_person_id)
    return home is None or group not in groups.upwards(home)


def note_later_lead(session: Session, services: Services, team: Team, figure: Released) -> None:
    """Note a lead from outside who gets *figure* with a digest now, of a team that was set up after its release."""
    is_later = team.since is not None and team.since > figure.released_at
    if is_later and _leads_from_elsewhere(session, tree(session), team, figure.group):
        readers = Readers(leads=1).stored()
        entry = Entry(FIGURE, figure.cell, figure.block.word, None, readers, services.policy.mark)
        note(session, entry, services.now())
