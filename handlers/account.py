"""Connecting, one's own budget, what is kept and who saw it, help."""

import re
from decimal import Decimal
from typing import Final

from sqlmodel import Session

from bot.domain.counting import count_once
from bot.domain.money import MAX_NANO_USD, nano_usd
from bot.domain.people import Standing, Viewer
from bot.domain.period import MONTHS
from bot.domain.summary import cost_of
from bot.services import Services
from bot.views import feeds as feed_views
from bot.views import help as help_views
from bot.views import privacy as privacy_views
from bot.views.accounts import no_such_account
from bot.views.blocks import Message
from handlers import accounts
from handlers.changes import change_once
from handlers.own_cost import split
from handlers.recognising import known
from handlers.usage import BUDGET, budget_nano_usd
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, tokens, usage
from storage.finished import kept_items
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


def privacy(_visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Show what is kept and the rules in force, to everybody."""
    retention, policy = services.policy.retention, services.policy
    rules = privacy_views.Rules(
        retention.daily_days, retention.monthly_months, retention.leaver_days, policy.mark, policy.people.help
    )
    if viewer is None:
        return privacy_views.privacy_when_off(rules)
    with services.database.reading() as session:
        rows, since = usage.kept_days(session, viewer.person_id)
        kept = privacy_views.Kept(
            rows=rows,
            since=since,
            accounts=accounts.own_accounts(session, viewer, services),
            denied=accounts.denied_accounts(session, viewer, services),
            finished=kept_items(session, viewer.person_id),
            choices=choices.settings_of(session, viewer.person_id),
            paused=viewer.standing is Standing.PAUSED,
        )
    return privacy_views.privacy_message(kept, rules)


def not_mine(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Take an account off the person and show what is left."""
    return privacy(visit, viewer, services) if accounts.not_mine(visit, viewer, services) else no_such_account()


def take_back(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Give an account back that the person took off themselves, and show it."""
    return privacy(visit, viewer, services) if accounts.take_back(visit, viewer, services) else no_such_account()


def fields(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Show every field that is kept."""
    return privacy_views.kept_fields()


def who(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Show who saw something that includes the person."""
    files = []
    viewer = viewer or known(visit, services)
    if viewer is not None:
        with services.database.reading() as session:
            files = [file.made_at for file in choices.files_of(session, viewer.person_id)]
    return privacy_views.who_message(files, services.policy.mark)


def show_help(_visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show one screen of what can be asked."""
    return help_views.help_message(services.policy.people.help)


WORDS: Final = (
    Word("connect", answer=connect),
    Word("token", answer=make_token, typed=False),
    Word("withdraw", answer=withdraw_token, typed=False),
    Word("budget", answer=budget, changes=True),
    Word("privacy", anybody=privacy),
    Word("not-mine", answer=not_mine, typed=False, changes=True),
    Word("take-back", answer=take_back, typed=False, changes=True),
    Word("fields", anybody=fields, typed=False),
    Word("who", anybody=who),
    Word("help", anybody=show_help),
)
