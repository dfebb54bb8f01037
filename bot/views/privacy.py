"""What is kept about a person, who can see it, and the rules in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.domain.fields import KEPT_FIELDS
from bot.domain.outcomes.work import Kind
from bot.domain.period import day_and_month, short_day
from bot.views.accounts import NotMine, OwnAccount, account_blocks
from bot.views.blocks import Block, Message, actions, button, context, fields, foreign, header, section
from bot.views.digest_settings import DIGEST_CHOICES
from bot.views.help import contacts
from bot.views.outcomes import kind_count
from bot.views.switching import COUNTED_CHOICES, choice_label
from bot.views.wording import LOCK, plural

NOTIFICATION = "What is kept about you."


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy in force, as far as people read of it."""

    daily_days: int
    monthly_months: int
    leaver_days: int
    mark: str
    helpers: Sequence[str]


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


KNOWN_ABOUT_EVERYBODY: Final = (
    "*Known about everybody:* name, email and time zone from Slack, and the accounts that the connected tools list"
)
_WHO_SEES: Final = "Whoever runs the database could read its tables; no screen, command or log does."


def privacy_message(kept: Kept, rules: Rules) -> Message:
    """Return what is kept about somebody who has switched on."""
    seen = "*You* see all of it. *Your lead:* nothing. *Anyone else:* nothing."
    return Message(
        NOTIFICATION,
        [
            header("What is kept about you, and who can see it"),
            section(_kept_lines(kept, rules)),
            section(f"{seen}\n{_WHO_SEES}"),
            *account_blocks(kept.accounts, kept.denied),
            _switches(kept, rules),
            context(f"Not for judging performance. Questions: {contacts(rules.helpers)}"),
            context(LOCK),
            actions(
                button("Resume", "resume") if kept.paused else button("Pause", "pause"),
                button("Weekly note and counting", "choices"),
                button("Download my data", "export"),
                button("Erase everything", "forget"),
                button("Every field", "fields"),
            ),
        ],
    )


def _kept_lines(kept: Kept, rules: Rules) -> str:
    rows = f"{plural(kept.rows, 'daily row')} since {short_day(kept.since)}" if kept.since else "no daily rows"
    return (
        f"*Kept:* {rows} (tool, model, kinds of tokens, cost, job or repository){_finished(kept)} · your settings "
        "and what you marked\n"
        f"{KNOWN_ABOUT_EVERYBODY}\n"
        "*Never kept:* what you wrote, what the AI answered, file names, code, times of day\n"
        f"*Deleted:* daily rows and titles after {_span(rules.daily_days)}; monthly sums after "
        f"{plural(rules.monthly_months, 'month')}; everything {plural(rules.leaver_days, 'day')} after somebody leaves"
    )


def _finished(kept: Kept) -> str:
    if not kept.finished:
        return ""
    return f" · {', '.join(kind_count(kind, number) for kind, number in kept.finished)} (link, title, date)"


def _switches(kept: Kept, rules: Rules) -> Block:
    return fields(
        [
            f"*Collecting*\n{'paused' if kept.paused else 'on'}",
            f"*Weekly note*\n{choice_label(kept.choices.get('digest'), DIGEST_CHOICES)}",
            f"*Counted in group cost*\n{choice_label(kept.choices.get('counted'), COUNTED_CHOICES)}",
            f"*Rules in force*\nPolicy {rules.mark}",
        ]
    )


def privacy_when_off(rules: Rules) -> Message:
    """Return the rules for somebody who is not on."""
    return Message(
        NOTIFICATION,
        [
            header("What is kept about you, and who can see it"),
            section(
                "*Kept about your use:* nothing. No usage is collected about anybody before they switch it on.\n"
                f"{KNOWN_ABOUT_EVERYBODY}\n"
                "*After that:* tool, model, kinds of tokens, cost, job or repository, per day, "
                f"for {_span(rules.daily_days)}. Where your company connects them, your merged changes and closed "
                "tickets: link, title, date.\n"
                "*Never kept:* what you wrote, what the AI answered, file names, code, times of day"
            ),
            section(f"*You* would see all of it. *Your lead:* nothing. *Anyone else:* nothing.\n{_WHO_SEES}"),
            context(f"Rules in force: policy {rules.mark}. Questions: {contacts(rules.helpers)}"),
            context(LOCK),
            actions(
                button("Every field that is kept", "fields"),
                button("Download what is known", "export"),
                button("Switch it on", "on"),
            ),
        ],
    )


def _span(days: int) -> str:
    return plural(days // 7, "week") if days % 7 == 0 else plural(days, "day")


def kept_fields() -> Message:
    """Return every field that is kept about a person, by table."""
    blocks: list[Block] = [header("Every field that is kept")]
    for table, columns in KEPT_FIELDS.items():
        named = "\n".join(f"{name}: {meaning}" for name, meaning in columns.items())
        blocks.append(section(f"*{table}*\n{named}"))
    blocks.append(
        context(
            "person, slack_user, email_holder and listed_account are kept about every employee, the rest about people "
            "who are on. Beside these: usage_month (the same measures by month), and keyed marks that recognise an "
            "erased account or a repeated request without naming anybody."
        )
    )
    return Message(NOTIFICATION, [*blocks, context(LOCK), actions(button("What is kept about me", "privacy"))])


def who_message(files: Sequence[datetime], policy_mark: str) -> Message:
    """Return every released figure that somebody is part of, and the files they had made."""
    made = " · ".join(f"your own export, {day_and_month(at.date())}" for at in files[:5]) or "none"
    return Message(
        "Who saw something that includes you.",
        [
            header("Who saw something that includes you"),
            section("*Your own numbers:* nobody but you."),
            section("*Figures you are counted in:* none. This version releases no figure about any group."),
            section(f"*Files:* {foreign(made, 300)}"),
            context(
                "Not covered: the admin pages of the AI tools themselves, and whoever runs the database. "
                f"Rules in force: policy {policy_mark}."
            ),
            context(LOCK),
            actions(button("What is kept", "privacy"), button("Four weeks", "show", "4w")),
        ],
    )
