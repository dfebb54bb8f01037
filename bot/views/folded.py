"""Several messages to one person as one: what comes along follows under a line."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.views.blocks import Message, divider

MOST_BLOCKS: Final = 50  # that Slack takes in a message


def folded(message: Message, others: Sequence[Message]) -> Message:
    """Return *message* with the others below it; what is notified is still the first one's."""
    parts = list(message.parts)
    for other in others:
        parts += [divider(), *other.parts]
    return replace(message, parts=parts)


def fits_in(message: Message, other: Message) -> bool:
    """Return whether Slack would take *other* below *message*: so many blocks, and charts of one of them alone."""
    if not other.parts or (message.has_rich and other.has_rich):
        return False
    both = folded(message, [other])
    return max(len(both.blocks(rich=rich)) for rich in (True, False)) <= MOST_BLOCKS
