"""What the organisation's report sends: to its readers, into a channel, and a word when the month's budget runs out."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block, parse_block
from bot.domain.people import SlackId, Viewer
from bot.domain.report.content import CompanyReport, RunOut
from bot.jobs.kind import Kind, Payload, ToChannel, ToPerson
from bot.jobs.report_reading import budget_of_month
from bot.services import Services
from bot.views.blocks import Message
from bot.views.report import channel_message, reader_message, run_out_message
from storage.choices import ALERT, take_slot
from storage.company_report import budget_is_quiet, quiet_until, report_of
from storage.people import viewer_of
from storage.planning import plan

REPORT: Final = "report"
IN_CHANNEL: Final = "report-channel"
BUDGET: Final = "budget"
_LATE: Final = timedelta(days=3)  # it is read at leisure, and stands in Home


def plan_report(session: Session, services: Services, block: Block) -> None:
    """Plan the report of *block* to its readers, and into the policy's channel."""
    now, channel, payload = services.now(), services.policy.report.channel, {"block": block.word}
    due = [(reader.person_id, now) for reader in _readers(session, services)]
    plan(session, REPORT, block.word, due, now, payload=payload)
    if channel:
        plan(session, IN_CHANNEL, block.word, [(0, now)], now, payload=payload, channel=channel)


def _readers(session: Session, services: Services) -> list[Viewer]:
    """Return the readers whom the policy names, those who are here."""
    org_id = services.slack.org_id
    named = (viewer_of(session, SlackId(org_id, user)) for user in services.policy.people.report_readers)
    return [viewer for viewer in named if viewer is not None and not viewer.has_left]


def tell_of_budget(services: Services) -> int:
    """Plan a word to the report's readers where the budget is spent before its month is over; return to how many.

    It comes once a month, and once more after each time that somebody wanted to hear of it later.
    """
    if not services.policy.report.budget_usd or not services.policy.people.report_readers:
        return 0
    with services.database.reading() as session:
        found = budget_of_month(session, services)
    if found is None or found.on is None:
        return 0
    return services.database.writing(partial(_plan_budget, services=services, month=found.month))


def _plan_budget(session: Session, services: Services, month: date) -> int:
    now, word = services.now(), f"{month:%Y-%m}"
    if budget_is_quiet(session, word, now):
        return 0
    again = quiet_until(session, word)
    period = word if again is None else f"{word} {again:%Y-%m-%d}"
    if not take_slot(session, ALERT, f"{BUDGET} {period}", now):
        return 0
    due = [(reader.person_id, now) for reader in _readers(session, services)]
    return plan(session, BUDGET, period, due, now, payload={"month": word})


def _is_reader(services: Services, viewer: Viewer) -> bool:
    return viewer.slack_id.user_id in services.policy.people.report_readers


def _to_reader(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    report = _report(services, payload)
    return None if report is None or not _is_reader(services, viewer) else reader_message(report)


def _to_channel(services: Services, payload: Payload) -> Message | None:
    report = _report(services, payload)
    return None if report is None or not services.policy.report.channel else channel_message(report)


def _report(services: Services, payload: Payload) -> CompanyReport | None:
    block = parse_block(payload["block"])
    with services.database.reading() as session:
        return None if block is None else report_of(session, block)


def _of_budget(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Return the word by what is known when it goes; None once it is no longer so, or nobody wants to hear of it."""
    found = _running_out(services, payload["month"])
    return None if found is None or not _is_reader(services, viewer) else run_out_message(found)


def _running_out(services: Services, month: str) -> RunOut | None:
    with services.database.reading() as session:
        if budget_is_quiet(session, month, services.now()):
            return None
        found = budget_of_month(session, services)
    is_so = found is not None and found.on is not None and f"{found.month:%Y-%m}" == month
    return found if is_so else None


KINDS: Final[Mapping[str, Kind]] = {
    REPORT: ToPerson(_to_reader, anybody=True, late=_LATE, newest_only=True),
    IN_CHANNEL: ToChannel(_to_channel, late=_LATE, newest_only=True),
    BUDGET: ToPerson(_of_budget, anybody=True, newest_only=True),
}
