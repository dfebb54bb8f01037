"""The Home tab: the answer of the last four weeks, and every switch below it."""

from bot.views.blocks import Message, actions, button, divider, fields, header
from bot.views.digest_settings import DIGEST_CHOICES
from bot.views.switching import COUNTED_CHOICES, choice_label


def home(usage: Message, choices: dict[str, str], *, paused: bool) -> Message:
    """Return *usage* with the switches below it; buttons open a window."""
    switches = [
        divider(),
        header("Your switches"),
        fields(
            [
                f"*Collecting*\n{'paused' if paused else 'on'}",
                f"*Weekly note*\n{choice_label(choices.get('digest'), DIGEST_CHOICES)}",
                f"*Counted in group cost*\n{choice_label(choices.get('counted'), COUNTED_CHOICES)}",
                f"*Monthly budget*\n{'set by you' if 'budget_nano_usd' in choices else 'none'}",
            ]
        ),
        actions(
            button("Resume", "resume") if paused else button("Pause", "pause"),
            button("Weekly note and counting", "choices"),
            button("Connect my laptop", "connect"),
        ),
        actions(
            button("Sources", "sources"),
            button("What is kept", "privacy"),
            button("Who saw what", "who"),
            button("Download my data", "export"),
            button("Help", "help"),
        ),
    ]
    return Message(usage.text, [*usage.parts, *switches])
