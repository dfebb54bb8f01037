"""Reading a file of pushed events in blocks of whole lines, however large the file is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.connectors.push import BYTE_ORDER_MARK
from bot.errors import InputError

_BLOCK: Final = 4 * 2**20
_MAX_LINE: Final = 2**20
_MAX_ARRAY: Final = 64 * 2**20


def array_of(path: Path) -> bytes | None:
    """Return the content of a file that holds an array of events, None when it has one on each line."""
    try:
        with path.open("rb") as file:
            if not file.read(_MAX_LINE).removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"["):
                return None
            file.seek(0)
            content = file.read(_MAX_ARRAY + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > _MAX_ARRAY:
        raise InputError(f"{path} is an array of more than {_MAX_ARRAY >> 20} MiB; put one event on a line instead.")
    return content


def blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of whole lines, each with the number of its first line.

    Raises InputError when the file cannot be read or a line is absurdly long.
    """
    rest, line = b"", 1
    try:
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK):
                cut = chunk.rfind(b"\n") + 1
                block, rest = (rest + chunk[:cut], chunk[cut:]) if cut else (b"", rest + chunk)
                if len(rest) > _MAX_LINE:
                    raise InputError(f"{path} has a line of more than {_MAX_LINE >> 20} MiB; put one event on a line.")
                if block:
                    yield line, block.removeprefix(BYTE_ORDER_MARK) if line == 1 else block
                    line += block.count(b"\n")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    if rest:
        yield line, rest
