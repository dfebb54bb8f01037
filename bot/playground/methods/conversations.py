"""conversations.*: channels and direct messages."""

from bot.playground.methods.args import Args, flag, page, required
from bot.playground.methods.chat import message_json
from bot.playground.shown import Json
from bot.playground.things import LocalChannel, SlackError
from bot.playground.world import World


def _kind(channel: LocalChannel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _scope(channel: LocalChannel, right: str) -> str:
    return {"im": "im", "private_channel": "groups", "public_channel": "channels"}[_kind(channel)] + f":{right}"


def _readable(world: World, args: Args, right: str) -> LocalChannel:
    """Returns the conversation, if it exists for the bot and its kind's scope is granted."""
    channel = world.channel(required(args, "channel", "channel_not_found"))
    scope = _scope(channel, right)
    if scope not in world.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(world.scopes)))
    return channel


def channel_json(world: World, channel: LocalChannel) -> Json:
    """Returns a conversation as Slack tells it."""
    told: Json = {"id": channel.id, "is_archived": False, "is_im": channel.is_im, "created": 0}
    if channel.is_im:
        return {**told, "user": next(iter(channel.members - {world.bot_user_id}), "")}
    return {
        **told,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.public,
        "is_group": channel.is_private,
        "is_private": channel.is_private,
        "is_member": world.bot_user_id in channel.members,
        "is_general": channel.id == "C01GENERAL",
    }


def open_dm(world: World, args: Args) -> Json:
    if args.get("channel"):
        channel = world.channel(str(args["channel"]))
    else:
        users = [user for user in str(args.get("users") or "").split(",") if user]
        if len(users) != 1:
            raise SlackError("users_list_not_supplied" if not users else "too_many_users")
        channel = world.direct_message(world.user(users[0]).id)
    told = channel_json(world, channel) if flag(args, "return_im") else {"id": channel.id}
    return {"channel": told}


def info(world: World, args: Args) -> Json:
    channel = _readable(world, args, "read")
    told = channel_json(world, channel)
    if flag(args, "include_num_members"):
        told["num_members"] = len(channel.members)
    return {"channel": told}


def everything(world: World, args: Args) -> Json:
    kinds = str(args.get("types") or "public_channel").split(",")
    scopes = {"im": "im:read", "private_channel": "groups:read", "public_channel": "channels:read"}
    needed = [scopes[kind] for kind in kinds if kind in scopes]
    if not set(needed) <= world.scopes:
        raise SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(world.scopes)))
    seen = [c for c in world.channels.values() if c.public or world.bot_user_id in c.members]
    rows, metadata = page([c for c in seen if _kind(c) in kinds], args)
    return {"channels": [channel_json(world, c) for c in rows], "response_metadata": metadata}


def members(world: World, args: Args) -> Json:
    rows, metadata = page(sorted(_readable(world, args, "read").members), args)
    return {"members": list(rows), "response_metadata": metadata}


def history(world: World, args: Args) -> Json:
    """Returns messages, newest first; metadata only when asked for."""
    channel = _readable(world, args, "history")
    if world.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9" * 12)
    inclusive = flag(args, "inclusive")

    def between(ts: str) -> bool:
        inside = float(oldest) < float(ts) < float(latest)
        return inside or (inclusive and float(ts) in (float(oldest), float(latest)))

    kept = [m for m in world.messages.get(channel.id, {}).values() if not m.ephemeral_to]
    top = [m for m in kept if (not m.thread_ts or m.thread_ts == m.ts) and between(m.ts)]
    rows, metadata = page(sorted(top, key=lambda m: float(m.ts), reverse=True), {"limit": 100, **args})
    metadata_too = flag(args, "include_all_metadata")
    told = [message_json(world, message, metadata=metadata_too) for message in rows]
    return {"messages": told, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}
