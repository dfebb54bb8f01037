"""Reading what a request carries, within bounds."""

import zlib
from typing import Final

from starlette.requests import Request

from bot.errors import InputError

MAX_UNPACKED: Final = 64 * 2**20
_GZIP: Final = 16 + zlib.MAX_WBITS


class TooLargeError(InputError):
    """The body is larger than is taken at once."""


async def body_of(request: Request, limit: int) -> bytes:
    """Return the body; raises TooLargeError as soon as it is larger than *limit*."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return the body without its Content-Encoding; raises InputError unless that is gzip or none."""
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise InputError("Content-Encoding: only gzip is understood.")
    whole = zlib.decompressobj(_GZIP)
    try:
        content = whole.decompress(body, MAX_UNPACKED + 1)
    except zlib.error:
        raise InputError("The body says that it is gzip and is not.") from None
    if len(content) > MAX_UNPACKED:
        raise _too_large(MAX_UNPACKED)
    if not whole.eof or whole.unused_data:
        raise InputError("The gzip body is cut off, or something follows it.")
    return content


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"At most {limit >> 20} MiB are taken at once: split it.")
