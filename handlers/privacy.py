"""What is kept, who can see it and who saw it, and the rules in force: open to everybody, on or off."""

from typing import Any, Final

from sqlmodel import Session

from bot.domain.iso_week import week_of
from bot.domain.people import Standing, Viewer
from bot.domain.privacy import Rules as SharingRules
from bot.domain.privacy import consent_holds
from bot.domain.released import Issue
from bot.domain.rules import file_history, history_of, waiting
from bot.services import Services
from bot.views import privacy as views
from bot.views import who as who_views
from bot.views.accounts import no_such_account
from bot.views.blocks import Message
from bot.views.kept_fields import kept_fields
from bot.views.rules_page import rules_window
from bot.views.wording import provider_name
from handlers import accounts
from handlers.recognising import known
from handlers.team_digest import as_read
from handlers.visit import Visit
from handlers.words import Word
from storage import access_log, choices, usage
from storage.finished import kept_items
from storage.policies import rules_of_mark, versions
from storage.who import every_entry, lead_sees, seen_about


def privacy(_visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Show what is kept and the rules in force, to everybody."""
    with services.database.reading() as session:
        rules = _rules(session, services)
        if viewer is None:
            return views.privacy_when_off(rules)
        return views.privacy_message(_kept(session, viewer, services), rules)


def _rules(session: Session, services: Services) -> views.Rules:
    policy, passed = services.policy, versions(session)
    today = services.now().date()
    return views.Rules(
        values=policy.rules,
        mark=policy.mark,
        helpers=policy.people.help,
        operators=policy.people.operators,
        history=history_of(passed),
        waits=waiting(file_history(passed), today) if passed else (),
    )


def _kept(session: Session, viewer: Viewer, services: Services) -> views.Kept:
    rows, since = usage.kept_days(session, viewer.person_id)
    chosen = choices.settings_of(session, viewer.person_id)
    return views.Kept(
        rows=rows,
        since=since,
        accounts=accounts.own_accounts(session, viewer, services),
        denied=accounts.denied_accounts(session, viewer, services),
        finished=kept_items(session, viewer.person_id),
        choices=chosen,
        paused=viewer.standing is Standing.PAUSED,
        yes_holds=_yes_holds(session, chosen.get("counted_under_policy", ""), services),
    )


def _yes_holds(session: Session, given_under: str, services: Services) -> bool:
    """Return whether a yes covers the rules of now; one under a policy that nobody knows does not."""
    if given_under == services.policy.mark:
        return True
    given = rules_of_mark(session, given_under)
    now = SharingRules(**services.policy.rules["sharing"])
    return given is not None and consent_holds(SharingRules(**given["sharing"]), now)


def not_mine(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Take an account off the person and show what is left."""
    return privacy(visit, viewer, services) if accounts.not_mine(visit, viewer, services) else no_such_account()


def take_back(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Give an account back that the person took off themselves, and show it."""
    return privacy(visit, viewer, services) if accounts.take_back(visit, viewer, services) else no_such_account()


def fields(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    """Show every field that is kept."""
    return kept_fields()


def rules(_visit: Visit, _viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show the rules on one page, with every change there was."""
    with services.database.reading() as session:
        now = _rules(session, services)
    return rules_window(now.values, now.mark, now.helpers, now.history, now.waits)


def who(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Show who saw something that includes the person."""
    with services.database.reading() as session:
        seen = seen_about(session, _person_id(visit, viewer, services), services.now().date())
    tools = list(dict.fromkeys(provider_name(source.kind) for source in services.all_sources))
    files = [(file.made_at, file.deleted_at) for file in seen.files]
    return who_views.who_message(seen.figures, files, tools, seen.log_mark)


def entries(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show a page of every row of the log that is about the person or about everybody."""
    page = int(visit.argument) if visit.argument.isascii() and visit.argument.isdigit() else 0
    with services.database.reading() as session:
        rows = every_entry(session, _person_id(visit, viewer, services))
        mark = access_log.mark_of_day(session, services.now().date())
        sealed = access_log.sealed_marks(session)
    return who_views.entries_window(rows, page, mark, sealed)


def what_lead_sees(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Show exactly what the lead of each of the person's teams got last."""
    reader = viewer or known(visit, services)
    issues: list[tuple[str, Issue | None]] = []
    less = set()
    with services.database.reading() as session:
        for team, shown in lead_sees(session, reader.person_id) if reader else ():
            issue = as_read(session, shown.issue, team, reader) if shown and reader else None
            issues.append((team.name, issue))
            if shown is not None and shown.issue != issue:
                less.add(team.name)
    return who_views.lead_window(issues, week_of(services.now().date()).before().monday, less)


def _person_id(visit: Visit, viewer: Viewer | None, services: Services) -> int | None:
    """Return who asks, also of somebody who is not on; None of whom the directory has not brought yet."""
    found = viewer or known(visit, services)
    return None if found is None else found.person_id


WORDS: Final = (
    Word("privacy", anybody=privacy),
    Word("not-mine", answer=not_mine, typed=False, changes=True),
    Word("take-back", answer=take_back, typed=False, changes=True),
    Word("fields", anybody=fields, typed=False),
    Word("rules", modal_anybody=rules, window_title="The one-page rules"),
    Word("who", anybody=who),
    Word("entries", modal_anybody=entries, typed=False, window_title="Every entry"),
    Word("lead-sees", modal_anybody=what_lead_sees, typed=False, window_title="What my lead sees"),
)
