"""What a browser's fields hold, as the local Slack takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.screens import NotPossibleError, cannot_submit, filled, state_values, usable
from bot.playground.shown import Json

Fields = Mapping[str, Mapping[str, Any]]


def typed_values(blocks: Sequence[Json], fields: Fields, zone: str) -> dict[str, dict[str, Any]]:
    """Returns what was typed by block and action, of the fields that are still there."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in usable(blocks):
        sent = fields.get(block["block_id"], {})
        if element["action_id"] in sent:
            values.setdefault(block["block_id"], {})[element["action_id"]] = typed(
                element, sent[element["action_id"]], zone
            )
    return values


def typed(element: Json, sent: Any, zone: str) -> Any:
    """Returns what one field holds; nothing typed is None."""
    kind = element["type"]
    if sent in ("", None, []):
        return None
    if kind == "datetimepicker":
        try:
            return int(datetime.fromisoformat(str(sent)).replace(tzinfo=ZoneInfo(zone)).timestamp())
        except ValueError:
            raise NotPossibleError(f"{sent!r} is no date and time") from None
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(sent)}]}
        return {"type": "rich_text", "elements": [section]}
    if kind.startswith("multi_") or kind == "checkboxes":
        return [str(one) for one in sent] if isinstance(sent, list) else [str(sent)]
    return str(sent)


def missing(view: Json, values: Fields) -> dict[str, str]:
    """Returns what Slack itself would say under the fields before it sends the form, by block_id."""
    entered = filled(view["blocks"], view["state"]["values"], dict(values))
    reasons = cannot_submit(view["blocks"], state_values(view["blocks"], entered))
    found = {}
    for block in view["blocks"]:
        start = f"{block['block_id']}: "
        words = next((reason.removeprefix(start) for reason in reasons if reason.startswith(start)), "")
        if words:
            found[block["block_id"]] = f"{words[0].upper()}{words[1:].rstrip('.')}."
    return found
