"""What the command line prints of what was released: a team's last digest, the last report, a demo person's note."""

import json
from typing import Final

from sqlmodel import Session

from bot.domain.report.content import CompanyReport
from bot.domain.subscription import covered_week, kinds_due
from bot.errors import InputError
from bot.jobs.hinting import hint_in_note
from bot.services import Services
from bot.views.blocks import Message
from bot.views.digest import digest_message
from bot.views.team_digest import team_digest_message
from storage import people
from storage.company_report import last_report
from storage.digests import read_week
from storage.released import last_issue_named

LOCAL_ORG: Final = "T0LOCAL"  # the organisation of the playground's Slack, where nobody is real


def preview(services: Services, name: str) -> Message:
    """Return a team's last released digest, or in a demo database a person's of the last week that is over.

    Raises InputError, in the same words whether somebody of that name exists or not.
    """
    with services.database.reading() as session:
        found = last_released(session, name) or _of_the_demo(session, services, name)
    if found is None:
        raise InputError(f"{name}: no digest of a team of that name was released; a person's is shown in a demo alone.")
    return found


def released_report(services: Services) -> CompanyReport:
    """Return the organisation's report as it was last released; raises InputError before the first."""
    with services.database.reading() as session:
        report = last_report(session)
    if report is None:
        raise InputError("No report was released yet: the first comes 15 days after a block of four weeks is over.")
    return report


def last_released(session: Session, name: str) -> Message | None:
    """Return the last digest that was released to a team of that name."""
    shown = last_issue_named(session, name)
    return None if shown is None else team_digest_message(shown.issue.digest, shown.issue.team_id)


def _of_the_demo(session: Session, services: Services, name: str) -> Message | None:
    if people.org_id_in(session) != LOCAL_ORG:
        return None
    viewer, now = people.named(session, LOCAL_ORG, name), services.now()
    if viewer is None:
        return None
    week = covered_week(now, viewer.tz)
    read = read_week(session, viewer, week, now.date(), services.overlaps, services.asked)
    due = kinds_due({source.kind for source in services.all_sources}, week, now)
    return digest_message(read.digest, read.reach(due), viewer.tz, hint_in_note(session, services, viewer, week))


def as_json(message: Message) -> str:
    """Return a message as it would be posted, for Slack's Block Kit Builder among others."""
    payload = {"text": message.text, "blocks": message.blocks(rich=True)}
    return json.dumps(payload, ensure_ascii=False, indent=2)
