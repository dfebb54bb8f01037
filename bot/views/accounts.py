"""Which accounts at the connected tools are somebody's: questions, the list of them, and when none is known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from bot.domain.accounts import Denied, Question
from bot.domain.people import Link
from bot.domain.period import short_day
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    confirm,
    context,
    escape,
    foreign,
    header,
    section,
    visible,
)
from bot.views.wording import LOCK, listed, plural, provider_name

NOTIFICATION: Final = "About your accounts."
_MOST_QUESTIONS: Final = 3
_MOST_ACCOUNTS: Final = 20
# Where finished work is recorded; an account there counts more than its use.
_OF_FINISHED_WORK: Final = frozenset({"github", "gitlab", "jira", "linear"})


class Asked(NamedTuple):
    """A question and the key under which its answer comes back."""

    question: Question
    key: str


class OwnAccount(NamedTuple):
    """An account, every link of it to the person, and the key of its button; what is the bot's own has none."""

    provider: str
    name: str
    links: Sequence[Link]
    key: str


class NotMine(NamedTuple):
    """An account that the person denied, and the key of its button."""

    denied: Denied
    key: str


class Unknown(NamedTuple):
    """That no connected tool knows an account of the person, and who could link one."""

    email: str
    tools: Sequence[str]
    helper: str  # the name of who helps, empty without one
    asked_on: date | None


def question_blocks(asked: Sequence[Asked]) -> list[Block]:
    """Return the open questions, each with two equal buttons."""
    blocks: list[Block] = []
    for question, key in asked[:_MOST_QUESTIONS]:
        blocks.append(section(_question(question)))
        blocks.append(actions(button("Yes", "whose", f"yes {key}"), button("No", "whose", f"no {key}")))
    return blocks


def _question(question: Question) -> str:
    name, tool = f"`{foreign(question.name, 60)}`", escape(provider_name(question.provider))
    if question.provider in _OF_FINISHED_WORK:
        return f"So that your finished work counts: *is {name} on {tool} you?*"
    return f"So that it is counted for you: *is {name} at {tool} yours?*"


def with_questions(message: Message, asked: Sequence[Asked]) -> Message:
    """Return an answer with the open questions below its title."""
    return replace(message, parts=[*message.parts[:1], *question_blocks(asked), *message.parts[1:]])


def answered(question: Question, asked: Sequence[Asked], *, yes: bool) -> Message:
    """Return what follows an answer, with the questions that are still open."""
    name, tool = f"`{foreign(question.name, 60)}`", escape(provider_name(question.provider))
    if yes:
        said = f"*{name} at {tool} is yours* from {short_day(question.from_day)} on."
    else:
        said = f"*{name} at {tool} is not yours.* That stays between us, and you won't be asked again."
    return Message(
        NOTIFICATION,
        [
            section(said),
            *question_blocks(asked),
            context("You can change it in `/mytokens privacy`."),
            context(LOCK),
            actions(
                button("Show my usage", "show", "4w"),
                button("Weekly note and counting", "choices"),
                button("What is kept", "privacy"),
            ),
        ],
    )


def no_such_account() -> Message:
    """Return the answer to a button of an account that is not, or no longer, the person's to decide about."""
    return Message(
        NOTIFICATION,
        [
            section("That is settled already, or was never asked of you. Nothing was changed."),
            context(LOCK),
            actions(button("What is kept", "privacy"), button("Show my usage", "show", "4w")),
        ],
    )


def account_blocks(accounts: Sequence[OwnAccount], denied: Sequence[NotMine]) -> list[Block]:
    """Return every account that is the person's with [Not mine], and those that they denied with the way back."""
    if not accounts and not denied:
        return [section("*Accounts that are yours:* none.")]
    blocks = [section("*Accounts that are yours:*")]
    blocks += [_account(each) for each in accounts[:_MOST_ACCOUNTS]]
    if len(accounts) > _MOST_ACCOUNTS:
        more = plural(len(accounts) - _MOST_ACCOUNTS, "more account")
        blocks.append(context(f"{more}: they are in the file of `/mytokens export`."))
    blocks += [_not_mine(each) for each in denied[:_MOST_ACCOUNTS]]
    return blocks


def _account(account: OwnAccount) -> Block:
    days = "; ".join(_days(link) for link in account.links)
    if not account.key:
        return section(f"your own uploads, {days}")
    text = f"`{foreign(account.name, 60)}` at {escape(provider_name(account.provider))}, {days}"
    return section(text, button("Not mine", "not-mine", account.key))


def _days(link: Link) -> str:
    to = f" to {short_day(link.to_day)}" if link.to_day else ""
    by = link.by if link.by in {"you", "Slack"} else provider_name(link.by)
    return f"from {short_day(link.from_day)}{to} ({foreign(link.how, 60)}, by {foreign(by, 40)})"


def _not_mine(each: NotMine) -> Block:
    denied = each.denied
    text = f"not yours: `{foreign(denied.name, 60)}` at {escape(provider_name(denied.provider))}, as you said"
    return section(f"{text} on {short_day(denied.on)}", button("It is mine", "take-back", each.key))


def unknown_blocks(unknown: Unknown) -> list[Block]:
    """Return that no connected tool knows the person, and what they can do."""
    tools = escape(listed([provider_name(kind) for kind in unknown.tools]))
    address = foreign(unknown.email, 100) or "you"
    text = f"*None of the connected tools knows {address}.* Connected: {tools}."
    row = []
    if unknown.asked_on:
        text += (
            f"\n{foreign(unknown.helper, 40)} was asked on {short_day(unknown.asked_on)} to link an account of yours."
        )
    elif unknown.helper:
        text += "\nDo you use one of them under another address?"
        row.append(_ask(unknown.helper))
    text += "\nOn your own plan? Your laptop's own logs can be sent by you."
    return [section(text), actions(*row, button("Connect my laptop", "connect"))]


def _ask(helper: str) -> Block:
    name = visible(helper, 40)
    sure = confirm(
        f"Ask {name}?",
        f"{name} will see your name, and that you would like an account linked. Nothing else is sent.",
        f"Ask {visible(helper, 20)}",
        "Don't ask",
    )
    return button(f"Ask {name} to link it", "ask-to-link", confirm=sure)


def nobody_knows(title: str, unknown: Unknown) -> Message:
    """Return the answer where no connected tool knows an account of the person."""
    row = actions(button("Sources", "sources"), button("Help", "help"))
    return Message(NOTIFICATION, [header(title), *unknown_blocks(unknown), context(LOCK), row])


def helper_asked(helper: str) -> Message:
    """Return the answer to [Ask ... to link it]."""
    text = f"*{foreign(helper, 40)} has your question.* You will find the account here when it is linked."
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(button("Show my usage", "show", "4w"))])


def nothing_to_ask() -> Message:
    """Return the answer where there is nobody to ask, or nothing to ask for any more."""
    return Message(
        NOTIFICATION,
        [
            section("There is nothing to ask for right now; nobody was told anything."),
            context(LOCK),
            actions(button("Show my usage", "show", "4w"), button("Connect my laptop", "connect")),
        ],
    )


def request_to_link(user_id: str, tools: Sequence[str]) -> Message:
    """Return what the help contact reads: who asks, and which tools are connected."""
    names = escape(listed([provider_name(kind) for kind in tools]))
    text = f"<@{user_id}> asks you to link an account of theirs. Connected: {names}."
    return Message("Somebody asks you to link an account.", [section(text)])
