"""How the arguments of a call arrive: JSON, a form, or multipart/form-data."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.playground.methods.args import Args
from bot.playground.things import SlackError


def parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """Returns the parts of a multipart body by name; nothing when it is something else."""
    if not content_type.startswith("multipart/form-data"):
        return {}
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        found[str(name)] = content if isinstance(content, bytes) else b""
    return found


def arguments(request: Request, body: bytes) -> Args:
    """Returns the arguments of a call, whichever way they were sent."""
    kind = request.headers.get("content-type", "")
    args: Args = dict(request.query_params)
    if kind.startswith("application/json"):
        try:
            sent = json.loads(body or b"{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        return args | sent
    if kind.startswith("multipart/form-data"):
        return args | {name: value.decode() for name, value in parts(body, kind).items()}
    return args | dict(parse_qsl(body.decode(), keep_blank_values=True))


def token_of(request: Request, args: Args) -> str:
    """Returns the token of a call, taking it out of the arguments."""
    sent = str(args.pop("token", ""))
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ") if header else sent
