"""What Ana's runs said that they worked for: links from use to her finished changes, as pushes would leave them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session

from bot.connectors.finished import ReportedItem
from bot.demo.company.people import person
from bot.demo.company.repositories import login_of
from bot.demo.company.usage import Company
from bot.demo.company.work import CompanyWork
from bot.demo.company.work_ana import ANA
from bot.domain.outcomes.links import StatedLink
from bot.domain.people import SlackId, Standing
from bot.domain.usage import UsageRow
from bot.services import Services
from storage.finished_links import add_links, links_stated_for
from storage.ids import account_id, source_id
from storage.people import viewer_of

_DAYS: Final = 28
_KIND, _TOOL = "anthropic", "claude-code"


def state_links(services: Services, company: Company, work: CompanyWork) -> None:
    """State what her changes of the last four weeks before the demo came to, once, and only while she is on."""
    services.database.writing(lambda session: _state(session, services, company, work))


def _state(session: Session, services: Services, company: Company, work: CompanyWork) -> None:
    ana = person(ANA)
    viewer = viewer_of(session, SlackId(services.slack.org_id, ana.slack_id))
    if viewer is None or viewer.standing is not Standing.ON:
        return
    if links_stated_for(session, viewer.person_id, date.min, date.max):
        return
    source = source_id(session, _KIND, "demo")
    add_links(session, {account_id(session, _KIND, ana.email): list(links_of_ana(company, work, source))})


def links_of_ana(company: Company, work: CompanyWork, source: int = 0) -> Iterator[StatedLink]:
    """Yield what Claude Code came to for each change of hers that says so, on the day of merging and the day before."""
    used: set[date] = set()
    for day in (company.start - timedelta(days=back) for back in range(_DAYS, 0, -1)):
        for each in work.day("github", day).items:
            if _was_helped(each):
                days = [on for on in (day - timedelta(days=1), day) if on not in used]
                used.update(days)
                for on in days:
                    yield from _links(company, each.item.reference, on, source)


def _was_helped(each: ReportedItem) -> bool:
    hers = each.author == login_of(person(ANA))
    return hers and each.item.ai_evidence == "shown" and not each.item.agent_made


def _links(company: Company, reference: str, day: date, source: int) -> Iterator[StatedLink]:
    email = person(ANA).email
    rows = [each.row for each in company.rows(_KIND, day) if each.account == email and each.row.tool == _TOOL]
    billed = sum(row.billed_nano_usd or 0 for row in rows)
    if billed:
        yield StatedLink(reference, UsageRow(day, _KIND, source, _TOOL, "", "person", billed_nano_usd=billed))
