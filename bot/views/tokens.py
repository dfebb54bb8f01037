"""Token details: four kinds by model, and no sum."""

from collections.abc import Mapping
from typing import Any

from bot.domain.quantity import Quantity
from bot.views.blocks import Block, context, divider, fields, modal, plain_section, section, visible
from bot.views.wording import LOCK, count, tool_name

NO_TOTAL = (
    "There is no total on purpose: a token read from the cache costs about a tenth of a new one, so a sum "
    "would tell you nothing."
)
# Slack takes 100 blocks in a modal, each model needs three
_MAX_MODELS = 30

ByModel = Mapping[tuple[str, str], tuple[Quantity, Quantity, Quantity, Quantity]]


def loading(title: str) -> dict[str, Any]:
    """Return the modal that opens at once and is filled when the figures are there."""
    return modal(title, [section("One moment, your figures are coming.")])


def working(title: str) -> dict[str, Any]:
    """Return what stands in the place of a form that was sent until what came of it is known."""
    return modal(title, [section("One moment.")])


def failed(title: str, text: str) -> dict[str, Any]:
    """Return the modal that says why there are no figures."""
    return modal(title, [section(text), context(LOCK)])


def token_details(by_model: ByModel, period_title: str) -> dict[str, Any]:
    """Return the modal: for each tool and model new input, written to and read from cache, and output."""
    blocks: list[Block] = [section(f"*{period_title}*")]
    if not by_model:
        blocks.append(section("No tokens arrived for these days."))
    for (tool, model), (new_input, written, read, output) in list(by_model.items())[:_MAX_MODELS]:
        blocks.append(plain_section(f"{visible(model, 80)} in {tool_name(tool)}"))
        blocks.append(
            fields(
                [
                    f"*New input*\n{count(new_input)}",
                    f"*Written to cache*\n{count(written)}",
                    f"*Read from cache*\n{count(read)}",
                    f"*Output*\n{count(output)}",
                ]
            )
        )
        blocks.append(divider())
    if len(by_model) > _MAX_MODELS:
        blocks.append(context(f"{len(by_model) - _MAX_MODELS} more models are in your download."))
    return modal("Token details", [*blocks, context(NO_TOTAL), context(LOCK)])
