"""Files that the command line reads, `-` being standard input, and writes."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import InputError

_MAX_FILE_BYTES: Final = 64 * 1024 * 1024


@contextmanager
def path_of(name: str) -> Iterator[Path]:
    """Give a path to read twice; standard input is kept in a file meanwhile."""
    path = Path(name)
    if name != "-":
        if not path.is_file():
            said = "not a file; pipe it in, with - in its place" if path.exists() else "no such file"
            raise InputError(f"{name} cannot be read: {said}")
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="worthwhile-") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)


def content_of(path: str) -> bytes:
    """Return the bytes of a file or of standard input, at most a little more than is taken."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def put_text(path: Path, text: str) -> None:
    """Write a file whole, or raise InputError."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
