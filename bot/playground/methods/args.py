"""The arguments of a Web API call, and lists in pages."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.playground import limits
from bot.playground.block_rules import Problem, problems, text_length, view_problems
from bot.playground.shown import Json
from bot.playground.things import SlackError
from bot.playground.world import World

Args = dict[str, Any]
Method = Callable[[World, Args], Json]
_NESTED = ("blocks", "attachments", "view", "metadata", "files", "message")


def decoded(args: Args) -> Args:
    """Returns the arguments with nested JSON read; as a form they arrive as strings."""
    out = dict(args)
    for key in _NESTED:
        if isinstance(out.get(key), str):
            try:
                out[key] = json.loads(out[key])
            except ValueError:
                raise SlackError("invalid_blocks_format" if key == "blocks" else "invalid_arguments") from None
    return out


def required(args: Args, key: str, error: str = "invalid_arguments") -> str:
    """Returns a text argument that must be there."""
    value = args.get(key)
    if not isinstance(value, str) or not value:
        raise SlackError(error, response_metadata={"messages": [f"[ERROR] missing required field: {key}"]})
    return value


def flag(args: Args, key: str) -> bool:
    """Returns a yes or no; forms say "1", "true" or "0"."""
    return str(args.get(key, "")).lower() in ("1", "true")


def refusal(error: str, found: Sequence[Problem]) -> SlackError:
    """Returns the error that names every problem with its JSON pointer, as Slack does."""
    return SlackError(
        error,
        errors=[str(problem) for problem in found],
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in found]},
    )


def checked_message(world: World, args: Args, *, total: bool = True) -> Json:
    """Returns what can be posted: text, blocks and so on, or refuses with no_text or invalid_blocks."""
    blocks = args.get("blocks")
    if world.check_blocks and blocks is not None:
        found = problems(blocks, "message", world.plan)
        if found:
            raise refusal("invalid_blocks", found)
        if total and text_length(blocks) > limits.MESSAGE_BLOCKS_TEXT:
            raise SlackError("msg_blocks_too_long")
    if not blocks and not args.get("text") and not args.get("attachments"):
        raise SlackError("no_text")
    body = {key: args[key] for key in ("text", "blocks", "attachments", "metadata") if args.get(key)}
    if "text" in body:
        body["text"] = str(body["text"])[: limits.MESSAGE_TEXT]
    _check_metadata(body.get("metadata"))
    return body


def _check_metadata(metadata: object) -> None:
    if metadata is None:
        return
    well_formed = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not well_formed:
        raise SlackError("invalid_metadata_format")


def checked_view(world: World, view: object, kind: str) -> Json:
    """Returns a view that a modal or a Home tab can take, or refuses."""
    found = view_problems(view, world.plan)
    if not found and isinstance(view, dict) and view["type"] != kind:
        found = [Problem("/view/type", "must be a valid enum value")]
    if found:
        # What the workspace's plan refuses comes under the same name as in a message.
        rich = {f"unsupported type: {kind}" for kind in limits.RICH_BLOCK_TYPES}
        beyond = any(problem.message in rich for problem in found)
        raise refusal("invalid_blocks" if beyond else "invalid_arguments", found)
    assert isinstance(view, dict)  # noqa: S101 - view_problems has said so
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise SlackError("view_too_large")
    return view


def page(rows: Sequence[Any], args: Args, most: int = 1000) -> tuple[Sequence[Any], Json]:
    """Returns one page of rows, and the metadata with the cursor of the next."""
    try:
        limit = int(args.get("limit") or 0)
        start = int(str(args.get("cursor") or "next:0").removeprefix("next:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if limit < 0 or limit > most:
        raise SlackError("invalid_limit")
    end = start + limit if limit else len(rows)
    return rows[start:end], {"next_cursor": f"next:{end}" if end < len(rows) else ""}
