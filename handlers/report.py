"""The organisation's report: to its readers whole, to everybody what is about people, and the word about its budget."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.people import Viewer
from bot.services import Services
from bot.views import report as views
from bot.views.blocks import Block, Message, Twin
from bot.views.no_ranking import paying_off
from handlers.changes import change_once
from handlers.recognising import known
from handlers.team_digest import last_figures
from handlers.visit import Visit
from handlers.words import Word
from storage.company_report import last_report, quieten_budget

_A_WEEK: Final = timedelta(days=7)
_A_MONTH: Final = timedelta(days=31)  # the word is about one month, so that the next is not held back


def show_report(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show the last report: whole to its readers, to anybody else what everybody may read."""
    with services.database.reading() as session:
        report, company = last_report(session), last_figures(session, [])
    if report is not None and _is_reader(visit, services):
        return views.reader_message(report)
    return paying_off(company, report)


def _is_reader(visit: Visit, services: Services) -> bool:
    return visit.slack_id.user_id in services.policy.people.report_readers


def in_home(visit: Visit, services: Services) -> list[list[Block | Twin]]:
    """Return what everybody finds of the last report in Home, its readers the whole of it."""
    if known(visit, services) is None:
        return []
    with services.database.reading() as session:
        report = last_report(session)
    if report is None:
        return []
    if _is_reader(visit, services):
        return [list(views.reader_message(report).parts)]
    return [views.shared_blocks(report)] if report.says_anything_to_everybody else []


def note_budget(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Remember for all readers that the word about a month's budget was seen, or is to come again."""
    if not _is_reader(visit, services):
        return views.for_readers_only()
    later, now = visit.word == "budget-later", services.now()
    until: datetime = now + (_A_WEEK if later else _A_MONTH)
    change_once(visit, services, lambda session: quieten_budget(session, visit.argument, until, now))
    return views.budget_noted(later=later)


WORDS: Final = (
    Word("paying-off", anybody=show_report, typed=False),
    Word("budget-seen", anybody=note_budget, typed=False),
    Word("budget-later", anybody=note_budget, typed=False),
)
