"""What the demo's bot sends by the calendar: when the next note or report is due, and sending it at once."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block, last_settled_block
from bot.domain.due import after_quiet_hours
from bot.domain.iso_week import week_of
from bot.domain.people import SlackId
from bot.domain.subscription import Subscription, Usual, next_due, usual_time
from bot.domain.team_week import due_digest
from bot.jobs import digests, release, report, team_digests, use_cases
from bot.jobs.delivery import Deliverer
from bot.jobs.sender import Sender
from bot.services import Services
from storage import outbox
from storage.people import by_person_id, viewer_of
from storage.subscriptions import subscription_of
from storage.teams import running_teams
from storage.use_case_answers import authors_answered

_SOON_AFTER: Final = timedelta(hours=12)  # time zones apart, the same morning
_TRIES: Final = 50
_PAUSE_SECONDS: Final = 0.1


def until_next_note(services: Services, user_id: str) -> timedelta:
    """Return how long it is until somebody's next note, or until notes usually come to who is not on."""
    now, rules = services.now(), services.policy.digest
    usual = usual_time(rules.weekday, rules.hour)
    with services.database.reading() as session:
        viewer = viewer_of(session, SlackId(services.slack.org_id, user_id))
        chosen = subscription_of(session, viewer.person_id if viewer else 0, usual)
    tz = viewer.tz if viewer else "UTC"
    return after_quiet_hours(next_due(chosen, tz, now), tz) - now + timedelta(minutes=1)


def until_the_others(services: Services, leap: timedelta) -> timedelta:
    """Return *leap*, or how long it is until what comes to others within half a day after it: all of that morning."""
    at = services.now() + leap
    later = at + _SOON_AFTER
    rules = services.policy.digest
    usual = usual_time(rules.weekday, rules.hour)
    with services.database.reading() as session:
        dues = [*_of_teams(session, usual, later), *_of_authors(session, usual, at)]
    soon = [due for due in dues if at < due <= later]
    return max(soon) - services.now() + timedelta(minutes=1) if soon else leap


def _of_teams(session: Session, usual: Usual, later: datetime) -> list[datetime]:
    leads = [(team, by_person_id(session, team.lead_person_id)) for team in running_teams(session)]
    dues = [due_digest(team, lead.tz, usual, later) for team, lead in leads if lead]
    return [due.due_at for due in dues if due is not None]


def _of_authors(session: Session, usual: Usual, at: datetime) -> list[datetime]:
    """Return when those hear of it of whose use cases somebody said something in the week before *at*."""
    week = week_of(at.date()).before()
    authors = [by_person_id(session, id_) for id_ in authors_answered(session, week.monday, week.sunday)]
    return [next_due(Subscription("button", *usual), author.tz, at) for author in authors if author]


def bring_out_last_report(services: Services) -> None:
    """Let the organisation's last report, and the figures of its block, have come out when they were due."""
    now = services.now()
    due = _report_due(services, last_settled_block(now.date()))
    at_the_time = replace(services, now=lambda: min(due, now))
    report.run(at_the_time)
    see_out(at_the_time)


def next_report(services: Services) -> datetime:
    """Return when the organisation's next report is due."""
    block = last_settled_block(services.now().date())
    dues = (_report_due(services, each) for each in (block, Block(block.number + 1)))
    return next(due for due in dues if due > services.now())


def _report_due(services: Services, block: Block) -> datetime:
    return release.latest(services, block) + timedelta(minutes=1)


def send_notes(services: Services) -> int:
    """Plan the notes that are due, release what is about teams and the company; see it out. Return how many notes."""
    planned = digests.run(services)["planned"]
    team_digests.run(services)
    use_cases.run(services)
    report.run(services)
    see_out(services)
    return planned


def see_out(services: Services) -> None:
    """Send what is due, or wait until the bot itself has sent it."""
    deliverer = Deliverer(Sender(services))
    for _ in range(_TRIES):
        deliverer.tick()
        with services.database.reading() as session:
            states = outbox.states(session)
        if not states.get(outbox.PLANNED) and not states.get(outbox.SENDING):
            break
        time.sleep(_PAUSE_SECONDS)  # the bot itself has it in hand
