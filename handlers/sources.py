"""Which sources a person's figures come from, how fresh and how right they are."""

from typing import Final

from sqlmodel import Session

from bot.domain.feeds import Feed, Silent, believed_of, money_of
from bot.domain.people import Standing, Viewer, awaited
from bot.domain.reconciliation import Verdict, overall
from bot.services import Services
from bot.views.blocks import Message
from bot.views.sources import sources_message
from handlers.own_hints import switched_off
from handlers.visit import Visit
from handlers.words import Word
from storage import links, usage
from storage.bills import compared_months


def sources(_visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show what has delivered, how fresh it is, in which money, and which source is believed for what."""
    today = services.now().date()
    with services.database.reading() as session:
        deliveries = usage.deliveries_for(session, viewer.person_id)
        known = links.links_of(session, viewer.person_id)
        first = min((delivered.first_day for delivered in deliveries), default=today)
        rows = usage.usage_of(session, viewer.person_id, first, today)
        verdicts = _verdicts(session, services)
        hints_off = switched_off(session, viewer, services)
    money = money_of(rows)
    arrived = {delivered.kind for delivered in deliveries}
    waiting = [] if viewer.standing is Standing.PAUSED else awaited(services.asked, known, deliveries)
    return sources_message(
        [Feed(each, money.get(each.source_id), verdicts.get((each.kind, each.name), "too few")) for each in deliveries],
        [Silent(each.kind, each.kind in waiting) for each in services.asked if each.kind not in arrived],
        believed_of(rows, services.overlaps),
        services.policy.people.help,
        today,
        hints_off,
    )


def _verdicts(session: Session, services: Services) -> dict[tuple[str, str], Verdict]:
    """Return how each source that is asked stands to its bill, over everybody."""
    today = services.now().date()
    return {
        (source.kind, source.name): overall(
            compared_months(
                session,
                source.kind,
                source.name,
                today,
                revised_days=source.windows.each_run,
                comparable=source.bill_covers_rows,
            ),
            today,
        )
        for source in services.sources
    }


WORDS: Final = (Word("sources", answer=sources),)
