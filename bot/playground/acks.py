"""What an acknowledgement does to the screen: answers of commands, next steps of modals, failures."""

from typing import Any

from bot.playground.block_rules import problems
from bot.playground.delivery import Delivery
from bot.playground.methods.args import checked_view
from bot.playground.methods.views import change, place, title_of
from bot.playground.response_urls import message_body
from bot.playground.shown import Json
from bot.playground.things import LocalMessage, SlackError
from bot.playground.world import World


def settle(world: World, delivery: Delivery) -> None:
    """Shows the person what follows from the bot's acknowledgement, or from its absence."""
    with world.lock:
        if delivery.error:
            _say_failure(world, delivery)
        elif delivery.kind == "slash_commands":
            _answer_command(world, delivery)
        elif delivery.payload.get("type") == "view_submission":
            _next_step(world, delivery)


def _say_failure(world: World, delivery: Delivery) -> None:
    if delivery.kind != "events_api":  # nobody waits for an event
        world.shown.add([delivery.user], "ack", {"text": delivery.error})


def _answer_command(world: World, delivery: Delivery) -> None:
    body = delivery.ack_body
    if isinstance(body, str):
        body = {"text": body}
    if not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
        return
    if world.check_blocks and body.get("blocks") and problems(body["blocks"], "message", world.plan):
        delivery.error = "invalid_blocks"
        _say_failure(world, delivery)
        return
    channel = world.channels[delivery.payload["channel_id"]]
    ts = world.new_ts()
    to = "" if body.get("response_type") == "in_channel" else delivery.user
    world.keep(LocalMessage(channel.id, ts, world.bot_user_id, message_body(body), to))
    if delivery.response_url_id in world.response_urls:
        world.response_urls[delivery.response_url_id].original = ts
    more: dict[str, Any] = {"ts": ts, "response_url_id": delivery.response_url_id}
    if to:
        world.shown.add([to], "ack", body, channel=channel.id, **more)
    else:
        world.show_in(channel, body, "ack", **more)


def _next_step(world: World, delivery: Delivery) -> None:
    stack = world.modals.get(delivery.user, [])
    submitted = delivery.payload["view"]["id"]
    current = next((view for view in stack if view["id"] == submitted), None)
    if current is None:
        return
    body = delivery.ack_body if isinstance(delivery.ack_body, dict) else {}
    action = body.get("response_action")
    try:
        if action in ("update", "push"):
            view = checked_view(world, body.get("view"), "modal")
            if action == "update":
                change(world, delivery.user, current, view)
            else:
                place(world, delivery.user, view, on_top=True)
        elif action == "errors":
            _show_errors(world, delivery, current, body)
        elif action == "clear":
            stack.clear()
            world.shown.touch()
        elif action is None:
            stack.remove(current)
            world.shown.touch()
        else:
            raise SlackError("invalid_response_action")
    except SlackError as e:
        delivery.error = e.error
        world.shown.add([delivery.user], "ack", {"text": e.error, **e.more})


def _show_errors(world: World, delivery: Delivery, view: Json, body: Json) -> None:
    errors = body.get("errors")
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors")  # an error can only stand under an input of this view
    text = "; ".join([title_of(view), *map(str, errors.values())])
    world.shown.add([delivery.user], "modal", body, text=text, view_id=view["id"])
