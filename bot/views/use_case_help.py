"""The help of `/usecase`, and what it does not understand."""

from collections.abc import Sequence
from typing import Final

from bot.views.blocks import Block, Message, actions, button, context, section
from bot.views.help import contacts
from bot.views.use_case_form import NOTIFICATION, USECASE
from bot.views.wording import LOCK

_ABOUT: Final = "*What worked for colleagues, to try yourself.* In order of what worked for others: no likes, no views."


def _buttons() -> Block:
    return actions(
        button("What worked for others", "find", command=USECASE),
        button("Share one", "share", command=USECASE),
        button("My use cases", "mine", command=USECASE),
        button("Help", "help", command=USECASE),
    )


def help_message(helpers: Sequence[str], *, curates: bool) -> Message:
    """Return one screen of what `/usecase` understands; one line more for curators."""
    curating = "\n`/usecase curate` what waits for you and what was reported" if curates else ""
    return Message(
        NOTIFICATION,
        [
            section(
                f"{_ABOUT}\n"
                "`/usecase find flaky tests` what others do · `/usecase ask review Terraform` what is missing\n"
                "`/usecase share` yours; or choose *Share as a use case* on a message\n"
                "`/usecase mine` yours, and how far each has come · `/usecase edit` · `/usecase withdraw`\n"
                "`/usecase subscribe` a round-up once a week in this channel · `/usecase unsubscribe`"
                f"{curating}"
            ),
            context("No entry has a cost in it."),
            context(f"Questions: {contacts(helpers)}"),
            context(LOCK),
            _buttons(),
        ],
    )


def unknown_word() -> Message:
    """Return the answer to a word that is not understood."""
    text = (
        "I didn't get that. `/usecase` what is there · `/usecase find flaky tests` · `/usecase share` · "
        "`/usecase mine`. Everything else is on the buttons."
    )
    return Message(NOTIFICATION, [section(text), context(LOCK), _buttons()])


def nobody_alone() -> Message:
    """Return the kind refusal to a name after the command."""
    text = "I don't list what somebody shared, tried or looks for. Look for words instead: `/usecase find flaky tests`."
    return Message(NOTIFICATION, [section(text), context(LOCK), _buttons()])
