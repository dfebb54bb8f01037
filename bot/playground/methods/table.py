"""Every Web API method that exists here, with the scopes and the token it needs."""

from dataclasses import dataclass
from typing import Literal

from bot.playground.block_rules import problems, view_problems
from bot.playground.methods import chat, conversations, files, users, views
from bot.playground.methods.args import Args, Method, refusal
from bot.playground.shown import Json
from bot.playground.things import SlackError
from bot.playground.world import World


@dataclass(frozen=True, slots=True)
class Entry:
    """A method, the scopes it needs, all of them, and whose token it takes."""

    run: Method
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "any", "nobody"] = "bot"


def _auth_test(world: World, args: Args) -> Json:
    told: Json = {
        "url": world.base_url,
        "team": "Larkfield (local)",
        "team_id": world.team_id,
        "user": world.users[world.bot_user_id].handle,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": world.is_org_wide,
    }
    if world.is_org_wide:
        told["team_id"] = world.enterprise_id
    return told | ({"enterprise_id": world.enterprise_id} if world.enterprise_id else {})


def _api_test(world: World, args: Args) -> Json:
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args}


def _validate(world: World, args: Args) -> Json:
    given = [key for key in ("blocks", "message", "view") if key in args]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    if given == ["view"]:
        found = view_problems(args["view"], world.plan)
    elif given == ["message"]:
        message = args["message"]
        if not isinstance(message, dict) or message.keys() != {"blocks"}:  # it takes blocks and no text
            raise SlackError("invalid_arguments")
        found = problems(message["blocks"], "message", world.plan, "/message/blocks")
    else:
        found = problems(args["blocks"], "message", world.plan)
    if found:
        raise refusal("invalid_blocks", found)
    return {}


METHODS: dict[str, Entry] = {
    "api.test": Entry(_api_test, caller="nobody"),
    "auth.teams.list": Entry(users.org_teams),
    "auth.test": Entry(_auth_test, caller="any"),
    "blocks.validate": Entry(_validate, caller="nobody"),
    "chat.postMessage": Entry(chat.post_message, ("chat:write",)),
    "chat.postEphemeral": Entry(chat.post_ephemeral, ("chat:write",)),
    "chat.update": Entry(chat.update, ("chat:write",)),
    "chat.delete": Entry(chat.delete, ("chat:write",)),
    "chat.getPermalink": Entry(chat.permalink),
    "conversations.open": Entry(conversations.open_dm, ("im:write",)),
    # These ask for a scope by the kind of channel, so they look for themselves.
    "conversations.info": Entry(conversations.info),
    "conversations.list": Entry(conversations.everything),
    "conversations.members": Entry(conversations.members),
    "conversations.history": Entry(conversations.history),
    "files.getUploadURLExternal": Entry(files.upload_url, ("files:write",)),
    "files.completeUploadExternal": Entry(files.complete_upload, ("files:write",)),
    "files.info": Entry(files.info, ("files:read",)),
    "files.delete": Entry(files.delete, ("files:write",)),
    "team.info": Entry(users.team_info, ("team:read",)),
    "usergroups.list": Entry(users.usergroups, ("usergroups:read",)),
    "usergroups.users.list": Entry(users.usergroup_members, ("usergroups:read",)),
    "users.info": Entry(users.info, ("users:read",)),
    "users.list": Entry(users.everybody, ("users:read",)),
    "users.lookupByEmail": Entry(users.lookup_by_email, ("users:read.email",)),
    "views.open": Entry(views.open_view),
    "views.push": Entry(views.push_view),
    "views.update": Entry(views.update_view),
    "views.publish": Entry(views.publish_view),
}
