"""What Slack sends to a bot: the payloads of commands, interactions and events."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from bot.playground.methods.chat import message_json
from bot.playground.screens import with_ids
from bot.playground.shown import Json
from bot.playground.things import LocalChannel, LocalMessage, LocalUser
from bot.playground.world import World

_TYPED = re.compile(r"(?P<user>@[\w-]+)|(?P<channel>#[\w-]+)|(?P<url>https?://[^\s<>|]+)")


def escaped(world: World, text: str) -> str:
    """Returns typed text as `should_escape` delivers it: <@U..>, <#C..|name>, <url>, &amp; &lt; &gt;."""
    handles = {user.handle: user.id for user in world.users.values()}
    channels = {c.name: c for c in world.channels.values() if not c.is_im}

    def mark(match: re.Match[str]) -> str:
        word = match[0]
        if match["user"]:
            user = handles.get(word[1:].lower())  # an id that is typed is only text
            return f"<@{user}>" if user else word
        if match["channel"]:
            channel = channels.get(word[1:].lower())
            name = channel.name if channel and channel.public else ""
            return f"<#{channel.id}|{name}>" if channel else word
        return f"<{word}>"

    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _TYPED.sub(mark, plain)


def _team_of(world: World, person: LocalUser) -> str:
    return person.team_id or world.team_id


def channel_name(channel: LocalChannel) -> str:
    """Returns what Slack calls a conversation: only public channels go by their name."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def command(world: World, person: LocalUser, channel: LocalChannel, words: tuple[str, str], response_url: str) -> Json:
    """Returns the form of a slash command; *words* are the command and its escaped text."""
    name, text = words
    enterprise = {}
    if world.enterprise_id:
        enterprise = {"enterprise_id": world.enterprise_id, "enterprise_name": "Larkfield"}
    return {
        "token": "local",
        "team_id": _team_of(world, person) if world.is_org_wide else world.team_id,
        "team_domain": world.team_domain,
        **enterprise,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "true" if world.is_org_wide else "false",
        "response_url": response_url,
        "trigger_id": world.new_trigger(person.id),
    }


def interaction(world: World, person: LocalUser, kind: str, view_id: str = "") -> Json:
    """Returns what all interactions have: who, where, and a fresh trigger_id."""
    enterprise = {"id": world.enterprise_id, "name": "Larkfield"} if world.enterprise_id else None
    return {
        "type": kind,
        "team": None if world.is_org_wide else {"id": world.team_id, "domain": world.team_domain},
        "user": {
            "id": person.id,
            "username": person.handle,
            "name": person.handle,
            "team_id": _team_of(world, person),
        },
        "api_app_id": world.app_id,
        "token": "local",
        "enterprise": enterprise,
        "is_enterprise_install": world.is_org_wide,
        "trigger_id": world.new_trigger(person.id, view_id),
    }


def on_message(world: World, channel: LocalChannel, message: LocalMessage, response_url: str) -> Json:
    """Returns what an interaction on a message adds; an ephemeral message is not sent back."""
    ephemeral = bool(message.ephemeral_to)
    told: Json = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        },
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": response_url,
    }
    if not ephemeral:
        body = message_json(world, message)
        told["message"] = {**body, "blocks": with_ids(body.get("blocks") or [])}
    return told


def on_view(view: Json) -> Json:
    """Returns what an interaction in a modal or Home tab adds."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def message_shortcut(
    world: World, channel: LocalChannel, message: LocalMessage, callback_id: str, response_url: str
) -> Json:
    """Returns what a message shortcut adds: the message, its channel and a response_url."""
    return {
        "callback_id": callback_id,
        "action_ts": world.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_json(world, message),
        "response_url": response_url,
    }


def event(world: World, kind: str, fields: Mapping[str, Any]) -> Json:
    """Returns the envelope of an event."""
    inner = {"type": kind, "event_ts": world.new_ts(), **fields}
    authorization = {
        "enterprise_id": world.enterprise_id,
        "team_id": None if world.is_org_wide else world.team_id,
        "user_id": world.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": world.is_org_wide,
    }
    return {
        "token": "local",
        "team_id": world.team_id,
        "api_app_id": world.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(world.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
