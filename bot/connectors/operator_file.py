"""What every file of an operator's has in common: CSV in UTF-8 with a header, refused as a whole by line."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.errors import InputError

MAX_BYTES: Final = 64 * 2**20
_MAX_NAMED: Final = 50


def rows_below(header: Sequence[str], content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows below *header*, each with its line; empty ones are left out. Raises InputError by line."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        if [cell.strip().lower() for cell in next(reader, [])] != list(header):
            raise InputError(f"line 1: the header must be {','.join(header)}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: not CSV ({error})") from None


def refuse(problems: Iterable[tuple[int, str]]) -> None:
    """Raise InputError when there are *problems*, pairs of a line and what is wrong with it."""
    said = [f"line {line}: {problem}" for line, problem in sorted(problems)]
    if said:
        more = [f"and {len(said) - _MAX_NAMED} more"] if len(said) > _MAX_NAMED else []
        raise InputError("Nothing was stored; mend these rows and load the file again.", [*said[:_MAX_NAMED], *more])


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InputError(f"The file has more than {MAX_BYTES >> 20} MiB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text; save it as CSV in UTF-8.") from None
