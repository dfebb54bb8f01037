"""The Home tab: parts below each other, within what Slack takes; the first is the answer with every switch."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.domain.hints.wishes import wants_alarms
from bot.views.blocks import Block, Message, Twin, actions, button, context, divider, fields, header
from bot.views.digest_settings import DIGEST_CHOICES
from bot.views.switching import COUNTED_CHOICES, choice_label

MAX_BLOCKS: Final = 100
_MAX_CHARTS: Final = 2  # Slack refuses a third, and then all of it
Part = Sequence[Block | Twin]


def home(first: Message, others: Iterable[Part]) -> Message:
    """Return *first* with the *others* below it, each whole; what no longer fits is left out, and said to be."""
    parts: list[Block | Twin] = list(first.parts)
    left_out = False
    for part in others:
        # a line before it, and one to say that something is left out
        if _size(parts) + 1 + _size(part) + 1 > MAX_BLOCKS:
            left_out = True
        elif part:
            parts += [divider(), *part]
    if left_out:
        parts.append(context("There is more than fits here: `/teamdigest last`, `/usecase`."))
    return Message(first.text, list(_with_few_charts(parts)))


def _with_few_charts(parts: Part) -> Iterator[Block | Twin]:
    """Yield the parts; after the second chart what stands in the place of one."""
    charts = 0
    for part in parts:
        is_chart = isinstance(part, Twin) and part.rich["type"] == "data_visualization"
        charts += is_chart
        if isinstance(part, Twin) and is_chart and charts > _MAX_CHARTS:
            yield from part.plain
        else:
            yield part


def _size(parts: Part) -> int:
    """Return how many blocks there are at most, charts or what stands in their place."""
    return sum(max(1, len(part.plain)) if isinstance(part, Twin) else 1 for part in parts)


def own_answer(usage: Message, choices: dict[str, str], *, paused: bool) -> Message:
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
                f"*Told at once of a runaway job or a spike*\n{'yes' if wants_alarms(choices) else 'no'}",
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
