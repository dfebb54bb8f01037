"""The weekly digest of each team: composed once when it is due, released to everybody in it at that moment."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

import structlog
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block, carried_by
from bot.domain.chain import TEAM_DIGEST as LOGGED
from bot.domain.chain import Entry, Readers
from bot.domain.people import Viewer
from bot.domain.released import FourthWeek, Issue, Released, fourth_week, nearest_shown
from bot.domain.subscription import kinds_due, usual_time
from bot.domain.team_digest import BlockWork, TeamDigest, block_work, team_digest
from bot.domain.team_week import DueDigest, due_digest
from bot.domain.teams import Team
from bot.jobs import release, team_mail
from bot.jobs.release import Prepared
from bot.services import Services
from storage.access_log import note
from storage.organisation import cost_group_of, tree
from storage.people import by_person_id
from storage.places import read_places
from storage.released import company_figure, issued, note_waiting, put_issue, waiting
from storage.teams import running_teams
from storage.use_case_lending import for_team, what_worked

log = structlog.get_logger()
_NOBODY: Final = "UTC"  # the clocks of a team whose lead is gone


class _Read(NamedTuple):
    """A digest as it would be released now, and the work of the block that it carries."""

    digest: TeamDigest
    work: BlockWork | None

    @property
    def is_late(self) -> bool:
        return any(each.late for each in self.digest.told_by)


def run(services: Services) -> dict[str, int]:
    """Release every team's digest that is due, once; return how many, how many wait for data, how many were quiet."""
    done = {"released": 0, "quiet": 0, "waiting": 0}
    prepared: dict[Block, Prepared] = {}
    for due, lead in _due(services):
        try:
            done[_one(services, due, lead, prepared)] += 1
        except Exception:  # one team's holds up no other's
            log.exception("team_digest_failed")
    done["told"] = team_mail.tell_of_channels(services)
    return done | release.run(services)


def _due(services: Services) -> Iterator[tuple[DueDigest, Viewer | None]]:
    """Yield every digest that is due and was not released, with the lead where they are still here."""
    now, usual = services.now(), usual_time(services.policy.digest.weekday, services.policy.digest.hour)
    with services.database.reading() as session:
        found = []
        for team in running_teams(session):
            lead = by_person_id(session, team.lead_person_id)
            due = due_digest(team, lead.tz if lead else _NOBODY, usual, now)
            if due is not None:
                found.append((due, lead if lead and not lead.has_left else None))
        done = issued(session, {due.team.id for due, _ in found}, {due.week for due, _ in found})
        waited = waiting(session)
    for due, lead in found:
        key = (due.team.id, due.week.word)
        if key not in done and not due.is_too_late(now, waited=key in waited):
            yield due, lead


def _one(services: Services, due: DueDigest, lead: Viewer | None, prepared: dict[Block, Prepared]) -> str:
    read = _read(services, due)
    if read.is_late and due.may_wait(services.now()):
        now = services.now()
        services.database.writing(lambda session: note_waiting(session, due.team.id, due.week, now))
        return "waiting"
    block = carried_by(due.week)
    if block is not None and block not in prepared:
        prepared[block] = release.prepare(services, block)
    work = partial(_release, services=services, due=due, lead=lead, read=read, prepared=prepared.get(block or Block(0)))
    return services.database.writing(work)


def _read(services: Services, due: DueDigest) -> _Read:
    now, team, block = services.now(), due.team, carried_by(due.week)
    kinds = kinds_due({source.kind for source in services.all_sources}, due.week, now)
    with services.database.reading() as session:
        found = read_places(session, team.places, due.week, now.date(), kinds, team.places_since)
        library = for_team(session, team, due.week, now.date())
    digest = team_digest(
        team.name,
        team.places,
        due.week,
        found.outcomes,
        told_by=found.told_by,
        last_finished=found.last_finished,
        shared=library.shared,
        worth_borrowing=library.worth_borrowing,
    )
    return _Read(digest, block_work(found.outcomes, block) if block else None)


def _release(
    session: Session, services: Services, due: DueDigest, lead: Viewer | None, read: _Read, prepared: Prepared | None
) -> str:
    """Keep the issue, with the figures that it carries, and plan who gets it: all of it or nothing."""
    team, now = due.team, services.now()
    fourth, cost = None, None
    if prepared is not None:
        figures = release.figures_in(session, services, prepared)
        cost = nearest_shown(tree(session).upwards(cost_group_of(session, team)), figures)
        fourth = _fourth(session, prepared.block, figures, cost, read.work)
        worked = what_worked(session, prepared.block.first, prepared.block.last, now.date())
        fourth = replace(fourth, what_worked=worked)
    is_quiet = services.policy.digest.quiet_when_empty and not read.digest.worth_saying
    if is_quiet and (fourth is None or fourth.cost is None):
        put_issue(session, team.id, due.week, None, now)
        return "quiet"
    issue = Issue(team.id, read.digest, fourth)
    if put_issue(session, team.id, due.week, issue, now):
        _log(session, services, team, lead, due.week.word, now)
        if cost is not None and lead is not None:
            release.note_later_lead(session, services, team, cost)
        team_mail.plan_issue(session, services, team, lead, issue)
    return "released"


def _fourth(
    session: Session, block: Block, figures: list[Released], cost: Released | None, work: BlockWork | None
) -> FourthWeek:
    company = company_figure(session, block)
    mark = next((each.log_mark for each in figures), None)
    return fourth_week(block, cost, company, work, mark)


def _log(session: Session, services: Services, team: Team, lead: Viewer | None, week: str, now: datetime) -> None:
    readers = Readers(team.name, leads=int(lead is not None))
    note(session, Entry(LOGGED, team.name, week, None, readers.stored(), services.policy.mark), now)
