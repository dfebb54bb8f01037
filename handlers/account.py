"""Connecting, one's own budget, help."""

import re
from decimal import Decimal
from typing import Final

from sqlmodel import Session

from bot.domain.counting import count_once
from bot.domain.money import MAX_NANO_USD, nano_usd
from bot.domain.people import Viewer
from bot.domain.period import MONTHS
from bot.domain.summary import cost_of
from bot.services import Services
from bot.views import feeds as feed_views
from bot.views import help as help_views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.own_cost import split
from handlers.usage import BUDGET, budget_nano_usd
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, tokens, usage
from storage.own_marks import own_marks

_AMOUNT: Final = re.compile(r"\$?\s?(\d{1,9}(?:[.,]\d{1,2})?)\s?(?:\$|usd)?", re.IGNORECASE)


def connect(_visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Say how a laptop's own figures get here."""
    with services.database.reading() as session:
        has_token = tokens.has_own_token(session, viewer.person_id)
    return feed_views.connect_message(services.web_url, has_token=has_token, helpers=services.policy.people.help)


def make_token(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Make the person's upload token, in the place of an older one, and show it this once."""
    made: list[str] = []

    def replace(session: Session) -> None:
        tokens.revoke_own(session, viewer.person_id, services.now())
        made[:] = [tokens.create_token(session, tokens.PERSONAL, viewer.person_id, services.now())]

    if not change_once(visit, services, replace):
        return feed_views.token_already_made()
    return feed_views.token_message(made[0], services.web_url)


def withdraw_token(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Revoke the person's upload token."""
    change_once(visit, services, lambda session: tokens.revoke_own(session, viewer.person_id, services.now()))
    return feed_views.token_withdrawn()


def budget(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show, set (`$200`) or drop (`none`) a monthly budget of one's own."""
    wanted = visit.argument.strip().lower()
    if wanted:
        amount = _amount(wanted)
        if amount is None and wanted not in {"none", "off"}:
            return help_views.sentence("I didn't get that amount. `/mytokens budget $200`, or `/mytokens budget none`.")
        now = services.now()

        def keep(session: Session) -> None:
            if amount is None:
                choices.unchoose(session, viewer.person_id, BUDGET)
            else:
                choices.choose(session, viewer.person_id, BUDGET, str(amount), now)

        change_once(visit, services, keep)
    return _budget(viewer, services)


def _amount(text: str) -> int | None:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    amount = nano_usd(Decimal(match[1].replace(",", ".")))
    return amount if 0 < amount <= MAX_NANO_USD else None


def _budget(viewer: Viewer, services: Services) -> Message:
    today = services.now().date()
    with services.database.reading() as session:
        own = budget_nano_usd(choices.settings_of(session, viewer.person_id))
        rows = usage.usage_of(session, viewer.person_id, today.replace(day=1), today)
        marks = own_marks(session, viewer.person_id)
    if own is None:
        return feed_views.budget_message(None, "")
    lane, spent = cost_of(split(count_once(rows, services.overlaps).counted, marks).own)
    return feed_views.budget_message(own, feed_views.budget_line(own, spent, MONTHS[today.month - 1], lane))


def show_help(_visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show one screen of what can be asked."""
    return help_views.help_message(services.policy.people.help)


WORDS: Final = (
    Word("connect", answer=connect),
    Word("token", answer=make_token, typed=False),
    Word("withdraw", answer=withdraw_token, typed=False),
    Word("budget", answer=budget, changes=True),
    Word("help", anybody=show_help),
)
