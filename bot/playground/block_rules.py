"""What Slack refuses in a list of finished blocks, and in a view."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground import limits
from bot.playground.limits import Surface
from bot.playground.rules import rich_text
from bot.playground.rules.blocks import BLOCKS
from bot.playground.rules.shapes import Problem, flag, one_of, only, shape, text, unique
from bot.playground.rules.texts import plain

__all__ = ["ALL_OF_SLACK", "Plan", "Problem", "problems", "text_length", "view_problems"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workspace draws: some plans refuse charts and tables, and Home may refuse charts."""

    rich_blocks: bool = True
    charts_in_home: bool = True

    def block_types(self, surface: Surface) -> frozenset[str]:
        """Returns the block types that this workspace takes on a surface."""
        types = limits.BLOCK_TYPES[surface]
        if not self.rich_blocks:
            types -= limits.RICH_BLOCK_TYPES
        if surface == "home" and not self.charts_in_home:
            types -= {"data_visualization"}
        return types


ALL_OF_SLACK = Plan()


def problems(blocks: object, surface: Surface, plan: Plan = ALL_OF_SLACK, at: str = "/blocks") -> list[Problem]:
    """Returns why Slack would refuse the blocks on a surface; nothing when it would take them."""
    if not isinstance(blocks, list):
        return [Problem(at, "must provide an array")]
    if len(blocks) > limits.BLOCKS[surface]:
        return [Problem(at, f"no more than {limits.BLOCKS[surface]} items allowed")]
    types = plan.block_types(surface)
    found = [p for i, block in enumerate(blocks) for p in only(types, BLOCKS)(block, f"{at}/{i}")]
    # What spans blocks is looked at only when each block has its shape: it can rely on it then.
    return found or [
        *_ids_are_unique(blocks, at),
        *_inputs_fit(blocks, surface, at),
        *_children_fit(blocks, types, at),
        *_totals(blocks, at),
    ]


def view_problems(view: object, plan: Plan = ALL_OF_SLACK) -> list[Problem]:
    """Returns why Slack would refuse a view; its `type` says whether it is a modal or a Home tab."""
    if not isinstance(view, dict):
        return [Problem("/view", "must provide an object")]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [Problem("/view/type", "must be a valid enum value")]
    found = list((_MODAL if kind == "modal" else _HOME)(view, "/view"))
    blocks = view.get("blocks")
    if "blocks" in view:
        found += problems(blocks, kind, plan, "/view/blocks")
    if not found and kind == "modal" and "submit" not in view and _inputs(view["blocks"]):
        found.append(Problem("/view", "missing required field: submit"))
    return found


def text_length(blocks: Sequence[dict[str, Any]]) -> int:
    """Returns the characters of text that count against a message's total; tables have their own."""
    return sum(rich_text.length(block) for block in blocks if block.get("type") not in limits.TABLE_TYPES)


def _anything(value: object, at: str) -> Iterable[Problem]:
    return ()


_COMMON = {
    "private_metadata": text(limits.PRIVATE_METADATA, least=0),
    "callback_id": text(limits.CALLBACK_ID, least=0),
    "external_id": text(limits.EXTERNAL_ID, least=0),
}
_HOME = shape({"type": one_of("home"), "blocks": _anything}, _COMMON)
_MODAL = shape(
    {"type": one_of("modal"), "title": plain(limits.VIEW_TITLE), "blocks": _anything},
    {
        **_COMMON,
        "submit": plain(limits.VIEW_SUBMIT),
        "close": plain(limits.VIEW_CLOSE),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)


def _flat(blocks: Sequence[dict[str, Any]], at: str) -> Iterator[tuple[dict[str, Any], str]]:
    for i, block in enumerate(blocks):
        yield block, f"{at}/{i}"
        yield from _flat(block.get("child_blocks", []), f"{at}/{i}/child_blocks")


def _inputs(blocks: Sequence[dict[str, Any]]) -> bool:
    return any(block["type"] == "input" for block, _ in _flat(blocks, ""))


def elements_of(block: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Returns a block's elements that a person can use, each with its pointer inside the block."""
    kind = block["type"]
    if kind in ("actions", "context_actions"):
        return [(one, f"/elements/{i}") for i, one in enumerate(block["elements"])]
    if kind == "card":
        return [(one, f"/actions/{i}") for i, one in enumerate(block.get("actions", []))]
    if kind == "carousel":
        cards = enumerate(block["elements"])
        return [(one, f"/elements/{i}{at}") for i, card in cards for one, at in elements_of(card)]
    for key in ("accessory", "element"):
        if key in block and block[key]["type"] != "image":
            return [(block[key], f"/{key}")]
    return []


def _ids_are_unique(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    flat = list(_flat(blocks, at))
    block_ids = ((block["block_id"], f"{where}/block_id") for block, where in flat if "block_id" in block)
    yield from unique(block_ids, "block_id")
    for block, where in flat:
        inside = elements_of(block)
        action_ids = [(one["action_id"], where + inner) for one, inner in inside if "action_id" in one]
        yield from unique(((name, f"{place}/action_id") for name, place in action_ids), "action_id")


def _inputs_fit(blocks: list[dict[str, Any]], surface: Surface, at: str) -> Iterator[Problem]:
    refused = limits.MODAL_ONLY_INPUTS if surface != "modal" else frozenset()
    if surface == "message":
        refused |= limits.VIEW_ONLY_INPUTS
    for block, where in _flat(blocks, at):
        if block["type"] == "input" and block["element"]["type"] in refused:
            yield Problem(f"{where}/element/type", f"unsupported type: {block['element']['type']}")


def _children_fit(blocks: list[dict[str, Any]], types: frozenset[str], at: str) -> Iterator[Problem]:
    for block, where in _flat(blocks, at):
        if block["type"] not in types:
            yield Problem(f"{where}/type", f"unsupported type: {block['type']}")


def _totals(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    kinds = [block["type"] for block, _ in _flat(blocks, at)]
    if kinds.count("data_visualization") > limits.CHARTS_PER_MESSAGE:
        yield Problem(at, f"no more than {limits.CHARTS_PER_MESSAGE} data_visualization blocks allowed")
    if sum(kind in limits.TABLE_TYPES for kind in kinds) > 1:
        yield Problem(at, "only one table allowed")
    markdown = [block["text"] for block in blocks if block["type"] == "markdown"]
    if sum(map(len, markdown)) > limits.MARKDOWN_TEXT:
        yield Problem(at, f"must be less than {limits.MARKDOWN_TEXT + 1} characters of markdown in total")
