"""What a person can use on a screen: its elements, what they hold, and what pressing them sends."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from bot.playground.block_rules import elements_of
from bot.playground.shown import Json


class NotPossibleError(Exception):
    """Says why a person could not do that in Slack: nothing was sent to the bot."""


# What an element's choice is called in a payload; None for those that hold nothing.
_HOLDS: dict[str, str] = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_STATELESS = frozenset({"button", "overflow", "image", "feedback_buttons", "icon_button"})


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Returns a copy with a block_id and action_ids everywhere, as Slack fills them in."""
    filled = copy.deepcopy(list(blocks))
    for number, block in enumerate(walk(filled)):
        block.setdefault("block_id", f"b{number:x}Lcl")
        for place, (element, _) in enumerate(elements_of(block)):
            element.setdefault("action_id", f"a{number:x}{place:x}Lcl")
    return filled


def walk(blocks: Sequence[Json]) -> Iterator[Json]:
    """Yields every block, those inside containers included."""
    for block in blocks:
        yield block
        yield from walk(block.get("child_blocks", []))


def usable(blocks: Sequence[Json]) -> list[tuple[Json, Json]]:
    """Returns every (block, element) that a person can use; *blocks* have their ids."""
    return [(block, element) for block in walk(blocks) for element, _ in elements_of(block)]


def label_of(element: Json) -> str:
    """Returns the words on an element."""
    words = element.get("text") or element.get("placeholder") or {}
    return str(words.get("text", ""))


def options_of(element: Json) -> list[Json]:
    """Returns what an element offers to choose from; thumbs count as two choices."""
    if element["type"] == "feedback_buttons":
        return [element["positive_button"], element["negative_button"]]
    groups = [{"options": element.get("options", [])}, *element.get("option_groups", [])]
    return [option for group in groups for option in group["options"]]


def find(
    blocks: Sequence[Json], wanted: str, value: str | None = None, block_id: str | None = None
) -> tuple[Json, Json]:
    """Returns the first (block, element) with that action_id, or with those words on it.

    *value* tells buttons apart that share an action_id, *block_id* anything.
    """
    offered = [pair for pair in usable(blocks) if block_id in (None, pair[0]["block_id"])]
    found = [pair for pair in offered if pair[1].get("action_id") == wanted]
    found = found or [pair for pair in offered if label_of(pair[1]) == wanted]
    if value is not None and len(found) > 1 and found[0][1]["type"] == "button":
        found = [pair for pair in found if pair[1].get("value") == value]
    if not found:
        seen = ", ".join(f"{one['action_id']} ({label_of(one)})" for _, one in offered) or "nothing to press"
        raise NotPossibleError(f"{wanted!r} is not on this screen; there is: {seen}")
    return found[0]


def _option(element: Json, wanted: object) -> Json:
    for option in options_of(element):
        if wanted in (option.get("value"), option["text"]["text"]):
            return option
    if element["type"].endswith("external_select") and isinstance(wanted, dict):
        return wanted  # its options come from the bot, not from the screen
    raise NotPossibleError(f"{wanted!r} is not one of the options of {element.get('action_id')}")


def held(element: Json, value: Any) -> Json:
    """Returns an element's state when a person typed or chose *value*; None is nothing."""
    key = _HOLDS[element["type"]]
    if value is not None and key == "selected_option":
        value = _option(element, value)
    if value is not None and key == "selected_options":
        value = [_option(element, one) for one in value]
    return {"type": element["type"], key: [] if value is None and key.endswith("s") else value}


def _initially(element: Json) -> Json:
    key = _HOLDS[element["type"]]
    initial = next((element[name] for name in element if name.startswith("initial_")), None)
    return {"type": element["type"], key: [] if initial is None and key.endswith("s") else initial}


def state_values(blocks: Sequence[Json], typed: Json) -> Json:
    """Returns state.values: what every field holds, typed or as it was at first."""
    values: Json = {}
    for block, element in usable(blocks):
        if element["type"] not in _STATELESS:
            now = typed.get(block["block_id"], {}).get(element["action_id"]) or _initially(element)
            values.setdefault(block["block_id"], {})[element["action_id"]] = now
    return values


def kept_state(blocks: Sequence[Json], typed: Json) -> Json:
    """Returns what was typed into the fields that are still there under the same ids."""
    there = {(block["block_id"], element["action_id"]) for block, element in usable(blocks)}
    kept: Json = {}
    for block_id, fields in typed.items():
        for action_id, value in fields.items():
            if (block_id, action_id) in there:
                kept.setdefault(block_id, {})[action_id] = value
    return kept


def filled(blocks: Sequence[Json], typed: Json, values: Json) -> Json:
    """Returns *typed* with {"block_id": {"action_id": value}} entered; refuses fields that are not there."""
    entered = copy.deepcopy(typed)
    fields = {(b["block_id"], e["action_id"]): e for b, e in usable(blocks) if e["type"] not in _STATELESS}
    for block_id, inner in values.items():
        for action_id, value in inner.items():
            if (block_id, action_id) not in fields:
                raise NotPossibleError(f"no field {block_id}/{action_id} on this screen; there is: {list(fields)}")
            entered.setdefault(block_id, {})[action_id] = held(fields[block_id, action_id], value)
    return entered


def cannot_submit(blocks: Sequence[Json], values: Json) -> list[str]:
    """Returns why Slack's own window would not let go of the form: empty or too long fields."""
    reasons = []
    for block in walk(blocks):
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values[block["block_id"]][element["action_id"]][_HOLDS[element["type"]]]
        if not value and not block.get("optional"):
            reasons.append(f"{block['block_id']}: please complete this required field")
        if element["type"] == "plain_text_input" and value:
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if not least <= len(value) <= most:
                reasons.append(f"{block['block_id']}: {least} to {most} characters")
    return reasons


def action_of(block: Json, element: Json, value: str | None, option: Any) -> Json:
    """Returns the entry of `actions` that using an element sends."""
    action: Json = {"type": element["type"], "block_id": block["block_id"], "action_id": element["action_id"]}
    kind = element["type"]
    if kind in ("button", "icon_button"):
        action["text"] = element["text"]
        given = value if value is not None else element.get("value")
        if given is not None and given != element.get("value"):
            raise NotPossibleError(f"the button holds {element.get('value')!r}, not {given!r}")
        return action if given is None else {**action, "value": given}
    chosen = option if option is not None else value
    if kind == "feedback_buttons":
        thumb = _option(element, chosen)
        return {**action, "text": thumb["text"], "value": thumb["value"]}
    return {**action, **held(element, chosen)}
