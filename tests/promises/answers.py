"""Every answer that the bot can give to one person, over every word that is registered."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.connectors.overlaps import load_overlaps
from bot.domain.people import Standing, Viewer
from bot.domain.usage import UsageRow
from bot.policy import load_policy
from bot.pool import AnswerPool
from bot.services import Services
from bot.slack import Slack
from handlers.commands import COMMANDS
from handlers.visit import Visit
from handlers.words import Word
from storage import choices, people, usage
from storage.engine import Database
from storage.ids import source_id
from tests.cast import ADA, MARKS, ORG, T0, TODAY, switched_on
from tests.senders import PRICES

# What may follow a word that reads a period or a day; others are asked with nothing after them.
ARGUMENTS = ("", "week", "4w", "12w", "30d", "month", "today", "2026-10", "2026-11-18", "tuesday", "yesterday")
TAKES_A_PERIOD = {"show", "why", "tokens", "finished"}
# These would need Slack itself; what they send is tested end to end.
NEEDS_SLACK = {"create", "on", "export", "delete-file"}


def services_on(database: Database, now: datetime = T0, pool: AnswerPool | None = None) -> Services:
    """Return services whose way out leads nowhere."""
    return Services(
        database=database,
        policy=load_policy(None),
        prices=PRICES,
        overlaps=load_overlaps(None),
        marks=MARKS,
        now=lambda: now,
        slack=Slack(WebClient(token="", retry_handlers=[]), org_id=ORG, team_id=ORG, bot_user_id="UBOT"),
        pool=pool or AnswerPool(1, 1),
        web_url="http://127.0.0.1:8080",
    )


def ada_with(database: Database, rows: list[UsageRow], *, budget_usd: int | None = None) -> Viewer:
    """Switch Ada on with exactly *rows*, from one machine."""
    viewer = switched_on(database)

    def fill(session: Any) -> None:
        account = people.own_account(session, ADA.slack_id)
        source = source_id(session, "ccusage", "laptop", owner=account)
        days = {TODAY - timedelta(days=back) for back in range(100)}
        usage.replace_days(session, account, source, days, [_from(row, source) for row in rows], T0)
        if budget_usd is not None:
            choices.choose(session, viewer.person_id, "budget_nano_usd", str(budget_usd * 10**9), T0)

    database.writing(fill)
    return viewer


def _from(row: UsageRow, source: int) -> UsageRow:
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    return UsageRow(**values | {"source_id": source})


def every_answer(services: Services, viewer: Viewer, *asked: str) -> dict[str, str]:
    """Return the text of every answer, by the words that lead to it; where some are *asked*, of these alone."""
    found = {}
    every = [(name, word) for name, command in COMMANDS.items() for word in command.words.values()]
    for command, word in every:
        if word.name in NEEDS_SLACK:
            continue
        for number, argument in enumerate(ARGUMENTS if word.name in TAKES_A_PERIOD else ("",)):
            with services.database.reading() as session:
                now = people.viewer_of(session, viewer.slack_id)
            asker = now if now is not None and now.standing is not Standing.OFF else None
            if asker is None and word.anybody is None and word.modal_anybody is None:
                continue
            if word.name == "erase":
                continue  # last of all, tested by itself: it would end the walk
            typed = f"{word.name} {argument}".strip()
            key = typed if command == "mytokens" else f"{command} {typed}"
            if asked and key not in asked:
                continue
            visit = Visit(viewer.slack_id, ORG, word.name, argument, "", f"{word.name}-{number}", from_button=True)
            visit = replace(visit, command=command)
            found[key] = _text(word, visit, asker, services)
    return found


def _text(word: Word, visit: Visit, asker: Viewer | None, services: Services) -> str:
    if word.modal_anybody is not None:
        return "\n".join(strings(word.modal_anybody(visit, asker, services)))
    if word.modal is not None and asker is not None:
        return "\n".join(strings(word.modal(visit, asker, services)))
    if word.anybody is not None:
        message = word.anybody(visit, asker, services)
    elif word.answer is not None and asker is not None:
        message = word.answer(visit, asker, services)
    else:
        raise AssertionError(f"{word.name} has no answer")
    return "\n".join([message.text, *strings(message.blocks(rich=True)), *strings(message.blocks(rich=False))])


def strings(value: Any) -> list[str]:
    """Return every text and number that a block shows, leaving out ids and kinds."""
    if isinstance(value, dict):
        hidden = {"type", "action_id", "value", "block_id", "style"}
        chart = value.get("type") == "data_visualization"
        shown = [inner for key, inner in value.items() if key not in hidden]
        return [] if chart else [text for inner in shown for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def day_before(back: int) -> date:
    """Return a day before the tests' today."""
    return TODAY - timedelta(days=back)
