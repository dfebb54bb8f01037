"""Reading what a request carries, within bounds of size and of time."""

import asyncio
import zlib
from typing import Final

from starlette.requests import Request

from bot.errors import InputError

MAX_UNPACKED: Final = 64 * 2**20
_GZIP: Final = 16 + zlib.MAX_WBITS
# A body has so long, and longer by how much of it has come: a slow line is waited for, who sends drops is not.
BODY_SECONDS: Final = 10.0
_BYTES_A_SECOND: Final = 64 * 1024


class TooLargeError(InputError):
    """The body is larger than is taken at once."""


class TooSlowError(InputError):
    """The body does not arrive in time."""


async def body_of(request: Request, limit: int, seconds: float | None = None) -> bytes:
    """Return the body; raises TooLargeError as soon as it is larger than *limit*, TooSlowError when it does not come.

    It has *seconds* (BODY_SECONDS), and one more for each 64 KiB that has arrived. Waiting for it takes no thread.
    """
    patient_for = BODY_SECONDS if seconds is None else seconds
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size, began = 0, asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(patient_for) as patience:
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise _too_large(limit)
                parts.append(part)
                patience.reschedule(began + patient_for + size / _BYTES_A_SECOND)
    except TimeoutError:
        raise TooSlowError("The body did not arrive in time: send it again.") from None
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
