"""Answers through a response_url: five, within thirty minutes."""

from typing import Any

from bot.playground import limits
from bot.playground.block_rules import problems
from bot.playground.shown import Json
from bot.playground.things import LocalMessage, ResponseUrl, SlackError
from bot.playground.world import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, World


def respond(world: World, url_id: str, body: object) -> None:
    """Posts, replaces or deletes what a response_url stands for, or refuses."""
    with world.lock:
        url = world.response_urls.get(url_id)
        if url is None or world.now() - url.issued_at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        url.uses += 1  # a refused post counts too: Slack does not say that it does not
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        if body.get("delete_original"):
            _delete(world, url)
        else:
            _check(world, body)
            _post(world, url, body)


def _check(world: World, body: Json) -> None:
    blocks = body.get("blocks")
    if not blocks and not body.get("text") and not body.get("attachments"):
        raise SlackError("no_text")
    if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_payload")
    if world.check_blocks and blocks is not None:
        found = problems(blocks, "message", world.plan)
        if found:
            raise SlackError("invalid_blocks", errors=[str(problem) for problem in found])


def _delete(world: World, url: ResponseUrl) -> None:
    if url.of_command:  # what a person typed cannot be taken back
        raise SlackError("invalid_payload")
    world.messages.get(url.channel, {}).pop(url.original, None)
    world.shown.touch()


def _post(world: World, url: ResponseUrl, body: Json) -> None:
    original = world.messages.get(url.channel, {}).get(url.original)
    replaces = original if body.get("replace_original") else None
    if replaces is not None:  # it stays with those who could see it, whatever the response_type
        replaces.body = message_body(body)
        to, ts = replaces.ephemeral_to, replaces.ts
    else:
        to = "" if body.get("response_type") == "in_channel" else url.user
        thread = str(body.get("thread_ts") or "") if not to else ""
        ts = world.new_ts()
        world.keep(LocalMessage(url.channel, ts, world.bot_user_id, message_body(body), to, thread_ts=thread))
    if url.of_command:
        url.original = ts
    show_answer(world, url.channel, to, body, ts=ts, response_url_id=url.id, replaces=ts if replaces else "")


def message_body(body: Json) -> Json:
    """Returns the part of an answer that a message keeps."""
    kept = {key: body[key] for key in ("blocks", "attachments", "metadata") if body.get(key)}
    return {"text": str(body.get("text") or "")[: limits.MESSAGE_TEXT], **kept}


def show_answer(world: World, channel_id: str, to: str, body: Json, **more: Any) -> None:
    """Records an answer: seen by *to* alone, or by everybody in the conversation when *to* is empty."""
    if to:
        world.shown.add([to], "ephemeral", body, channel=channel_id, **more)
    else:
        world.show_in(world.channels[channel_id], body, **more)
