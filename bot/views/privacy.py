"""What is kept about a person, who can see it, and the rules in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.outcomes.work import Kind
from bot.domain.period import day_and_month, short_day
from bot.domain.rules import DatedChange, PolicyRules, Waiting
from bot.views.accounts import NotMine, OwnAccount, account_blocks
from bot.views.blocks import Block, Message, actions, button, context, fields, header, section
from bot.views.digest_settings import DIGEST_CHOICES
from bot.views.help import contacts
from bot.views.outcomes import kind_count
from bot.views.rules_page import change_lines, value_words, waiting_line
from bot.views.switching import COUNTED_CHOICES, choice_label
from bot.views.wording import LOCK, plural

NOTIFICATION = "What is kept about you."


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force, as far as people read of them, and how they came about."""

    values: PolicyRules
    mark: str
    helpers: Sequence[str] = ()
    operators: Sequence[str] = ()
    history: Sequence[DatedChange] = ()  # the latest first
    waits: Sequence[Waiting] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about one person, and how they have set things."""

    rows: int
    since: date | None
    accounts: Sequence[OwnAccount]
    denied: Sequence[NotMine]
    choices: dict[str, str]
    paused: bool
    finished: Sequence[tuple[Kind, int]] = ()  # how many items of each kind
    yes_holds: bool = True  # a yes to being counted covers the rules in force


KNOWN_ABOUT_EVERYBODY: Final = (
    "*Known about everybody:* name, email and time zone from Slack, the group from the company's file, and the "
    "accounts that the connected tools list"
)
_MOST_CHANGES: Final = 3
_TITLE: Final = "What is kept about you, and who can see it"


def privacy_message(kept: Kept, rules: Rules) -> Message:
    """Return what is kept about somebody who has switched on."""
    return Message(
        NOTIFICATION,
        [
            header(_TITLE),
            section(_kept_lines(kept, rules)),
            *_who_sees(rules, would=False),
            *account_blocks(kept.accounts, kept.denied),
            section(rules_lines(rules)),
            _switches(kept),
            context(f"Not for judging performance. Questions: {contacts(rules.helpers)}"),
            context(LOCK),
            actions(
                button("Resume", "resume") if kept.paused else button("Pause", "pause"),
                button("Weekly note and counting", "choices"),
            ),
            actions(
                button("Download my data", "export"),
                button("Erase everything", "forget"),
                button("The one-page rules", "rules"),
                button("Every field that is kept", "fields"),
                button("Who saw what", "who"),
            ),
        ],
    )


def _who_sees(rules: Rules, *, would: bool) -> list[Block]:
    """Say who sees what, and who could in spite of it."""
    you = "*You* would see all of it." if would else "*You* see all of it."
    runs = f"{contacts(rules.operators)} and whoever else runs" if rules.operators else "Whoever runs"
    return [
        section(
            f"{you} *Your lead:* nothing about you alone. *Anyone else:* nothing.",
            button("Show me exactly", "lead-sees"),
        ),
        context(f"{runs} the bot could open its database; no screen, command or log shows it."),
    ]


def _kept_lines(kept: Kept, rules: Rules) -> str:
    rows = f"{plural(kept.rows, 'daily row')} since {short_day(kept.since)}" if kept.since else "no daily rows"
    said = {name: value_words("retention", name, value) for name, value in rules.values["retention"].items()}
    return (
        f"*Kept:* {rows} (tool, model, kinds of tokens, cost, job or repository){_finished(kept)} · your settings "
        "and what you marked\n"
        f"{KNOWN_ABOUT_EVERYBODY}\n"
        f"{_never_kept(rules)}\n"
        f"*Deleted:* daily rows and titles after {said['daily_days']}; monthly sums after "
        f"{said['monthly_months']}; everything {said['leaver_days']} after somebody leaves"
    )


def _never_kept(rules: Rules) -> str:
    hours = value_words("retention", "raw_hours", rules.values["retention"]["raw_hours"])
    return (
        "*Never kept:* what you wrote, what the AI answered, file names, code, times of day "
        f"({hours} if you switch on the runaway alarm)"
    )


def _finished(kept: Kept) -> str:
    if not kept.finished:
        return ""
    return f" · {', '.join(kind_count(kind, number) for kind, number in kept.finished)} (link, title, date)"


def rules_lines(rules: Rules) -> str:
    """Return the rules in force in a sentence, their mark and date, what waits and what changed last."""
    sharing = rules.values["sharing"]
    lines = [
        f"*Rules in force:* cost only where {sharing['min_people']} or more are counted besides each reader, very "
        "large amounts in part, as a range, nothing worked out again later.",
        f"Policy *{rules.mark}*{_since(rules.history)}",
        *(f"*Announced:* {waiting_line(each)}" for each in rules.waits),
        *(line for each in rules.history[:_MOST_CHANGES] if (line := change_lines(each))),
    ]
    return "\n".join(lines)[:2900]


def _since(history: Sequence[DatedChange]) -> str:
    if not history:
        return "."
    loosened = [each.day for each in history if any(change.how == "looser" for change in each.changes)]
    last = f"last loosened {_date(loosened[0])}" if loosened else "never loosened since the first"
    return f", in force since {_date(history[0].day)}, {last}."


def _date(day: date) -> str:
    return f"{day_and_month(day)} {day.year}"


def _switches(kept: Kept) -> Block:
    counted = choice_label(kept.choices.get("counted"), COUNTED_CHOICES)
    if kept.choices.get("counted") == "yes" and not kept.yes_holds:
        counted += ", given under stricter rules: not used until you say so again"
    return fields(
        [
            f"*Collecting*\n{'paused' if kept.paused else 'on'}",
            f"*Weekly note*\n{choice_label(kept.choices.get('digest'), DIGEST_CHOICES)}",
            f"*Counted in group cost*\n{counted}",
        ]
    )


def privacy_when_off(rules: Rules) -> Message:
    """Return the rules for somebody who is not on."""
    kept_for = value_words("retention", "daily_days", rules.values["retention"]["daily_days"])
    return Message(
        NOTIFICATION,
        [
            header(_TITLE),
            section(
                "*Kept about your use:* nothing. No usage is collected about anybody before they switch it on.\n"
                f"{KNOWN_ABOUT_EVERYBODY}\n"
                "*After that:* tool, model, kinds of tokens, cost, job or repository, per day, "
                f"for {kept_for}. Where your company connects them, your merged changes and closed "
                "tickets: link, title, date.\n"
                f"{_never_kept(rules)}"
            ),
            *_who_sees(rules, would=True),
            section(rules_lines(rules)),
            context(f"Not for judging performance. Questions: {contacts(rules.helpers)}"),
            context(LOCK),
            actions(
                button("The one-page rules", "rules"),
                button("Every field that is kept", "fields"),
                button("Who saw what", "who"),
                button("Download what is known", "export"),
                button("Switch it on", "on"),
            ),
        ],
    )
