"""Help, refusals and what goes wrong, in plain words."""

from collections.abc import Sequence
from dataclasses import replace

from bot.views.blocks import Message, actions, button, context, section
from bot.views.wording import LOCK

NOTIFICATION = "About this bot."


def help_message(helpers: Sequence[str]) -> Message:
    """Return one screen of what can be asked."""
    return Message(
        NOTIFICATION,
        [
            section(
                "*Your own AI usage and cost, only for you.*\n"
                "`/mytokens` the last four weeks to yesterday\n"
                "`/mytokens week`, `4w`, `12w`, `2026-10` or `today` another period\n"
                "`/mytokens why` what made your most expensive day; `/mytokens why tuesday` another\n"
                "`/mytokens sources` what is connected and how fresh · `connect` your laptop\n"
                "`/mytokens budget $200` a monthly budget of your own · `budget none` drops it\n"
                "`/mytokens privacy` what is kept and who sees it · `who` saw something of you · `rules` on one page\n"
                "`/mytokens digest` a short note once a week, or none\n"
                "`/mytokens export` your data as a file · `pause` · `forget`\n"
                "`/usecase` what worked for colleagues · `/usecase share` what worked for you"
            ),
            context("There is no ranking here. Using more AI never makes anything look better."),
            context(f"Questions: {contacts(helpers)}"),
            context(LOCK),
            actions(
                button("Four weeks", "show", "4w"),
                button("Why", "why"),
                button("Sources", "sources"),
                button("What is kept", "privacy"),
            ),
        ],
    )


def contacts(helpers: Sequence[str]) -> str:
    """Return whom to ask, as mentions; only Slack user ids of the policy are ever linked."""
    return ", ".join(f"<@{user}>" for user in helpers) or "whoever runs this bot"


def unknown_word() -> Message:
    """Return the answer to a word that is not understood."""
    text = (
        "I didn't get that. `/mytokens` four weeks · `/mytokens 12w` · `/mytokens why` · `/mytokens privacy`. "
        "Everything else is on the buttons."
    )
    return Message(
        NOTIFICATION,
        [section(text), context(LOCK), actions(button("Help", "help"), button("Four weeks", "show", "4w"))],
    )


def only_your_own() -> Message:
    """Return the kind refusal to a name after the command."""
    return Message(
        NOTIFICATION,
        [
            section("I only ever show you your own."),
            context(LOCK),
            actions(button("Show mine", "show", "4w")),
        ],
    )


def not_for(reason: str, helpers: Sequence[str]) -> str:
    """Return why somebody is not answered."""
    if reason == "stranger":
        return "This works for people of the company that runs it only. Sorry!"
    if reason == "bot":
        return "This answers people, not bots."
    if reason == "deleted":
        return "This account is no longer active, so there is nothing to show."
    return f"This works for employees only. Sorry! Questions: {contacts(helpers)}"


def sentence(text: str) -> Message:
    """Return one line as a private message."""
    return Message(NOTIFICATION, [section(text), context(LOCK)])


BUSY = "Too much at once just now; nothing is lost. Try again in a minute."

MOMENT = "A moment, please: that was a lot at once. Nothing is lost; in a few seconds I answer again."


def window_failed(title: str) -> Message:
    """Return what a person reads when a window did not open, or stays empty."""
    text = f"Slack didn't show the window; nothing is lost. Close it if it is there, and press {title} again."
    return replace(sentence(text), beside=True)


def beside(text: str) -> Message:
    """Return one line for a person who pressed a button that is not carried out: what they saw stays."""
    return replace(sentence(text), beside=True)


def database_away() -> Message:
    """Return what a person reads while the database is locked or away."""
    return sentence("I can't reach my figures right now; nothing is lost. Try again in a few minutes.")


def broken(helpers: Sequence[str]) -> Message:
    """Return what a person reads after a mistake of ours."""
    return sentence(
        f"That didn't work on my side; nothing is lost. Try again in a few minutes. If it stays: {contacts(helpers)}"
    )
