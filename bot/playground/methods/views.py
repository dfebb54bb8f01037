"""views.*: modals and Home tabs."""

import secrets
from typing import Any

from bot.playground import limits
from bot.playground.methods.args import Args, checked_view, required
from bot.playground.screens import kept_state, with_ids
from bot.playground.shown import Json, ShownOn
from bot.playground.things import SlackError
from bot.playground.world import World


def stored_view(world: World, view: Json, **more: Any) -> Json:
    """Returns a view as Slack keeps and tells it: with ids where the bot gave none."""
    return {
        "id": f"V{secrets.token_hex(5).upper()}",
        "team_id": world.team_id,
        "app_id": world.app_id,
        "bot_id": world.bot_id,
        "app_installed_team_id": world.team_id,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": {"type": "plain_text", "text": "View Title"},
        "submit": None,
        "close": None,
        **view,
        "blocks": with_ids(view["blocks"]),
        "state": {"values": {}},
        "hash": _hash(world),
        "previous_view_id": None,
        **more,
    }


def _hash(world: World) -> str:
    return f"{int(world.now())}.{secrets.token_hex(4)}"


def title_of(view: Json) -> str:
    """Returns the words at the top of a view."""
    return str((view.get("title") or {}).get("text", ""))


def show_view(world: World, user: str, view: Json, raw: Json) -> None:
    """Records that a person sees a view, as the bot sent it."""
    surface: ShownOn = "home" if view["type"] == "home" else "modal"
    text = "" if surface == "home" else title_of(view)
    world.shown.add([user], surface, raw, text=text, blocks=raw["blocks"], view_id=view["id"])


def _check_external_id(world: World, view: Json, own: str = "") -> None:
    wanted = view.get("external_id")
    taken = {v["external_id"]: v["id"] for stack in world.modals.values() for v in stack}
    if wanted and taken.get(wanted, own) != own:
        raise SlackError("duplicate_external_id")


def open_view(world: World, args: Args) -> Json:
    view = checked_view(world, args.get("view"), "modal")
    _check_external_id(world, view)
    trigger = world.use_trigger(required(args, "trigger_id"))
    return {"view": place(world, trigger.user, view, on_top=False)}


def push_view(world: World, args: Args) -> Json:
    view = checked_view(world, args.get("view"), "modal")
    _check_external_id(world, view)
    trigger = world.use_trigger(required(args, "trigger_id"))
    if not world.modals.get(trigger.user):
        raise SlackError("not_found")
    return {"view": place(world, trigger.user, view, on_top=True)}


def place(world: World, user: str, view: Json, *, on_top: bool) -> Json:
    """Puts a checked view before a person: as the only modal, or on top of those that are open."""
    stack = world.modals.setdefault(user, []) if on_top else []
    if len(stack) >= limits.VIEW_STACK:
        raise SlackError("push_limit_reached")
    stored = stored_view(world, view, previous_view_id=stack[-1]["id"] if stack else None)
    stored["root_view_id"] = stack[0]["id"] if stack else stored["id"]
    stack.append(stored)
    world.modals[user] = stack
    show_view(world, user, stored, view)
    return stored


def change(world: World, user: str, old: Json, view: Json) -> Json:
    """Puts a checked view in the place of one that is open, keeping what was typed where it still fits."""
    kept = {key: old[key] for key in ("id", "root_view_id", "previous_view_id") if key in old}
    typed = old["state"]["values"]
    changed = stored_view(world, view, **kept)
    changed["state"] = {"values": kept_state(changed["blocks"], typed)}
    old.clear()
    old.update(changed)
    show_view(world, user, old, view)
    return old


def update_view(world: World, args: Args) -> Json:
    wanted = args.get("view_id") or args.get("external_id")
    for user, view in _open_views(world):
        if wanted in (view["id"], view["external_id"]) and wanted:
            if args.get("hash") and args["hash"] != view["hash"]:
                raise SlackError("hash_conflict", view=view)
            new = checked_view(world, args.get("view"), view["type"])
            _check_external_id(world, new, own=view["id"])
            return {"view": change(world, user, view, new)}
    raise SlackError("not_found")


def _open_views(world: World) -> list[tuple[str, Json]]:
    modals = [(user, view) for user, stack in world.modals.items() for view in stack]
    return modals + list(world.homes.items())


def publish_view(world: World, args: Args) -> Json:
    person = world.user(required(args, "user_id"))
    view = checked_view(world, args.get("view"), "home")
    old = world.homes.get(person.id)
    if args.get("hash") and (old is None or args["hash"] != old["hash"]):
        raise SlackError("hash_conflict", **({"view": old} if old else {}))
    if old is not None:
        return {"view": change(world, person.id, old, view)}
    stored = stored_view(world, view)
    stored["root_view_id"] = stored["id"]
    world.homes[person.id] = stored
    show_view(world, person.id, stored, view)
    return {"view": stored}
