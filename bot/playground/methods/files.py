"""files.*: an upload in three steps."""

import secrets

from bot.playground.methods.args import Args, required
from bot.playground.methods.chat import message_json
from bot.playground.shown import Json
from bot.playground.things import LocalFile, LocalMessage, SlackError
from bot.playground.world import World


def file_json(file: LocalFile) -> Json:
    """Returns a file as Slack tells it."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "size": file.length,
        "channels": [c for c in file.channels if c.startswith("C")],
        "groups": [c for c in file.channels if c.startswith("G")],
        "ims": [c for c in file.channels if c.startswith("D")],
    }


def upload_url(world: World, args: Args) -> Json:
    name = required(args, "filename")
    try:
        length = int(args.get("length") or 0)
    except ValueError:
        length = 0
    if length <= 0:
        raise SlackError("invalid_arguments")
    file = LocalFile(f"F{secrets.token_hex(5).upper()}", name, length)
    world.files[file.id] = file
    return {"upload_url": f"{world.base_url}upload/{file.id}", "file_id": file.id}


def complete_upload(world: World, args: Args) -> Json:
    listed = args.get("files")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments")
    done = [_uploaded(world, str(one.get("id"))) for one in listed]
    channels = [c for c in (args.get("channel_id"), *str(args.get("channels") or "").split(",")) if c]
    for name in channels:
        _shareable(world, name)
    for file, one in zip(done, listed, strict=True):
        file.title = str(one.get("title") or file.name)
    for name in channels:
        _share(world, name, done, args)
    return {"files": [file_json(file) for file in done]}


def _uploaded(world: World, file_id: str) -> LocalFile:
    file = world.files.get(file_id)
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    return file


def _shareable(world: World, name: str) -> None:
    # Unlike a message, a file wants the conversation's own id: a user id is no channel.
    if world.bot_user_id not in world.channel(name).members:
        raise SlackError("not_in_channel")


def _share(world: World, name: str, files: list[LocalFile], args: Args) -> None:
    channel = world.channel(name)
    for file in files:
        file.channels.append(channel.id)
    body: Json = {"text": args.get("initial_comment") or "", "files": [file_json(file) for file in files]}
    message = LocalMessage(channel.id, world.new_ts(), world.bot_user_id, body)
    world.keep(message)
    contents = {file.name: (file.content or b"").decode(errors="replace") for file in files}
    raw = {**message_json(world, message), "contents": contents}
    world.show_in(channel, raw, "file", ts=message.ts)


def info(world: World, args: Args) -> Json:
    return {"file": file_json(_uploaded(world, required(args, "file", "file_not_found")))}


def delete(world: World, args: Args) -> Json:
    del world.files[_uploaded(world, required(args, "file", "file_not_found")).id]
    return {}
