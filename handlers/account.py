"""Sources, connecting, one's own budget, what is kept and who saw it, help."""

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
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.usage import BUDGET, budget_nano_usd
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, links, tokens, usage

_AMOUNT: Final = re.compile(r"\$?\s?(\d{1,9}(?:[.,]\d{1,2})?)\s?(?:\$|usd)?", re.IGNORECASE)


def sources(_visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show what has delivered, how fresh it is, and which source is believed for what."""
    today = services.now().date()
    with services.database.reading() as session:
        deliveries = usage.deliveries_for(session, viewer.person_id)
        first = min((delivered.first_day for delivered in deliveries), default=today)
        rows = usage.usage_of(session, viewer.person_id, first, today)
    counted = count_once(rows, services.overlaps)
    believed: dict[str, list[str]] = {}
    for row in counted.counted:
        believed.setdefault(row.tool, []).append(row.source)
    others: dict[str, list[str]] = {}
    for row in counted.also_reported:
        others.setdefault(row.tool, []).append(row.source)
    return feed_views.sources_message(
        deliveries,
        {t: sorted(set(k)) for t, k in believed.items()},
        {t: sorted(set(k)) for t, k in others.items()},
        today,
    )


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
    if own is None:
        return feed_views.budget_message(None, "")
    lane, spent = cost_of(count_once(rows, services.overlaps).counted)
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
        linked = links.links_of(session, viewer.person_id)
        chosen = choices.settings_of(session, viewer.person_id)
    paused = viewer.standing is Standing.PAUSED
    return privacy_views.privacy_message(privacy_views.Kept(rows, since, linked, chosen, paused), rules)


def fields(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Show every field that is kept."""
    return privacy_views.kept_fields()


def who(_visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Show who saw something that includes the person."""
    files = []
    if viewer is not None:
        with services.database.reading() as session:
            files = [file.made_at for file in choices.files_of(session, viewer.person_id)]
    return privacy_views.who_message(files, services.policy.mark)


def show_help(_visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Show one screen of what can be asked."""
    return help_views.help_message(services.policy.people.help)


WORDS: Final = (
    Word("sources", answer=sources),
    Word("connect", answer=connect),
    Word("token", answer=make_token, typed=False),
    Word("withdraw", answer=withdraw_token, typed=False),
    Word("budget", answer=budget, changes=True),
    Word("privacy", anybody=privacy),
    Word("fields", anybody=fields, typed=False),
    Word("who", anybody=who),
    Word("help", anybody=show_help),
)
