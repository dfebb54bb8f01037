"""chat.*: what the bot posts, changes and takes back."""

from bot.playground.methods.args import Args, checked_message, required
from bot.playground.shown import Json
from bot.playground.things import LocalChannel, LocalMessage, SlackError
from bot.playground.world import World


def _writable(world: World, name: str) -> LocalChannel:
    """Returns where a post goes: a user id means the app's own conversation with that person."""
    if name in world.users:
        return world.direct_message(name)
    channel = world.channel(name)
    if world.bot_user_id not in channel.members and "chat:write.public" not in world.scopes:
        raise SlackError("not_in_channel")
    return channel


def message_json(world: World, message: LocalMessage, *, metadata: bool = True) -> Json:
    """Returns a message as Slack tells it."""
    body = {key: value for key, value in message.body.items() if metadata or key != "metadata"}
    told = {"type": "message", "user": message.user, "ts": message.ts, "text": "", **body}
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    if message.user == world.bot_user_id:
        told |= {"bot_id": world.bot_id, "app_id": world.app_id, "team": world.team_id}
    return told


def _own(world: World, args: Args, error: str) -> tuple[LocalChannel, LocalMessage]:
    channel = world.channel(required(args, "channel", "channel_not_found"))
    message = world.messages.get(channel.id, {}).get(required(args, "ts", "message_not_found"))
    if message is None or message.ephemeral_to:  # an ephemeral message cannot be changed this way
        raise SlackError("message_not_found")
    if message.user != world.bot_user_id:
        raise SlackError(error)
    return channel, message


def post_message(world: World, args: Args) -> Json:
    channel = _writable(world, required(args, "channel", "channel_not_found"))
    body = checked_message(world, args)
    thread = str(args.get("thread_ts") or "")
    if thread and thread not in world.messages.get(channel.id, {}):
        raise SlackError("thread_not_found")
    message = LocalMessage(channel.id, world.new_ts(), world.bot_user_id, body, thread_ts=thread)
    world.keep(message)
    world.show_in(channel, args, ts=message.ts)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(world, message)}


def post_ephemeral(world: World, args: Args) -> Json:
    person = world.user(required(args, "user", "user_not_found"))
    channel = _writable(world, required(args, "channel", "channel_not_found"))
    if person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    body = checked_message(world, args)
    message = LocalMessage(channel.id, world.new_ts(), world.bot_user_id, body, ephemeral_to=person.id)
    world.keep(message)
    world.shown.add([person.id], "ephemeral", args, channel=channel.id, ts=message.ts)
    return {"message_ts": message.ts}


def update(world: World, args: Args) -> Json:
    channel, message = _own(world, args, "cant_update_message")
    body = checked_message(world, args)
    # Blocks that are not sent stay; an empty list takes them away.
    kept = {"blocks": message.body["blocks"]} if "blocks" in message.body and "blocks" not in args else {}
    message.body = {**kept, **body}
    world.show_in(channel, {**args, **kept}, ts=message.ts, replaces=message.ts)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.body.get("text", ""),
        "message": message_json(world, message),
    }


def delete(world: World, args: Args) -> Json:
    channel, message = _own(world, args, "cant_delete_message")
    del world.messages[channel.id][message.ts]
    world.shown.touch()
    return {"channel": channel.id, "ts": message.ts}


def permalink(world: World, args: Args) -> Json:
    channel = world.channel(required(args, "channel", "channel_not_found"))
    ts = required(args, "message_ts", "message_not_found")
    if ts not in world.messages.get(channel.id, {}):
        raise SlackError("message_not_found")
    link = f"{world.base_url}archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}
