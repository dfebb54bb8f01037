"""The launch post: the one message for a channel, without anybody's figures."""

from collections.abc import Sequence

from bot.views.blocks import Message, actions, button, context, section
from bot.views.help import contacts


def launch_post(helpers: Sequence[str]) -> Message:
    """Return the post that tells a channel what there is now, with a button that answers privately."""
    return Message(
        "New: see what your AI use costs. Only you see yours.",
        [
            section(
                "*New: see what your AI use costs and what came of it. Only you see yours.*\n"
                "Type `/mytokens` anywhere in Slack, or press the button.\n"
                "• No ranking, no target. Using more AI never makes anything here look better.\n"
                "• No screen shows your numbers to your lead, HR or an admin.\n"
                "• No usage is collected about you until you switch it on."
            ),
            actions(button("See mine (only you will see it)", "show", "4w"), button("The rules", "privacy")),
            context(f"Questions: {contacts(helpers)}"),
        ],
    )
